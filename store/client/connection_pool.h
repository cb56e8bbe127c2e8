// Connections to one service: opened where none is idle, kept for the next call.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "client/http_connection.h"
#include "client/tls_transport.h"
#include "client/url.h"

namespace switchback::client {

struct PoolOptions {
  ServiceUrl url;
  std::chrono::milliseconds connect_timeout{};
  std::chrono::milliseconds timeout{};  // for all that follows
  size_t max_idle = 0;
};

// Safe from any number of threads. Must outlive its connections.
class ConnectionPool {
 public:
  // Gives a connection back, which is kept if it can be used again.
  struct GiveBack {
    ConnectionPool* pool = nullptr;
    uint64_t generation = 0;
    void operator()(HttpConnection* connection) const;
  };
  using Lease = std::unique_ptr<HttpConnection, GiveBack>;

  // `tls`: null where the URL is not of TLS.
  ConnectionPool(PoolOptions options, std::unique_ptr<TlsContext> tls);

  // One that was used before and looks alive; null: none is there.
  [[nodiscard]] Lease TakeIdle();
  // A new one, of which each wait may take `patience`. One with an interrupt is never kept: it must
  // not outlive that.
  [[nodiscard]] Attempt<Lease> Open(std::chrono::milliseconds patience, const Interrupt* interrupt);
  [[nodiscard]] const ServiceUrl& url() const { return options_.url; }
  // How many were opened so far.
  [[nodiscard]] uint64_t opened() const { return opened_; }

 private:
  [[nodiscard]] Attempt<std::unique_ptr<Transport>> OpenTransport(const Interrupt* interrupt) const;
  // Where certificates were renewed, connections that show the old ones are not used again.
  // Returns the generation of those that are made from now on.
  [[nodiscard]] uint64_t Refresh();
  void Keep(std::unique_ptr<HttpConnection> connection, uint64_t generation);

  const PoolOptions options_;
  const std::unique_ptr<TlsContext> tls_;
  std::atomic<uint64_t> opened_ = 0;
  std::mutex mutex_;                                   // of the next two
  uint64_t generation_ = 0;                            // of certificates
  std::vector<std::unique_ptr<HttpConnection>> idle_;  // the one used last at the back
};

}  // namespace switchback::client
