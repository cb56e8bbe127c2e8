switchback_test(client_test
  SOURCES url_test.cc http_connection_test.cc service_calls_test.cc remote_store_test.cc tls_test.cc
          cache_format_test.cc kept_answers_test.cc cache_keeper_test.cc cached_reads_test.cc cache_file_test.cc
  LIBRARIES switchback_client OpenSSL::SSL OpenSSL::Crypto
  TSAN)

add_executable(cache_process ${CMAKE_CURRENT_LIST_DIR}/cache_process.cc)
target_include_directories(cache_process PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(cache_process PRIVATE switchback::client GTest::gtest)
switchback_test(client_served_test SOURCES served_cache_test.cc
                LIBRARIES switchback::store switchback::service switchback::client OpenSSL::SSL OpenSSL::Crypto)
add_dependencies(client_served_test cache_process)
target_compile_definitions(client_served_test PRIVATE SWITCHBACK_CACHE_PROCESS="$<TARGET_FILE:cache_process>")
