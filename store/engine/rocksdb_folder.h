// What can be told of a database's folder without opening the database.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "switchback/error.h"

namespace switchback {

struct LogFileSize {
  uint64_t number = 0;
  uint64_t bytes = 0;
  bool operator==(const LogFileSize&) const = default;
};

// Two that are equal, of moments before and after something was read, say that no write, flush or
// compaction took effect in between.
struct FolderState {
  std::string identity;  // the database's own name for itself, made with it
  // The name of the MANIFEST and its size change whenever a flush or a compaction takes effect;
  // only after that are files deleted. Without a CURRENT to name it, empty.
  std::string manifest;
  uint64_t manifest_bytes = 0;
  std::vector<LogFileSize> logs;  // by number; numbers are never used again

  bool operator==(const FolderState&) const = default;
  [[nodiscard]] bool HasSameTables(const FolderState& other) const {
    return manifest == other.manifest && manifest_bytes == other.manifest_bytes;
  }
  // ... whatever was written to them.
  [[nodiscard]] bool HasSameLogs(const FolderState& other) const;
};
// Never an error: what can't be read is empty.
[[nodiscard]] FolderState LookAtFolder(const std::string& folder);

// The names in it are durable. Errors: kIoError.
[[nodiscard]] Result<void> SyncFolder(const std::string& folder);

// All files in the folder. Errors: kIoError.
[[nodiscard]] Result<EngineStats> CountFiles(const std::string& folder);

}  // namespace switchback
