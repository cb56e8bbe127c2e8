// Where a Unix socket lies. Its path may be longer than the 107 bytes that the kernel takes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "switchback/error.h"

namespace switchback {

// Holds the socket's folder open, and names the socket by that.
class SocketPlace {
 public:
  explicit SocketPlace(const std::string& path);
  ~SocketPlace();
  SocketPlace(const SocketPlace&) = delete;
  SocketPlace& operator=(const SocketPlace&) = delete;
  // For bind and connect, as long as this lives.
  [[nodiscard]] const std::string& short_path() const { return short_path_; }

 private:
  int folder_ = -1;
  std::string short_path_;
};

// Removes the socket of a process that is no more. Errors: kHeld, somebody serves there;
// kAlreadyExists, another kind of file is there; kIoError.
[[nodiscard]] Result<void> ClearSocket(const std::string& path);
// Which file a path names; nothing where there is none.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};
[[nodiscard]] std::optional<FileIdentity> IdentityOf(const std::string& path);
// Unless another file is there by now.
void RemoveSocket(const std::string& path, const std::optional<FileIdentity>& own);

}  // namespace switchback
