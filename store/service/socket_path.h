// The file of a Unix socket: whose it is, and when it can go.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "switchback/error.h"

namespace switchback {

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
