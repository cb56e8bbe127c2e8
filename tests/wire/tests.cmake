switchback_test(wire_test SOURCES samples.cc golden_test.cc fault_test.cc change_form_test.cc
                                  list_form_test.cc scalar_form_test.cc json_text_test.cc
                                  mutation_test.cc binary_list_test.cc status_test.cc
                LIBRARIES switchback_wire)
