switchback_layer(codec SOURCES bytes.cc hash.cc packed_bits.cc packed_column.cc packed_column_reader.cc USES types LIBRARIES ${XXHASH_LIBRARY} OpenSSL::Crypto)
