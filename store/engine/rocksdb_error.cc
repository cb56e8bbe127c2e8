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

// What stands behind `word`, up to a blank or comma.
std::string_view WordBehind(std::string_view text, std::string_view word) {
  const size_t at = text.find(word);
  if (at == std::string_view::npos) return "";
  text.remove_prefix(at + word.size());
  return text.substr(0, text.find_first_of(" ,"));
}

// "block checksum mismatch: ... in /srv/routes/000012.sst offset 4096 size 8115" and such: the
// file's name and the place in it; empty where the words name no table.
std::string PlaceIn(std::string_view text) {
  constexpr std::string_view kTable = ".sst";
  const size_t end = text.find(kTable);
  if (end == std::string_view::npos) return "";
  const std::string_view path = text.substr(0, end + kTable.size());
  std::string place(path.substr(path.find_last_of("/ ") + 1));
  const std::string_view behind = text.substr(path.size());
  const std::string_view offset = WordBehind(behind, " offset ");
  if (offset.empty()) return place;
  place += fmt::format(" at byte {}", offset);
  std::string_view size = WordBehind(behind, " size ");
  if (size.empty()) size = WordBehind(behind, " expected ");
  if (!size.empty()) place += fmt::format(" ({} bytes)", size);
  return place;
}

bool IsMissingFile(const rocksdb::Status& status) {
  return status.IsIOError() && (status.IsPathNotFound() || Mentions(status, "No such file"));
}

}  // namespace

Error FromStatus(const rocksdb::Status& status, const std::string& path, std::string_view doing) {
  if (status.IsCorruption() || IsMissingFile(status)) {
    const std::string words = Describe(status);
    return {ErrorCode::kDataLoss,
            fmt::format("{}: {}: stored bytes are missing or damaged: {}; run verify to see what "
                        "is hit, or restore a backup",
                        path, doing, words),
            {},
            0,
            PlaceIn(words)};
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
