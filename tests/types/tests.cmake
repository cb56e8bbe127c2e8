switchback_test(types_test SOURCES duration_counter_test.cc error_test.cc types_test.cc excerpt_test.cc address_text_test.cc
                                   endpoint_text_test.cc time_test.cc time_selector_test.cc
                                   selector_test.cc glob_test.cc
                LIBRARIES switchback_types)
