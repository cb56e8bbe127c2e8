#include "files/socket_place.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace switchback::files {
namespace {

constexpr size_t kMostBytes = sizeof(sockaddr_un::sun_path) - 1;

}  // namespace

SocketPlace::SocketPlace(const std::string& path) : short_path_(path) {
  if (path.size() <= kMostBytes) return;
  const std::filesystem::path whole(path);
  const std::filesystem::path folder = whole.has_parent_path() ? whole.parent_path() : ".";
  folder_ = ::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder_ < 0) {
    error_ = errno;
    return;
  }
  short_path_ = fmt::format("/proc/self/fd/{}/{}", folder_, whole.filename().string());
  if (short_path_.size() > kMostBytes) error_ = ENAMETOOLONG;
}

SocketPlace::~SocketPlace() {
  if (folder_ >= 0) ::close(folder_);
}

sockaddr_un SocketPlace::address() const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, short_path_.data(), short_path_.size());
  return address;
}

}  // namespace switchback::files
