switchback_test(service_access_test
  SOURCES access_table_test.cc access_test.cc call_context_test.cc rate_limiter_test.cc role_test.cc service_config_test.cc
          token_damage_test.cc token_test.cc worker_pool_test.cc
  LIBRARIES switchback_service nlohmann_json::nlohmann_json
  TSAN)

if(NOT SWITCHBACK_SANITIZE)
# The tests of the store once more, over a service: what a client sees must be what an embedder sees.
add_executable(served_store_test ${CMAKE_CURRENT_LIST_DIR}/served_main.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/store/model_test.cc ${CMAKE_CURRENT_SOURCE_DIR}/store/commit_test.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/store/provenance_test.cc ${CMAKE_CURRENT_SOURCE_DIR}/store/revert_test.cc
  ${CMAKE_CURRENT_SOURCE_DIR}/store/table_range_test.cc ${CMAKE_CURRENT_SOURCE_DIR}/store/edit_steps_test.cc)
target_include_directories(served_store_test PRIVATE ${CMAKE_CURRENT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/store)
target_link_libraries(served_store_test PRIVATE switchback::store switchback::service switchback::client
                                                OpenSSL::SSL OpenSSL::Crypto GTest::gtest GTest::gmock)
# Left out is what is not the same: the user is the one that the kernel or the certificate says, a bad
# endpoint is refused where it is read, and a snapshot's name is known as soon as it is given.
set(not_the_same "*MetadataComesBack*:*BadEndpointsFromACaller*:*SelectorsResolve*")
gtest_discover_tests(served_store_test TEST_PREFIX "served_by_socket." DISCOVERY_TIMEOUT 60
                     TEST_FILTER "-${not_the_same}" TEST_LIST served_by_socket
                     PROPERTIES TIMEOUT 600 ENVIRONMENT "SWITCHBACK_SERVED=socket")
gtest_discover_tests(served_store_test TEST_PREFIX "served_by_tls." DISCOVERY_TIMEOUT 60
                     TEST_FILTER "*ModelTest*/0:*ModelTest*/1:*CommitTest*:*Revert*-${not_the_same}" TEST_LIST served_by_tls
                     PROPERTIES TIMEOUT 600 ENVIRONMENT "SWITCHBACK_SERVED=tls")
endif()

switchback_test(service_test SOURCES admission_test.cc expiry_test.cc renewal_test.cc service_test.cc tls_session_test.cc watch_test.cc
                LIBRARIES switchback::store switchback::service switchback::client OpenSSL::SSL OpenSSL::Crypto)

# The contract, doc/openapi.yaml, against the routes and against the built program.
if(TARGET switchback)
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  add_test(NAME service.openapi_test
           COMMAND ${Python3_EXECUTABLE} -B ${CMAKE_CURRENT_LIST_DIR}/openapi_test.py)
  set_tests_properties(service.openapi_test PROPERTIES TIMEOUT 600 SKIP_RETURN_CODE 77
                       ENVIRONMENT "SWITCHBACK_PROGRAM=$<TARGET_FILE:switchback>")
endif()
