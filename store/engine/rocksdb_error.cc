// RocksDB tells some failures apart only in words; the words looked for here are those of 7.8.
#include "engine/rocksdb_error.h"

#include <fmt/format.h>

namespace switchback {

namespace {

bool Mentions(const rocksdb::Status& status, std::string_view words) {
  return status.ToString().find(words) != std::string::npos;
}

// RocksDB looks for a missing table under its old ending last, and then names only that.
std::string Describe(const rocksdb::Status& status) {
  std::string text = status.ToString();
  constexpr std::string_view kOldEnding = ".ldb";
  for (size_t at = text.find(kOldEnding); at != std::string::npos; at = text.find(kOldEnding, at)) {
    text.replace(at, kOldEnding.size(), ".sst");
  }
  return text;
}

bool IsMissingFile(const rocksdb::Status& status) {
  return status.IsIOError() && (status.IsPathNotFound() || Mentions(status, "No such file"));
}

}  // namespace

Error FromStatus(const rocksdb::Status& status, const std::string& path, std::string_view doing) {
  if (status.IsCorruption() || IsMissingFile(status)) {
    return {ErrorCode::kDataLoss,
            fmt::format("{}: {}: stored bytes are missing or damaged: {}; run verify to see what "
                        "is hit, or restore a backup",
                        path, doing, Describe(status)),
            {},
            0};
  }
  if (status.IsIOError() && status.subcode() == rocksdb::Status::SubCode::kNoSpace) {
    return {ErrorCode::kIoError,
            fmt::format("{}: {}: no space left: {}; make room", path, doing, Describe(status)),
            {},
            0};
  }
  return {ErrorCode::kIoError, fmt::format("{}: {}: {}", path, doing, Describe(status)), {}, 0};
}

Error FromWriteStatus(const rocksdb::Status& status, const std::string& path,
                      std::string_view doing) {
  // Out of space while appending leaves at most a torn record, which the next open cuts off. After
  // any other failure, and after a failed sync above all, the bytes may still reach the disk.
  const bool no_space = status.subcode() == rocksdb::Status::SubCode::kNoSpace;
  const bool appended = !no_space || Mentions(status, "sync");
  if (!status.IsIOError() || !appended) return FromStatus(status, path, doing);
  return {ErrorCode::kUnknownOutcome,
          fmt::format("{}: {}: {}; what was being written may or may not be there: look, or repeat "
                      "it with the same request ID",
                      path, doing, Describe(status)),
          {},
          0};
}

bool IsLockHeldHere(const rocksdb::Status& status) {
  return status.IsIOError() && Mentions(status, "lock hold by current process");
}

bool IsLockBusy(const rocksdb::Status& status) {
  return status.IsIOError() && (Mentions(status, "While lock file") || IsLockHeldHere(status));
}

}  // namespace switchback
