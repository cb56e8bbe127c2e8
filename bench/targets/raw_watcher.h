// A watcher without a thread: a socket on which lines come.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "scenes.h"

namespace switchback::targets {

class RawWatcher {
 public:
  // Sends `request` to the Unix socket `path`, and returns once `first` has come.
  RawWatcher(const std::string& path, std::string_view request, std::string_view first)
      : socket_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    while (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      if (errno != EAGAIN) End("a watcher can't connect");
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) < 0) End("can't watch");
    WaitFor(first);
  }
  ~RawWatcher() {
    if (socket_ >= 0) ::close(socket_);
  }
  RawWatcher(RawWatcher&& other) noexcept : socket_(std::exchange(other.socket_, -1)) {}
  RawWatcher& operator=(RawWatcher&&) = delete;

  void WaitFor(std::string_view text) const {
    std::string all;
    std::string piece(4096, '\0');
    while (all.find(text) == std::string::npos) {
      const ssize_t got = ::recv(socket_, piece.data(), piece.size(), 0);
      if (got <= 0) End("a watch ended");
      all.append(piece, 0, static_cast<size_t>(got));
    }
  }

 private:
  int socket_;
};

}  // namespace switchback::targets
