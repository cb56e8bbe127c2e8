// A connection to a service that knows no HTTP: bytes there, and what comes back.
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>

namespace switchback {

class RawConnection {
 public:
  // Waits where too many wait to be taken. `receive_buffer` 0: the system's.
  explicit RawConnection(const std::string& path, int receive_buffer = 0)
      : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    if (receive_buffer != 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    while (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      if (errno != EAGAIN) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  // To a port of this machine.
  explicit RawConnection(uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::ignore = ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
  ~RawConnection() {
    if (socket_ >= 0) ::close(socket_);
  }
  RawConnection(RawConnection&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  RawConnection& operator=(RawConnection&&) = delete;

  void Send(std::string_view bytes) const {
    [[maybe_unused]] const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }
  // Until the other end closes it, is silent for `patience`, or has said `text` (empty: anything).
  [[nodiscard]] std::string ReceiveUntil(std::string_view text,
                                         std::chrono::milliseconds patience) {
    const timeval timeout{patience.count() / 1000, patience.count() % 1000 * 1000};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    std::string all;
    std::string piece(65536, '\0');
    while (text.empty() || all.find(text) == std::string::npos) {
      const ssize_t got = ::recv(socket_, piece.data(), piece.size(), 0);
      closed_ = got == 0 || (got < 0 && errno != EAGAIN);
      if (got <= 0) break;
      all.append(piece, 0, static_cast<size_t>(got));
    }
    return all;
  }
  [[nodiscard]] std::string Receive(
      std::chrono::milliseconds patience = std::chrono::milliseconds(300)) {
    return ReceiveUntil("", patience);
  }
  [[nodiscard]] std::string Ask(std::string_view request) {
    Send(request);
    return Receive();
  }
  // The other end had closed it when something was received last.
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  int socket_;
  bool closed_ = false;
};

}  // namespace switchback
