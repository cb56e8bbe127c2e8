// Whether a file is still the one that was read.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "switchback/error.h"

struct stat;

namespace switchback::files {

// What tells one state of a file from another. A replaced file has another inode; the times tell of
// one that was written in place, or where the inode was taken again.
struct FileStamp {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t size = 0;
  int64_t modified_ns = 0;
  int64_t changed_ns = 0;
  bool operator==(const FileStamp&) const = default;
};

// Nothing: there is no such file. Errors: kIoError.
[[nodiscard]] Result<std::optional<FileStamp>> StampOf(const std::string& path);
[[nodiscard]] FileStamp StampFrom(const struct stat& about);

// Files that are read once and then now and then change: certificates, keys. Safe from any number
// of threads.
class FileChanges {
 public:
  // From now on; made before they are read. An empty path is no file.
  explicit FileChanges(std::vector<std::string> paths);
  // Whether one was changed, replaced, made or removed since the last call: true once, for one
  // caller. Looks once a second at most, a stat each; else it costs a look at the clock.
  [[nodiscard]] bool Take();
  // What was taken could not be dealt with: the next look takes it again.
  void TakeAgain() { again_ = true; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  [[nodiscard]] bool Look();

  const std::vector<std::string> paths_;
  std::atomic<Time> due_;
  std::atomic<bool> again_ = false;
  std::mutex mutex_;
  std::vector<std::optional<FileStamp>> stamps_;  // guarded by mutex_
};

}  // namespace switchback::files
