// RocksDB's statuses as errors of this store.
#pragma once

#include <rocksdb/status.h>

#include <string>
#include <string_view>

#include "switchback/error.h"

namespace switchback {

// What was being done when `status`, which is not OK, came back; `path` is the engine's folder.
// Corruption and vanished files are kDataLoss; all else is kIoError.
[[nodiscard]] Error FromStatus(const rocksdb::Status& status, const std::string& path,
                               std::string_view doing);

// The same for a write or a sync.
[[nodiscard]] Error FromWriteStatus(const rocksdb::Status& status, const std::string& path,
                                    std::string_view doing);

// Whether an open failed because another engine has the database open for writing.
[[nodiscard]] bool IsLockBusy(const rocksdb::Status& status);
// ... and that engine is in this very process.
[[nodiscard]] bool IsLockHeldHere(const rocksdb::Status& status);

}  // namespace switchback
