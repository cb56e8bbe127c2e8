#include "service/socket_path.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <system_error>

#include "files/socket_place.h"

namespace switchback {
namespace {

Error Failed(const std::string& path, int error) {
  return {ErrorCode::kIoError,
          fmt::format("the socket {}: {}", path, std::generic_category().message(error)),
          {},
          0};
}

// 0: somebody takes connections there; else why not.
int TryConnect(const std::string& path) {
  const files::SocketPlace place(path);
  if (place.error() != 0) return place.error();
  const sockaddr_un address = place.address();
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return errno;
  const int failed =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0
                                                                                          : errno;
  ::close(socket);
  return failed == EAGAIN ? 0 : failed;  // so many wait there that no more fit
}

}  // namespace

Result<void> ClearSocket(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    if (errno == ENOENT) return {};
    return std::unexpected(Failed(path, errno));
  }
  if (!S_ISSOCK(found.st_mode)) {
    return Fail(ErrorCode::kAlreadyExists,
                fmt::format("{} is there and is no socket: name another path", path));
  }
  const int failed = TryConnect(path);
  if (failed == 0) {
    return Fail(ErrorCode::kHeld, fmt::format("somebody serves on the socket {}", path));
  }
  if (failed != ECONNREFUSED && failed != ENOENT) return std::unexpected(Failed(path, failed));
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return std::unexpected(Failed(path, errno));
  return {};
}

std::optional<FileIdentity> IdentityOf(const std::string& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return std::nullopt;
  return FileIdentity{found.st_dev, found.st_ino};
}

void RemoveSocket(const std::string& path, const std::optional<FileIdentity>& own) {
  if (own && IdentityOf(path) == own) ::unlink(path.c_str());
}

}  // namespace switchback
