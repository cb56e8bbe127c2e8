#include "files/private_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <thread>

namespace switchback::files {
namespace {

// A million tokens are some 300 MiB: what is longer is no such file, and not read into memory.
constexpr int64_t kMaxBytes = int64_t{1} << 30;

class OpenFile {
 public:
  OpenFile(const std::string& path, int flags, mode_t mode = 0)
      : file_(open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  ~OpenFile() {
    if (file_ >= 0) close(file_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int get() const { return file_; }
  [[nodiscard]] bool ok() const { return file_ >= 0; }

 private:
  int file_;
};

// REQUIRES: errno says why.
std::unexpected<Error> CanNot(const std::string& path, std::string_view what) {
  return Fail(ErrorCode::kIoError, fmt::format("{}: can't {}: {}", path, what, strerror(errno)));
}

Result<void> CheckPrivate(const std::string& path, const struct stat& about) {
  const auto refuse = [&](std::string_view why) {
    return Fail(ErrorCode::kIoError, fmt::format("{}: is not read: {}", path, why));
  };
  if (!S_ISREG(about.st_mode)) return refuse("it is no plain file");
  if ((about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return refuse("others than its owner can write it; chmod 600 it");
  }
  const uid_t self = geteuid();
  if (self != 0 && about.st_uid != 0 && about.st_uid != self) {
    return refuse("it is another user's");
  }
  if (about.st_size > kMaxBytes) return refuse("it is too long");
  return {};
}

Result<std::string> ReadToEnd(const std::string& path, int file) {
  std::string text;
  char bytes[16'384];
  for (;;) {
    const ssize_t count = read(file, bytes, sizeof(bytes));
    if (count == 0) return text;
    if (count > 0) text.append(bytes, static_cast<size_t>(count));
    if (count < 0 && errno != EINTR) return CanNot(path, "be read");
  }
}

bool WriteAll(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = write(file, text.data(), text.size());
    if (count >= 0) {
      text.remove_prefix(static_cast<size_t>(count));
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

// Where root changes the file of the user that a service runs as, that service must go on reading
// it.
bool KeepOwner(const std::string& path, int file) {
  struct stat old {};
  if (stat(path.c_str(), &old) != 0) return errno == ENOENT;
  if (old.st_uid == geteuid()) return true;
  return fchown(file, old.st_uid, old.st_gid) == 0;
}

Result<void> SyncFolderOf(const std::string& path) {
  const std::filesystem::path folder = std::filesystem::path(path).parent_path();
  const OpenFile opened(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
  if (!opened.ok() || fsync(opened.get()) != 0) return CanNot(path, "sync its folder");
  return {};
}

}  // namespace

Result<std::optional<PrivateFile>> ReadPrivateFile(const std::string& path) {
  // Not to wait where someone made a pipe of it.
  const OpenFile file(path, O_RDONLY | O_NONBLOCK);
  if (!file.ok()) {
    if (errno == ENOENT) return std::nullopt;
    return CanNot(path, "be opened");
  }
  struct stat about {};
  if (fstat(file.get(), &about) != 0) return CanNot(path, "be looked at");
  if (Result<void> checked = CheckPrivate(path, about); !checked) {
    return std::unexpected(checked.error());
  }
  Result<std::string> text = ReadToEnd(path, file.get());
  if (!text) return std::unexpected(text.error());
  return PrivateFile{std::move(*text), StampFrom(about)};
}

Result<void> ReplacePrivateFile(const std::string& path, std::string_view text) {
  const std::string fresh = path + ".new";
  // Left by a crash; not opened as it is, since whoever made it may still have it open.
  if (unlink(fresh.c_str()) != 0 && errno != ENOENT) return CanNot(fresh, "be removed");
  {
    const OpenFile file(fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    if (!file.ok()) return CanNot(fresh, "be made");
    if (!KeepOwner(path, file.get()) || !WriteAll(file.get(), text) || fsync(file.get()) != 0) {
      auto fault = CanNot(fresh, "be written");
      unlink(fresh.c_str());
      return fault;
    }
  }
  if (rename(fresh.c_str(), path.c_str()) != 0) {
    auto fault = CanNot(path, "be replaced");
    unlink(fresh.c_str());
    return fault;
  }
  return SyncFolderOf(path);
}

Result<std::unique_ptr<FileLock>> FileLock::Open(const std::string& lock) {
  const int file = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file < 0) return CanNot(lock, "be opened");
  return std::unique_ptr<FileLock>(new FileLock(file));
}

Result<std::unique_ptr<FileLock>> FileLock::Take(const std::string& path) {
  const std::string lock = path + ".lock";
  Result<std::unique_ptr<FileLock>> taken = Open(lock);
  while (taken && flock((*taken)->file_, LOCK_EX) != 0) {
    if (errno != EINTR) return CanNot(lock, "be locked");
  }
  return taken;
}

Result<std::unique_ptr<FileLock>> FileLock::Take(const std::string& path,
                                                 std::chrono::milliseconds patience) {
  constexpr std::chrono::milliseconds kPause{10};
  const std::string lock = path + ".lock";
  const auto end = std::chrono::steady_clock::now() + patience;
  Result<std::unique_ptr<FileLock>> taken = Open(lock);
  while (taken && flock((*taken)->file_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EINTR && errno != EWOULDBLOCK) return CanNot(lock, "be locked");
    if (std::chrono::steady_clock::now() >= end) {
      return Fail(ErrorCode::kHeld, lock + ": another process holds it");
    }
    std::this_thread::sleep_for(kPause);
  }
  return taken;
}

FileLock::~FileLock() {
  close(file_);
}

}  // namespace switchback::files
