// HTTP/1.1 on a Unix socket, plain TCP on loopback, and TLS: connections, time-outs, limits. Each
// request is handled by a thread of a pool; idle connections cost no thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "service/http.h"
#include "switchback/error.h"
#include "switchback/service.h"
#include "types/duration_counter.h"

namespace switchback {

// What the server counts, for metrics.
struct HttpCounts {
  std::atomic<uint64_t> connections = 0;  // now
  std::atomic<uint64_t> accepted = 0;
  std::atomic<uint64_t> refused_connections = 0;  // over the limit
  std::atomic<uint64_t> active_requests = 0;      // handed to a handler, not answered yet
  std::atomic<uint64_t> shed_requests = 0;        // answered 503 since too much was under way
  std::atomic<uint64_t> body_bytes = 0;           // of requests, held by all connections now
  std::atomic<uint64_t> malformed_requests = 0;
  std::atomic<uint64_t> timeouts = 0;
  DurationCounter queue_times;  // until a thread takes a request
};

// Who answers. Any number of threads at a time.
struct HttpCalls {
  // Of a request with a large body, before that is read: nothing, it may be worth it; else what to
  // answer. On a thread of the pool.
  std::function<std::optional<HttpResponse>(const HttpRequest& head)> admit;
  // Whether it must not wait for others, and will not take long.
  std::function<bool(const HttpRequest&)> is_quick;
  // On a thread of the pool; on one of the server's own where it is quick.
  std::function<void(const HttpRequest&, Responder&)> handle;
  // What the server has answered by itself, since it was no request, or too much.
  std::function<void(const Peer&, const Error&, unsigned status)> note_refused;
};

class HttpServer {
 public:
  // Listens, and calls `calls` from now on; counts in `counts`, which outlives it. Errors:
  // kInvalidArgument, an address, a certificate or a key; kIoError, the socket.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> Start(const ServiceOptions& options,
                                                                 HttpCalls calls,
                                                                 HttpCounts& counts);
  HttpServer() = default;
  virtual ~HttpServer() = default;  // as Stop(0)
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Takes no new request; waits for those under way, at most so long; then closes everything.
  virtual void Stop(std::chrono::milliseconds patience) = 0;
  [[nodiscard]] virtual uint16_t tls_port() const = 0;
  [[nodiscard]] virtual uint16_t loopback_port() const = 0;
};

}  // namespace switchback
