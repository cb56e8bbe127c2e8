// Looks into RocksDB's log files, to tell a torn tail from damage; and into its MANIFEST. Makes the
// logs that others left durable.
//
// A power loss may cut the end of the log, where nothing was synced yet, or leave zeros there, by
// whole sectors: that tail is to be dropped. Any other fault hits writes that were reported as
// durable: that is data loss, and must never be passed over. RocksDB's own modes do one or the
// other for both.
#pragma once

#include <rocksdb/file_system.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/error.h"

namespace switchback {

enum class LogState : uint8_t {
  kWhole,    // every record is good to the end
  kTorn,     // good records, then what a power loss leaves of others
  kDamaged,  // any other fault: good records behind it, or a last one that is all there
};
struct LogFinding {
  LogState state = LogState::kWhole;
  size_t fault_offset = 0;  // where the first record that is not good starts
  size_t records = 0;       // physical ones that are good
  // Up to the end of the last whole record, in however many pieces; where nothing is damaged.
  size_t good_bytes = 0;
};

// Of the bytes of one log file. Any bytes at all are fine.
[[nodiscard]] LogFinding ExamineLog(std::string_view bytes);

struct LogFile {
  uint64_t number = 0;
  std::filesystem::path path;
};
// Of a file that RocksDB has numbered and given this ending, ".log" or ".sst"; nothing for any
// other.
[[nodiscard]] std::optional<uint64_t> FileNumber(const std::filesystem::path& path,
                                                 std::string_view ending);
// The log files in a folder, by number; none if it can't be read.
[[nodiscard]] std::vector<LogFile> ListLogFiles(const std::string& folder);

struct LogFiles {
  size_t files = 0;
  uint64_t bytes = 0;
};
// The log files in a folder as they are now; zeros if it can't be read.
[[nodiscard]] LogFiles CountLogFiles(const std::string& folder);

// Syncs every log file in the folder that has anything in it. Logs of earlier processes may be in
// the page cache alone (unsynced writes, a kill): a power loss could take their tail away from
// under writes that later ones synced in logs of their own. RocksDB syncs only logs that it wrote
// itself. REQUIRES: this process has the database open for writing, so that nobody adds to them.
// Errors: kIoError.
[[nodiscard]] Result<void> SyncLogFiles(const std::string& folder, rocksdb::FileSystem& files);

// The MANIFEST, which lists the tables, has the log's form. RocksDB stops reading it at a fault
// without a word and may then delete the tables behind it: one that no power loss leaves must be
// met first. No MANIFEST to be read is no fault here: the open that follows says what is wrong.
// Errors: kDataLoss, naming file and offset.
[[nodiscard]] Result<void> CheckManifest(const std::string& folder);

struct ManifestFinding {
  std::string path;
  uint64_t bytes = 0;
  LogFinding finding;
};
// Nothing where it can't be read.
[[nodiscard]] std::optional<ManifestFinding> ExamineManifest(const std::string& folder);

}  // namespace switchback
