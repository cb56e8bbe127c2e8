// A small file that only its owner writes, replaced as a whole: who reads it sees the old text or
// the new one, never parts, whatever crashes meanwhile.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "files/file_stamp.h"
#include "switchback/error.h"

namespace switchback::files {

struct PrivateFile {
  std::string text;
  FileStamp stamp;  // of this text
};
// Nothing: there is no such file. Errors: kIoError, also where it is no plain file, where others
// than its owner can write it, or where that is neither root nor this user.
[[nodiscard]] Result<std::optional<PrivateFile>> ReadPrivateFile(const std::string& path);

// Makes `text` the whole of the file, mode 0600, synced to disk with its name. It keeps its owner
// where there was one. REQUIRES: one caller at a time, see FileLock. Errors: kIoError; the file is
// as it was, or, if only its folder could not be synced, has the new text.
[[nodiscard]] Result<void> ReplacePrivateFile(const std::string& path, std::string_view text);

// Held by one at a time, thread or process: PATH.lock, which is made and stays.
class FileLock {
 public:
  // Waits for it. Errors: kIoError.
  [[nodiscard]] static Result<std::unique_ptr<FileLock>> Take(const std::string& path);
  // Waits so long at most. Errors: kHeld, somebody has it still; kIoError.
  [[nodiscard]] static Result<std::unique_ptr<FileLock>> Take(const std::string& path,
                                                              std::chrono::milliseconds patience);
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
  explicit FileLock(int file) : file_(file) {}
  [[nodiscard]] static Result<std::unique_ptr<FileLock>> Open(const std::string& lock);

  int file_;
};

}  // namespace switchback::files
