#include "engine/rocksdb_backup.h"

#include <fmt/format.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <set>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "engine/backup_lock.h"
#include "engine/rocksdb_error.h"

namespace switchback {

namespace {

// RocksDB says once for so many bytes that it has copied them.
constexpr uint64_t kProgressBytes = uint64_t{1} << 20;

// The backup engine fixes what goes into a backup, and only then looks at the first of these files
// through the file system that it was given: that moment is what this one tells.
class TellingFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit TellingFileSystem(std::function<void()> touched)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), touched_(std::move(touched)) {}
  [[nodiscard]] const char* Name() const override { return "TellingFileSystem"; }

  rocksdb::IOStatus GetFileSize(const std::string& name, const rocksdb::IOOptions& options,
                                uint64_t* size, rocksdb::IODebugContext* debug) override {
    touched_();
    return FileSystemWrapper::GetFileSize(name, options, size, debug);
  }
  rocksdb::IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                      rocksdb::IODebugContext* debug) override {
    touched_();
    return FileSystemWrapper::NewSequentialFile(name, options, result, debug);
  }
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                        rocksdb::IODebugContext* debug) override {
    touched_();
    return FileSystemWrapper::NewRandomAccessFile(name, options, result, debug);
  }

 private:
  const std::function<void()> touched_;
};

class RocksDbBackup final : public EngineBackup {
 public:
  RocksDbBackup(std::string folder, std::unique_ptr<BackupLock> lock,
                std::shared_ptr<rocksdb::DB> db, std::mutex& files)
      : folder_(std::move(folder)), lock_(std::move(lock)), db_(std::move(db)), files_(files) {}
  ~RocksDbBackup() override {
    if (!thread_.joinable()) return;
    engine_->StopBackup();
    thread_.join();
  }
  RocksDbBackup(const RocksDbBackup&) = delete;
  RocksDbBackup& operator=(const RocksDbBackup&) = delete;

  // Errors: kIoError.
  [[nodiscard]] Result<void> OpenEngine() {
    rocksdb::BackupEngine* engine = nullptr;
    rocksdb::Status status =
        rocksdb::BackupEngine::Open(MakeBackupOptions(folder_), env_.get(), &engine);
    engine_.reset(engine);
    // What a backup that was cut short has left goes now, not while commits wait.
    if (status.ok()) status = engine_->GarbageCollect();
    if (!status.ok()) return std::unexpected(FromStatus(status, folder_, "open the backups"));
    existing_ = ListStored(*engine_);
    return {};
  }

  [[nodiscard]] const std::vector<StoredBackup>& existing() const override { return existing_; }

  void Start(const std::string& about) override {
    thread_ = std::thread([this, about] { Make(about); });
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return fixed_ || done_; });
  }

  [[nodiscard]] bool WaitFor(std::chrono::milliseconds patience) const override {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, [this] { return done_; });
  }

  [[nodiscard]] uint64_t copied_bytes() const override { return copied_pieces_ * kProgressBytes; }

  [[nodiscard]] Result<StoredBackup> Finish() override {
    thread_.join();
    if (!status_.ok()) return std::unexpected(FromStatus(status_, folder_, "make a backup"));
    const std::vector<StoredBackup> all = ListStored(*engine_);
    const auto made = std::ranges::find(all, number_, &StoredBackup::number);
    if (made == all.end()) return Fail(ErrorCode::kIoError, folder_ + ": the new backup is gone");
    return *made;
  }

 private:
  void Make(const std::string& about) {
    rocksdb::CreateBackupOptions options;
    options.progress_callback = [this] { ++copied_pieces_; };
    {
      const std::scoped_lock keep(files_);
      status_ = engine_->CreateNewBackupWithMetadata(options, db_.get(), about, &number_);
    }
    const std::scoped_lock lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }

  void Fixed() {
    const std::scoped_lock lock(mutex_);
    fixed_ = true;
    changed_.notify_all();
  }

  const std::string folder_;
  const std::unique_ptr<BackupLock> lock_;
  const std::shared_ptr<rocksdb::DB> db_;
  std::mutex& files_;
  const std::unique_ptr<rocksdb::Env> env_ =
      rocksdb::NewCompositeEnv(std::make_shared<TellingFileSystem>([this] { Fixed(); }));
  std::unique_ptr<rocksdb::BackupEngine> engine_;
  std::vector<StoredBackup> existing_;
  std::atomic<uint64_t> copied_pieces_ = 0;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  bool fixed_ = false;  // guarded by mutex_, as is the next
  bool done_ = false;
  rocksdb::Status status_;  // of the thread; then, once it is done, of Finish
  rocksdb::BackupID number_ = 0;
  std::thread thread_;
};

