switchback_test(list_test
                SOURCES block_test.cc chunk_test.cc damaged_bytes_test.cc diff_test.cc digest_test.cc
                        endpoint_list_test.cc golden_test.cc script_test.cc
                LIBRARIES switchback_list)
if(EXISTS ${CMAKE_CURRENT_LIST_DIR}/text_test.cc)
  switchback_test(text_test SOURCES text_test.cc LIBRARIES switchback_list)
endif()
