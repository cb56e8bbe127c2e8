// Backups of a store, in a folder of their own: made beside commits (Store::CreateBackup), each of
// one revision, sharing the files that did not change in between; listed, checked, restored into a
// new folder and deleted without the store. What is in the folder and what is promised:
// doc/backup.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "switchback/error.h"
#include "switchback/store.h"
#include "switchback/types.h"

namespace switchback {

struct BackupInfo {
  uint32_t number = 0;      // 1, 2 ... in its folder
  Timestamp time;           // when its state was fixed, by the store's clock
  Revision revision;        // the newest in it; all before it are, nothing later is
  std::string store_uuid;   // StoreIdentity::uuid
  std::string environment;  // StoreIdentity::environment
  uint64_t bytes = 0;       // of all its files, those that it shares with others included
  uint64_t new_bytes = 0;   // of those that no earlier backup in the folder has
  uint64_t files = 0;
  // Not empty: it can't be restored, and this is why; then only `number` is sure to be right. Found
  // without reading the files again: VerifyBackups does.
  std::string damage;
};

// All functions below: safe from any number of threads and processes, beside CreateBackup too; only
// deleting wants the folder for itself.
// Errors of each: kNotFound, there are no backups in `folder`; kHeld, someone is deleting there
// (for PruneBackups: someone is there at all); kIoError.

// Oldest first. Cost: the lists of files, not the files.
[[nodiscard]] Result<std::vector<BackupInfo>> ListBackups(const std::string& folder);

struct BackupDamage {
  uint32_t number = 0;
  std::string what;  // the file, and what is wrong with it
};
struct BackupReport {
  uint64_t backups = 0;
  uint64_t files = 0;  // read, each once however many backups share it
  uint64_t bytes = 0;
  std::vector<BackupDamage> damage;
  [[nodiscard]] bool ok() const { return damage.empty(); }
};
// Reads every file of one backup, or of all, compares it with its checksum, and opens each backup
// to see that it is of the revision that it says. Damage is in the report, not an error. `progress`
// counts bytes. Errors: also kNotFound, the number.
[[nodiscard]] Result<BackupReport> VerifyBackups(const std::string& folder,
                                                 std::optional<uint32_t> number,
                                                 const Progress& progress);

struct RestoreBackupOptions {
  std::optional<uint32_t> number = {};  // default: the newest that is not damaged
  // Where set, the backup's environment must be this one, else kWrongEnvironment.
  std::optional<std::string> environment = {};
};
// Makes a store in `to`, a folder that is not there yet or is empty, of a backup: the same store,
// with all revisions up to the backup's. Each file is compared with its checksum, the store opened
// once and looked at; then it is put in place at one moment, durably. What fails leaves nothing; a
// kill leaves a folder that is no store: a folder `restoring`, which the next restore clears, or,
// had it come just while files were put in place, a folder that all refuse until it is removed.
// Errors: also kNotFound, the number; kAlreadyExists, something is in `to`; kDataLoss, the backup
// is damaged; kWrongEnvironment. Cost: the space of the whole backup. `progress` counts bytes.
[[nodiscard]] Result<BackupInfo> RestoreBackup(const std::string& folder, const std::string& to,
                                               const RestoreBackupOptions& options,
                                               const Progress& progress);

struct PrunedBackups {
  std::vector<BackupInfo> kept;  // oldest first
  std::vector<uint32_t> deleted;
};
// Deletes the backups older than the newest `keep` good ones, damaged ones among the older too, and
// the files that only they had. A damaged one that is newer stays: it may be looked into. Before
// anything is deleted, every file of those that are to count as good is read and compared with its
// checksum, which is what it costs. A crash on the way leaves every backup whole or gone. Errors:
// also kInvalidArgument, keep is 0.
[[nodiscard]] Result<PrunedBackups> PruneBackups(const std::string& folder, size_t keep);

}  // namespace switchback
