switchback_layer(service
  SOURCES access.cc access_table.cc call_context.cc care_calls.cc connection.cc dispatcher.cc error_response.cc
          history_calls.cc http.cc http_head.cc http_server.cc http_session.cc http_session_writes.cc
          json_fields.cc metrics.cc rate_limiter.cc reading_calls.cc role.cc routes.cc
          service.cc service_config.cc service_options.cc socket_path.cc store_metrics.cc tls_context.cc token.cc token_lines.cc token_text.cc
          user_directory.cc watch_call.cc watch_hub.cc worker_pool.cc writing_calls.cc
  USES files wire api list types
  LIBRARIES OpenSSL::SSL OpenSSL::Crypto nlohmann_json::nlohmann_json prometheus-cpp::core Threads::Threads)
target_compile_definitions(switchback_service PRIVATE SWITCHBACK_VERSION="${PROJECT_VERSION}")
add_library(switchback::service ALIAS switchback_service)
switchback_compile_alone(service/connection.cc service/http_server.cc service/http_session.cc service/service_config.cc)
