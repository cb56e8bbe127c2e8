#include "client/connection_pool.h"

#include <tuple>
#include <utility>

#include "client/dial.h"

namespace switchback::client {

void ConnectionPool::GiveBack::operator()(HttpConnection* connection) const {
  std::unique_ptr<HttpConnection> owned(connection);
  if (pool != nullptr && owned->is_reusable()) pool->Keep(std::move(owned), generation);
}

ConnectionPool::ConnectionPool(PoolOptions options, std::unique_ptr<TlsContext> tls)
    : options_(std::move(options)), tls_(std::move(tls)) {}

uint64_t ConnectionPool::Refresh() {
  const bool changed = tls_ != nullptr && tls_->Refresh();
  const std::scoped_lock lock(mutex_);
  if (changed) {
    ++generation_;
    idle_.clear();
  }
  return generation_;
}

ConnectionPool::Lease ConnectionPool::TakeIdle() {
  std::ignore = Refresh();
  while (true) {
    std::unique_ptr<HttpConnection> connection;
    uint64_t generation = 0;
    {
      const std::scoped_lock lock(mutex_);
      generation = generation_;
      if (idle_.empty()) return nullptr;
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
    if (connection->IsQuiet()) return {connection.release(), GiveBack{this, generation}};
  }
}

Attempt<ConnectionPool::Lease> ConnectionPool::Open(std::chrono::milliseconds patience,
                                                    const Interrupt* interrupt) {
  const uint64_t generation = Refresh();
  Attempt<std::unique_ptr<Transport>> transport = OpenTransport(interrupt);
  if (!transport) return std::unexpected(std::move(transport.error()));
  ++opened_;
  auto connection = std::make_unique<HttpConnection>(std::move(*transport), patience);
  return Lease(connection.release(), GiveBack{interrupt == nullptr ? this : nullptr, generation});
}

Attempt<std::unique_ptr<Transport>> ConnectionPool::OpenTransport(
    const Interrupt* interrupt) const {
  const Deadline deadline = DeadlineAfter(options_.connect_timeout);
  Attempt<Socket> socket = Dial(options_.url, deadline, interrupt);
  if (!socket) return std::unexpected(socket.error());
  if (tls_ == nullptr) return MakePlainTransport(std::move(*socket), interrupt);
  return tls_->Start(std::move(*socket), options_.url.host, deadline, interrupt);
}

void ConnectionPool::Keep(std::unique_ptr<HttpConnection> connection, uint64_t generation) {
  const std::scoped_lock lock(mutex_);
  if (generation != generation_) return;
  if (idle_.size() < options_.max_idle) idle_.push_back(std::move(connection));
}

}  // namespace switchback::client
