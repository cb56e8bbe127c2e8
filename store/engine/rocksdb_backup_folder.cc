// Reading, checking, copying and deleting backups.
#include <fmt/format.h>
#include <rocksdb/utilities/backup_engine.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <future>
#include <map>
#include <system_error>
#include <utility>

#include "engine/backup_folder.h"
#include "engine/backup_lock.h"
#include "engine/rocksdb_backup.h"
#include "engine/rocksdb_backup_meta.h"
#include "engine/rocksdb_database.h"
#include "engine/rocksdb_error.h"
#include "engine/rocksdb_view.h"

namespace switchback {

namespace {

constexpr std::chrono::milliseconds kReportEvery(200);

uint64_t BytesIn(const std::string& folder) {
  const Result<EngineStats> stats = CountFiles(folder);
  return stats ? stats->disk_bytes : 0;
}

// By a backup engine of its own: after a failure one goes on copying until it is closed.
rocksdb::Status CopyFiles(const std::string& folder, uint32_t number, const std::string& to) {
  rocksdb::BackupEngineReadOnly* opened = nullptr;
  rocksdb::Status status = rocksdb::BackupEngineReadOnly::Open(MakeBackupOptions(folder),
                                                               rocksdb::Env::Default(), &opened);
  if (!status.ok()) return status;
  const std::unique_ptr<rocksdb::BackupEngineReadOnly> engine(opened);
  return engine->RestoreDBFromBackup(rocksdb::RestoreOptions(), number, to, to);
}

// Files that several backups share are read once, and each of these is told of their faults.
class FileChecker {
 public:
  FileChecker(const std::string& folder, uint64_t total, const ByteProgress& progress)
      : folder_(folder), total_(total), progress_(progress) {}

  // Errors: kIoError.
  Result<void> Check(uint32_t number, const FileChecksums& files) {
    for (const auto& [path, checksum] : files) {
      Result<std::string> fault = FaultOf(path, checksum);
      if (!fault) return std::unexpected(fault.error());
      if (!fault->empty()) Add(number, *std::move(fault));
    }
    return {};
  }
  void Add(uint32_t number, std::string what) {
    check_.faults.push_back({number, std::move(what)});
  }
  [[nodiscard]] BackupCheck Take() { return std::move(check_); }

 private:
  // Empty: none.
  Result<std::string> FaultOf(const std::string& path, uint32_t checksum) {
    auto known = sums_.find(path);
    if (known == sums_.end()) {
      Result<FileSum> sum = SumFile(folder_ + "/" + path);
      if (!sum && sum.error().code != ErrorCode::kDataLoss) return std::unexpected(sum.error());
      if (sum) {
        ++check_.files;
        check_.bytes += sum->bytes;
      }
      if (progress_) progress_(check_.bytes, std::max(check_.bytes, total_));
      known = sums_.emplace(path, std::move(sum)).first;
    }
    const Result<FileSum>& sum = known->second;
    if (!sum) return sum.error().message;
    if (sum->checksum == checksum) return std::string();
    return fmt::format("{}/{}: its {} bytes have the checksum {:08x}, expected {:08x}", folder_,
                       path, sum->bytes, sum->checksum, checksum);
  }

  const std::string& folder_;
  const uint64_t total_;
  const ByteProgress& progress_;
  std::map<std::string, Result<FileSum>> sums_;
  BackupCheck check_;
};

class RocksDbBackupFolder final : public BackupFolder {
 public:
  RocksDbBackupFolder(std::string folder, std::unique_ptr<BackupLock> lock)
      : folder_(std::move(folder)), lock_(std::move(lock)) {}

  // Errors: kIoError.
  [[nodiscard]] Result<void> OpenEngine(BackupAccess access) {
    rocksdb::Status status;
    const rocksdb::BackupEngineOptions options = MakeBackupOptions(folder_);
    if (access == BackupAccess::kRead) {
      rocksdb::BackupEngineReadOnly* reader = nullptr;
      status = rocksdb::BackupEngineReadOnly::Open(options, rocksdb::Env::Default(), &reader);
      reader_.reset(reader);
    } else {
      rocksdb::BackupEngine* engine = nullptr;
      status = rocksdb::BackupEngine::Open(options, rocksdb::Env::Default(), &engine);
      engine_.reset(engine);
    }
    if (!status.ok()) return std::unexpected(FromStatus(status, folder_, "open the backups"));
    backups_ = ListStored(engine());
    return {};
  }

  [[nodiscard]] const std::vector<StoredBackup>& backups() const override { return backups_; }
  [[nodiscard]] Result<BackupCheck> Check(std::span<const uint32_t> numbers,
                                          const ByteProgress& progress) const override;
  [[nodiscard]] Result<bool> ReadRow(uint32_t number, Space space, std::string_view key,
                                     std::string& value) const override;
  [[nodiscard]] Result<void> CopyInto(uint32_t number, const std::string& to,
                                      const ByteProgress& progress) const override;
  [[nodiscard]] Result<void> Delete(std::span<const uint32_t> numbers) override;

