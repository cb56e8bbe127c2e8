switchback_layer(client
  SOURCES url.cc interrupt.cc socket.cc dial.cc plain_transport.cc tls_transport.cc http_connection.cc
          connection_pool.cc service_calls.cc line_stream.cc list_cache.cc list_answers.cc commit_body.cc
          cache_format.cc kept_answers.cc cache_keeper.cc service_gate.cc cached_reads.cc
          remote_view.cc remote_subscription.cc remote_store.cc remote_writes.cc connect.cc
  USES files wire list codec types
  LIBRARIES OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
add_library(switchback::client ALIAS switchback_client)
switchback_compile_alone(client/remote_store.cc)
