// Where a Unix socket lies. Its path may be longer than the 107 bytes that the kernel takes.
#pragma once

#include <sys/un.h>

#include <string>

namespace switchback::files {

// Holds the socket's folder open where it takes that to name the socket.
class SocketPlace {
 public:
  explicit SocketPlace(const std::string& path);
  ~SocketPlace();
  SocketPlace(const SocketPlace&) = delete;
  SocketPlace& operator=(const SocketPlace&) = delete;

  // 0, or the errno of why it can't be named: its folder can't be opened, or its name is too long.
  [[nodiscard]] int error() const { return error_; }
  // For bind and connect, as long as this lives. REQUIRES: no error.
  [[nodiscard]] const std::string& short_path() const { return short_path_; }
  [[nodiscard]] sockaddr_un address() const;

 private:
  int folder_ = -1;
  int error_ = 0;
  std::string short_path_;
};

}  // namespace switchback::files