 private:
  [[nodiscard]] const rocksdb::BackupEngineReadOnlyBase& engine() const {
    if (engine_ != nullptr) return *engine_;
    return *reader_;
  }
  // Errors: kNotFound.
  [[nodiscard]] Result<StoredBackup> Find(uint32_t number) const;

  const std::string folder_;
  const std::unique_ptr<BackupLock> lock_;
  std::unique_ptr<rocksdb::BackupEngine> engine_;  // one of the two
  std::unique_ptr<rocksdb::BackupEngineReadOnly> reader_;
  std::vector<StoredBackup> backups_;
};

Result<StoredBackup> RocksDbBackupFolder::Find(uint32_t number) const {
  const auto found = std::ranges::find(backups_, number, &StoredBackup::number);
  if (found != backups_.end()) return *found;
  return Fail(ErrorCode::kNotFound, fmt::format("{}: no backup {}", folder_, number));
}

Result<BackupCheck> RocksDbBackupFolder::Check(std::span<const uint32_t> numbers,
                                               const ByteProgress& progress) const {
  uint64_t total = 0;
  for (const StoredBackup& backup : backups_) {
    if (std::ranges::find(numbers, backup.number) != numbers.end()) total += backup.new_bytes;
  }
  FileChecker checker(folder_, total, progress);
  for (const uint32_t number : numbers) {
    const Result<StoredBackup> backup = Find(number);
    if (!backup) return std::unexpected(backup.error());
    if (!backup->damage.empty()) checker.Add(number, backup->damage);
    // What is there of a damaged one is read all the same: it says how much is hit.
    const Result<FileChecksums> files = ReadBackupMeta(folder_, number);
    if (!files) {
      if (backup->damage.empty()) checker.Add(number, files.error().message);
      continue;
    }
    if (Result<void> checked = checker.Check(number, *files); !checked) {
      return std::unexpected(checked.error());
    }
  }
  return checker.Take();
}

Result<bool> RocksDbBackupFolder::ReadRow(uint32_t number, Space space, std::string_view key,
                                          std::string& value) const {
  rocksdb::BackupInfo info;
  const rocksdb::Status status =
      engine().GetBackupInfo(number, &info, /*include_file_details=*/true);
  if (!status.ok()) return std::unexpected(FromStatus(status, folder_, "look at a backup"));
  // Tables lie elsewhere than the rest; the backup engine's own file system brings them together.
  const Result<std::unique_ptr<Database>> database =
      Database::Open(info.name_for_open, {.read_only = true}, info.env_for_open.get());
  if (!database) return std::unexpected(database.error());
  return GetRow(**database, rocksdb::ReadOptions(), space, key, value);
}

Result<void> RocksDbBackupFolder::CopyInto(uint32_t number, const std::string& to,
                                           const ByteProgress& progress) const {
  const Result<StoredBackup> backup = Find(number);
  if (!backup) return std::unexpected(backup.error());
  auto copying = std::async(std::launch::async,
                            [this, number, &to] { return CopyFiles(folder_, number, to); });
  while (copying.wait_for(kReportEvery) != std::future_status::ready) {
    if (progress) progress(std::min(BytesIn(to), backup->bytes), backup->bytes);
  }
  const rocksdb::Status status = copying.get();
  if (status.ok()) return {};
  Error error = FromStatus(status, folder_, "restore a backup");
  if (error.code == ErrorCode::kDataLoss) {
    // RocksDB's words leave out which file it is.
    const Result<BackupCheck> check = Check({&number, 1}, {});
    const bool named = check && !check->faults.empty();
    error.message =
        fmt::format("{}: backup {} is damaged: {}; nothing was restored: take another one", folder_,
                    number, named ? check->faults.front().what : status.ToString());
  }
  return std::unexpected(std::move(error));
}

Result<void> RocksDbBackupFolder::Delete(std::span<const uint32_t> numbers) {
  for (const uint32_t number : numbers) {
    const rocksdb::Status status = engine_->DeleteBackup(number);
    if (!status.ok()) return std::unexpected(FromStatus(status, folder_, "delete a backup"));
  }
  backups_ = ListStored(engine());
  return {};
}

}  // namespace

Result<std::unique_ptr<BackupFolder>> OpenBackupFolder(const std::string& folder,
                                                       BackupAccess access) {
  std::error_code fault;
  if (!std::filesystem::is_directory(folder + "/meta", fault)) {
    return Fail(ErrorCode::kNotFound, folder + ": there are no backups here");
  }
  Result<std::unique_ptr<BackupLock>> lock = BackupLock::Take(folder, access);
  if (!lock) return std::unexpected(lock.error());
  auto opened = std::make_unique<RocksDbBackupFolder>(folder, *std::move(lock));
  if (Result<void> engine = opened->OpenEngine(access); !engine) {
    return std::unexpected(engine.error());
  }
  return opened;
}

}  // namespace switchback
