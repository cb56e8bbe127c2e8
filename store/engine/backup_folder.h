// Backups of a database in a folder of their own, and making, checking and restoring them. No
// RocksDB type is visible here; what a folder holds: doc/backup.md.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "switchback/error.h"

namespace switchback {

struct StoredBackup {
  uint32_t number = 0;
  std::string about;       // as it was given
  uint64_t bytes = 0;      // of all its files, those that it shares with others included
  uint64_t new_bytes = 0;  // of those that no earlier one in the folder has
  uint64_t files = 0;
  std::string damage;  // empty: none that shows without reading its files again
};

// How many of `total` bytes are done; from the calling thread, now and then.
using ByteProgress = std::function<void(uint64_t done, uint64_t total)>;

// A backup that is being made, in a thread of its own. For one thread.
class EngineBackup {
 public:
  virtual ~EngineBackup() =
      default;  // one that is still being made is given up, and leaves nothing
  EngineBackup() = default;
  EngineBackup(const EngineBackup&) = delete;
  EngineBackup& operator=(const EngineBackup&) = delete;

  // Those that are in the folder already, oldest first.
  [[nodiscard]] virtual const std::vector<StoredBackup>& existing() const = 0;
  // Returns once its state is fixed: all that was written before is in it, nothing that is written
  // afterwards. Failures are told by Finish. Called once.
  virtual void Start(const std::string& about) = 0;
  // Whether it is done.
  [[nodiscard]] virtual bool WaitFor(std::chrono::milliseconds patience) const = 0;
  [[nodiscard]] virtual uint64_t copied_bytes() const = 0;
  // Waits until it is done and synced to disk. Errors: kIoError, kDataLoss; no backup was made.
  [[nodiscard]] virtual Result<StoredBackup> Finish() = 0;
};

// What a folder is opened for: one process at a time adds to it, or deletes; reading goes on beside
// the former, not beside the latter.
enum class BackupAccess : uint8_t { kRead, kAdd, kDelete };

struct BackupFault {
  uint32_t number = 0;
  std::string what;
};

// Whether the folder `path`, which need not be there, is `folder` or lies in it, links followed.
[[nodiscard]] bool IsWithin(const std::string& path, const std::string& folder);

struct BackupCheck {
  uint64_t files = 0;  // read, each once however many backups share it
  uint64_t bytes = 0;
  std::vector<BackupFault> faults;
};

// For one thread.
class BackupFolder {
 public:
  virtual ~BackupFolder() = default;
  BackupFolder() = default;
  BackupFolder(const BackupFolder&) = delete;
  BackupFolder& operator=(const BackupFolder&) = delete;

  // Oldest first, damaged ones too.
  [[nodiscard]] virtual const std::vector<StoredBackup>& backups() const = 0;
  // Reads every file of these again and compares it with its checksum. Errors: kIoError.
  [[nodiscard]] virtual Result<BackupCheck> Check(std::span<const uint32_t> numbers,
                                                  const ByteProgress& progress) const = 0;
  // One row of a backup. Errors: kDataLoss, it can't be opened; kIoError.
  [[nodiscard]] virtual Result<bool> ReadRow(uint32_t number, Space space, std::string_view key,
                                             std::string& value) const = 0;
  // Copies a backup's files into `to`, checking each against its checksum. REQUIRES: `to` is a
  // folder of the caller's own; what is in it goes.
  // Errors: kNotFound, no such backup; kDataLoss; kIoError.
  [[nodiscard]] virtual Result<void> CopyInto(uint32_t number, const std::string& to,
                                              const ByteProgress& progress) const = 0;
  // And the files that no other needs. REQUIRES: opened to delete. Errors: kIoError.
  [[nodiscard]] virtual Result<void> Delete(std::span<const uint32_t> numbers) = 0;
};

// Errors: kNotFound, there are no backups; kHeld, another process adds or deletes; kIoError.
[[nodiscard]] Result<std::unique_ptr<BackupFolder>> OpenBackupFolder(const std::string& folder,
                                                                     BackupAccess access);

}  // namespace switchback
