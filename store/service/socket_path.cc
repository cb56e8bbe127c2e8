#include "service/socket_path.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <system_error>

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
  const SocketPlace place(path);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (place.short_path().size() >= sizeof address.sun_path) return ENAMETOOLONG;
  std::memcpy(address.sun_path, place.short_path().data(), place.short_path().size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (socket < 0) return errno;
  const int failed =
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? 0
                                                                                          : errno;
  ::close(socket);
  return failed == EAGAIN ? 0 : failed;  // so many wait there that no more fit
}

}  // namespace

SocketPlace::SocketPlace(const std::string& path) : short_path_(path) {
  constexpr size_t kMostBytes = sizeof(sockaddr_un::sun_path) - 1;
  if (path.size() <= kMostBytes) return;
  const std::filesystem::path whole(path);
  folder_ = ::open(whole.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder_ < 0) return;
  short_path_ = fmt::format("/proc/self/fd/{}/{}", folder_, whole.filename().string());
}

SocketPlace::~SocketPlace() {
  if (folder_ >= 0) ::close(folder_);
}

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
