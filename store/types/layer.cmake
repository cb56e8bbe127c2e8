switchback_layer(types SOURCES duration_counter.cc error.cc types.cc operation.cc excerpt.cc time.cc address_text.cc address_query.cc
                               endpoint_scanner.cc endpoint_text.cc time_selector.cc selector.cc glob.cc)
