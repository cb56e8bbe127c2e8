switchback_test(client_test
  SOURCES url_test.cc http_connection_test.cc service_calls_test.cc remote_store_test.cc tls_test.cc
  LIBRARIES switchback_client OpenSSL::SSL OpenSSL::Crypto
  TSAN)