std::filesystem::path PlaceOf(const std::string& folder) {
  std::error_code fault;
  auto place = std::filesystem::weakly_canonical(std::filesystem::absolute(folder, fault), fault);
  return place.has_filename() ? place : place.parent_path();  // "a/" is "a"
}

// Inside a database its own files would be among those of backups, and the other way round.
Result<void> CheckApart(const std::string& folder, const std::string& database) {
  if (!IsWithin(folder, database)) return {};
  return Fail(ErrorCode::kInvalidArgument,
              folder +
                  ": lies in the store's own folder: backups need one of their own, best on "
                  "another disk");
}

// What is in a folder of backups, the first of which may have been cut short.
bool IsOfBackups(const std::filesystem::path& file) {
  static constexpr auto kNames =
      std::to_array<std::string_view>({"LOCK", "HOLDER", "meta", "private", "shared_checksum"});
  return std::ranges::find(kNames, file.filename().string()) != kNames.end();
}

Result<void> MakePlace(const std::string& folder) {
  std::error_code fault;
  const bool there = std::filesystem::exists(folder, fault);
  bool foreign = there && !std::filesystem::is_directory(folder, fault);
  for (std::filesystem::directory_iterator it(folder, fault), end; there && !fault && it != end;
       it.increment(fault)) {
    foreign = foreign || !IsOfBackups(it->path());
  }
  if (foreign) {
    return Fail(ErrorCode::kAlreadyExists,
                folder +
                    ": expected no such folder, an empty one or one of backups, found other "
                    "files; nothing was made");
  }
  fault.clear();
  std::filesystem::create_directories(folder, fault);
  if (!fault) return {};
  return Fail(ErrorCode::kIoError, folder + ": can't make the folder: " + fault.message());
}

}  // namespace

bool IsWithin(const std::string& path, const std::string& folder) {
  const std::filesystem::path inner = PlaceOf(path);
  const std::filesystem::path outer = PlaceOf(folder);
  return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

rocksdb::BackupEngineOptions MakeBackupOptions(const std::string& folder) {
  // Its own files go straight to the system's: what is told of the database's would tell of them.
  rocksdb::BackupEngineOptions options(folder, rocksdb::Env::Default());
  options.share_table_files = true;          // a table is never changed: one copy serves all
  options.share_files_with_checksum = true;  // told apart by who made it, not by number alone
  options.sync = true;
  options.schema_version = 1;  // the form that rocksdb_backup_meta.h reads
  options.callback_trigger_interval_size = kProgressBytes;
  return options;
}

std::vector<StoredBackup> ListStored(const rocksdb::BackupEngineReadOnlyBase& backups) {
  std::vector<rocksdb::BackupInfo> good;
  backups.GetBackupInfo(&good, /*include_file_details=*/true);
  std::vector<StoredBackup> stored;
  std::set<std::string> known;
  for (const rocksdb::BackupInfo& info : good) {  // by number
    StoredBackup one{.number = info.backup_id,
                     .about = info.app_metadata,
                     .bytes = info.size,
                     .files = info.number_files,
                     .damage = {}};
    for (const rocksdb::BackupFileInfo& file : info.file_details) {
      if (known.insert(file.relative_filename).second) one.new_bytes += file.size;
    }
    stored.push_back(std::move(one));
  }
  std::vector<rocksdb::BackupID> damaged;
  backups.GetCorruptedBackups(&damaged);
  for (const rocksdb::BackupID number : damaged) {
    rocksdb::BackupInfo unused;
    stored.push_back({.number = number,
                      .about = {},
                      .damage = backups.GetBackupInfo(number, &unused).ToString()});
  }
  std::ranges::sort(stored, {}, &StoredBackup::number);
  return stored;
}

Result<std::unique_ptr<EngineBackup>> NewRocksDbBackup(const std::string& folder,
                                                       const std::string& database,
                                                       std::shared_ptr<rocksdb::DB> db,
                                                       std::mutex& files) {
  if (Result<void> apart = CheckApart(folder, database); !apart) {
    return std::unexpected(apart.error());
  }
  if (Result<void> place = MakePlace(folder); !place) return std::unexpected(place.error());
  Result<std::unique_ptr<BackupLock>> lock = BackupLock::Take(folder, BackupAccess::kAdd);
  if (!lock) return std::unexpected(lock.error());
  auto backup = std::make_unique<RocksDbBackup>(folder, *std::move(lock), std::move(db), files);
  if (Result<void> opened = backup->OpenEngine(); !opened) return std::unexpected(opened.error());
  return backup;
}

}  // namespace switchback
