switchback_layer(list SOURCES attributes.cc column.cc endpoint_list.cc endpoint_list_builder.cc list_diff_builder.cc text.cc digest.cc
                              diff.cc apply.cc key_columns.cc key_columns_decode.cc value_columns.cc block.cc script.cc
                              script_folder.cc root.cc chunk.cc chunk_split.cc
                 USES codec types)
