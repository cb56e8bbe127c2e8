// Backups on RocksDB's backup engine: what makes one of an open database, and what both sides
// share.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/utilities/backup_engine.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/backup_folder.h"

namespace switchback {

// Of every backup engine here: tables shared between backups, checksums, all synced.
[[nodiscard]] rocksdb::BackupEngineOptions MakeBackupOptions(const std::string& folder);

// The good and the damaged ones of a folder, oldest first.
[[nodiscard]] std::vector<StoredBackup> ListStored(
    const rocksdb::BackupEngineReadOnlyBase& backups);

// `files` is held while files are copied: nobody may take the database's files away meanwhile. It
// is borrowed and outlives what is returned. Errors: kAlreadyExists, the folder holds other files;
// kInvalidArgument, it is the database's own or lies in it; kHeld; kIoError.
[[nodiscard]] Result<std::unique_ptr<EngineBackup>> NewRocksDbBackup(
    const std::string& folder, const std::string& database, std::shared_ptr<rocksdb::DB> db,
    std::mutex& files);

}  // namespace switchback
