switchback_test(codec_test SOURCES bytes_test.cc hash_test.cc packed_column_test.cc
                LIBRARIES switchback_codec)
