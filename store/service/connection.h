// The bytes of one connection, whatever kind of socket they come by: what a session is written on,
// so that it is compiled once and not for each kind.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/system/error_code.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "switchback/types.h"

namespace switchback {

using SystemError = boost::system::error_code;

// What is written as one: `shared` may be told to many connections at once.
struct Outgoing {
  std::string before = {};
  std::shared_ptr<const std::string> shared = nullptr;  // null: nothing
  std::string after = {};
};

struct PeerCertificate {
  std::string common_name = {};  // empty: none was shown
  std::optional<Timestamp> expires = {};
};

// Everything but post and its making is called on its strand, on which `Done` is called too. At
// most one read and one write are under way.
class Connection {
 public:
  using Done = std::function<void(SystemError error, size_t bytes)>;
  Connection() = default;
  virtual ~Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs `work` on the strand, not within this call.
  virtual void Post(std::function<void()> work) = 0;
  // Of TLS; others are done at once.
  virtual void Handshake(std::function<void(SystemError error)> done) = 0;
  // What the other end has shown, and was verified in this handshake or the one it goes on from.
  [[nodiscard]] virtual PeerCertificate Certificate() = 0;
  // Error beast::error::timeout: the time was over.
  virtual void ReadSome(boost::asio::mutable_buffer into, Done done) = 0;
  virtual void Write(std::shared_ptr<const Outgoing> what, Done done) = 0;
  // For what is begun from now on: it ends with an error once the time is over.
  virtual void ExpireAfter(std::chrono::milliseconds time) = 0;
  virtual void NeverExpire() = 0;
  // The other end sees that nothing more comes.
  virtual void CloseWrites() = 0;
  // What is under way ends with an error.
  virtual void Close() = 0;
};

// Of sockets that are connected, each with a strand for an executor.
[[nodiscard]] std::unique_ptr<Connection> MakeConnection(
    boost::asio::local::stream_protocol::socket socket);
[[nodiscard]] std::unique_ptr<Connection> MakeConnection(boost::asio::ip::tcp::socket socket);
[[nodiscard]] std::unique_ptr<Connection> MakeConnection(
    boost::asio::ip::tcp::socket socket, const std::shared_ptr<boost::asio::ssl::context>& tls);

}  // namespace switchback
