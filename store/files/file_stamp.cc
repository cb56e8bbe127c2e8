#include "files/file_stamp.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <tuple>
#include <utility>

namespace switchback::files {
namespace {

constexpr std::chrono::seconds kLookAgain{1};

int64_t Nanoseconds(const timespec& time) {
  return int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

FileStamp StampFrom(const struct stat& about) {
  return {.device = about.st_dev,
          .inode = about.st_ino,
          .size = about.st_size,
          .modified_ns = Nanoseconds(about.st_mtim),
          .changed_ns = Nanoseconds(about.st_ctim)};
}

Result<std::optional<FileStamp>> StampOf(const std::string& path) {
  struct stat about {};
  if (stat(path.c_str(), &about) == 0) return StampFrom(about);
  if (errno == ENOENT) return std::nullopt;
  return Fail(ErrorCode::kIoError,
              fmt::format("{}: can't be looked at: {}", path, strerror(errno)));
}

FileChanges::FileChanges(std::vector<std::string> paths)
    : paths_(std::move(paths)), stamps_(paths_.size()) {
  std::ignore = Look();
  due_ = std::chrono::steady_clock::now() + kLookAgain;
}

bool FileChanges::Take() {
  const Time now = std::chrono::steady_clock::now();
  Time due = due_;
  if (now < due || !due_.compare_exchange_strong(due, now + kLookAgain)) return false;
  return Look();
}

bool FileChanges::Look() {
  const std::scoped_lock lock(mutex_);
  bool changed = again_.exchange(false);
  for (size_t i = 0; i < paths_.size(); ++i) {
    if (paths_[i].empty()) continue;
    // One that can't be looked at can't be read either: it is as good as gone.
    const std::optional<FileStamp> stamp = StampOf(paths_[i]).value_or(std::nullopt);
    changed |= stamp != std::exchange(stamps_[i], stamp);
  }
  return changed;
}

}  // namespace switchback::files
