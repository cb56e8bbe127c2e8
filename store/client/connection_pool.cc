#include "client/connection_pool.h"

#include <utility>

#include "client/dial.h"

namespace switchback::client {

void ConnectionPool::GiveBack::operator()(HttpConnection* connection) const {
  std::unique_ptr<HttpConnection> owned(connection);
  if (pool != nullptr && owned->is_reusable()) pool->Keep(std::move(owned));
}

ConnectionPool::ConnectionPool(PoolOptions options, std::unique_ptr<TlsContext> tls)
    : options_(std::move(options)), tls_(std::move(tls)) {}

ConnectionPool::Lease ConnectionPool::TakeIdle() {
  while (true) {
    std::unique_ptr<HttpConnection> connection;
    {
      const std::scoped_lock lock(mutex_);
      if (idle_.empty()) return nullptr;
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
    if (connection->IsQuiet()) return {connection.release(), GiveBack{this}};
  }
}

Attempt<ConnectionPool::Lease> ConnectionPool::Open(std::chrono::milliseconds patience,
                                                    const Interrupt* interrupt) {
  Attempt<std::unique_ptr<Transport>> transport = OpenTransport(interrupt);
  if (!transport) return std::unexpected(std::move(transport.error()));
  ++opened_;
  auto connection = std::make_unique<HttpConnection>(std::move(*transport), patience);
  return Lease(connection.release(), GiveBack{interrupt == nullptr ? this : nullptr});
}

Attempt<std::unique_ptr<Transport>> ConnectionPool::OpenTransport(
    const Interrupt* interrupt) const {
  const Deadline deadline = DeadlineAfter(options_.connect_timeout);
  Attempt<Socket> socket = Dial(options_.url, deadline, interrupt);
  if (!socket) return std::unexpected(socket.error());
  if (tls_ == nullptr) return MakePlainTransport(std::move(*socket), interrupt);
  return tls_->Start(std::move(*socket), options_.url.host, deadline, interrupt);
}

void ConnectionPool::Keep(std::unique_ptr<HttpConnection> connection) {
  const std::scoped_lock lock(mutex_);
  if (idle_.size() < options_.max_idle) idle_.push_back(std::move(connection));
}

}  // namespace switchback::client
