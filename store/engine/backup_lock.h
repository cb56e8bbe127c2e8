// Who may do what to a folder of backups at the same time, between processes and within one.
#pragma once

#include <memory>
#include <string>

#include "engine/backup_folder.h"
#include "engine/rocksdb_holder.h"
#include "switchback/error.h"

namespace switchback {

// The lock is the kernel's, on the file LOCK in the folder, and goes with the process; HOLDER
// beside it says who adds or deletes.
class BackupLock {
 public:
  // Errors: kHeld, naming who has it; kIoError. Where a file to lock can't be made, as in a folder
  // on a read-only file system, reading needs none: nobody else can change it either.
  [[nodiscard]] static Result<std::unique_ptr<BackupLock>> Take(const std::string& folder,
                                                                BackupAccess access);
  ~BackupLock();
  BackupLock(const BackupLock&) = delete;
  BackupLock& operator=(const BackupLock&) = delete;

 private:
  explicit BackupLock(int file) : file_(file) {}

  const int file_;
  std::unique_ptr<HolderNote> note_;
};

}  // namespace switchback
