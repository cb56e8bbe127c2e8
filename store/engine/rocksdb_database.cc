// Opening, closing and tidying a RocksDB database. What an open promises:
// 1. It never makes an empty database where there are remains of one.
// 2. A torn tail of the log is cut off; any other fault of the log is data loss (rocksdb_wal.h).
// 3. A read-only open sees one state of the database, even beside a writer that flushes, compacts
//    and deletes files while it opens.
// 4. An open for writing makes durable what is there: nothing synced later stands on less.
// What a close leaves: a log that is quick to replay, and a bounded number of files.
#include "engine/rocksdb_database.h"

#include <fmt/format.h>
#include <rocksdb/convenience.h>
#include <rocksdb/listener.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <set>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "engine/rocksdb_error.h"
#include "engine/rocksdb_options.h"
#include "engine/rocksdb_tables.h"
#include "engine/rocksdb_torn_files.h"
#include "engine/rocksdb_unlisted_tables.h"
#include "engine/rocksdb_wal.h"

namespace switchback {

namespace {

using std::chrono::milliseconds;

// Beside a writer that flushes twenty times a second, an open of 30 ms goes undisturbed in every
// second or third attempt: that all of these are disturbed does not happen.
constexpr int kReadAttempts = 50;
// The same failure this often while no file of the database changed is no race.
constexpr int kFailuresAtRest = 3;
constexpr milliseconds kFirstDelay{2};
constexpr milliseconds kLongestDelay{64};
constexpr milliseconds kCompactionPatience{2000};
// RocksDB wants a folder for what a secondary writes, which with a logger given is nothing. Were
// that to change, it would fail here, and not leave files about.
constexpr const char* kNoScratchFolder = "/dev/null/none";

constexpr const char* kRetired = "a write failed, and the database is opened anew";

// One thread of this process at a time opens for writing: see DescribeHolder.
std::mutex& OpeningMutex() {
  static std::mutex mutex;
  return mutex;
}

// Files of the folder whose names start and end so.
std::vector<std::filesystem::path> Files(const std::string& folder, std::string_view start,
                                         std::string_view end) {
  std::vector<std::filesystem::path> found;
  std::error_code fault;
  for (std::filesystem::directory_iterator it(folder, fault), last; !fault && it != last;
       it.increment(fault)) {
    const std::string name = it->path().filename().string();
    if (name.starts_with(start) && name.ends_with(end)) found.push_back(it->path());
  }
  return found;
}

Result<void> MakeFolder(const std::string& path) {
  std::error_code fault;
  std::filesystem::create_directories(path, fault);
  if (!fault) return {};
  return Fail(ErrorCode::kIoError, path + ": can't make the folder: " + fault.message());
}

// Whether the folder holds a database, looking at names only.
Result<bool> HoldsDatabase(const std::string& path) {
  std::error_code fault;
  if (std::filesystem::exists(path + "/CURRENT", fault)) return true;
  if (fault) {
    return Fail(ErrorCode::kIoError,
                fmt::format("{}: can't look into the folder: {}", path, fault.message()));
  }
  const bool remains = !Files(path, "", ".sst").empty() || CountLogFiles(path).bytes > 0;
  if (!remains) return false;
  return Fail(ErrorCode::kDataLoss,
              path +
                  ": the file CURRENT is missing, but tables or logs of a database are there: "
                  "restore a backup");
}

// A database gets its families right after it is made, and its first row right after that: one
// without them is what a crash in between left.
bool IsHalfMade(const std::string& path) {
  std::error_code fault;  // where the folder can't be listed, nobody can say what is missing
  if (const std::filesystem::directory_iterator listed(path, fault); fault) return false;
  std::vector<std::string> names;
  const rocksdb::Status status =
      rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), path, &names);
  if (!status.ok() || !Files(path, "", ".sst").empty()) return false;
  return names.size() < kSpaceCount || CountLogFiles(path).bytes == 0;
}

Error NotThere(const std::string& path) {
  return {ErrorCode::kNotFound, path + ": there is no database here", {}, 0};
}

Result<void> CheckPlace(const std::string& path, bool create) {
  const Result<bool> there = HoldsDatabase(path);
  if (!there) return std::unexpected(there.error());
  if (!create) {
    if (*there) return {};
    return std::unexpected(NotThere(path));
  }
  if (*there && !IsHalfMade(path)) {
    return Fail(ErrorCode::kAlreadyExists, path + ": there is a database here already");
  }
  return MakeFolder(path);
}

Error OpenError(const rocksdb::Status& status, const std::string& path) {
  if (IsLockBusy(status)) {
    return {ErrorCode::kHeld,
            fmt::format("{}: held for writing by {}; wait until it is done, or stop it", path,
                        DescribeHolder(path, IsLockHeldHere(status))),
            {},
            0};
  }
  if (status.IsInvalidArgument() && IsHalfMade(path)) {
    return {ErrorCode::kNotFound,
            path + ": the database was never finished being made: create it again",
            {},
            0};
  }
  return FromStatus(status, path, "open");
}

// Notes of the options, for people and for tools of RocksDB's. Each open, and each change of an
// option, writes them anew, and at 15 KB a piece they would outweigh a small store.
void RemoveOptionsFiles(const std::string& path, bool keep_newest) {
  std::vector<std::filesystem::path> files = Files(path, "OPTIONS-", "");
  // The numbers in the names have six digits, or more where they need to.
  std::ranges::sort(files, {}, [](const std::filesystem::path& file) {
    return std::pair(file.native().size(), file.native());
  });
  if (keep_newest && !files.empty()) files.pop_back();
  for (const std::filesystem::path& file : files) {
    std::error_code fault;
    std::filesystem::remove(file, fault);
  }
}

class StopListener final : public rocksdb::EventListener {
 public:
  explicit StopListener(std::shared_ptr<std::atomic<bool>> stopped)
      : stopped_(std::move(stopped)) {}
  void OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/,
                         rocksdb::Status* error) override {
    // Of a lesser one only merges suffer.
    if (error->severity() >= rocksdb::Status::Severity::kHardError) *stopped_ = true;
  }
  // Where a disk was full RocksDB would resume by itself as soon as there is room, beside whoever
  // has opened the folder anew by then; and Debian's, built with assertions, may abort in that.
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                            bool* recovers) override {
    *recovers = false;
  }

 private:
  const std::shared_ptr<std::atomic<bool>> stopped_;
};

}  // namespace

Result<std::unique_ptr<Database>> Database::Open(const std::string& path,
                                                 const RocksDbEngineOptions& options,
                                                 rocksdb::Env* env,
                                                 std::shared_ptr<rocksdb::Cache> block_cache) {
  if (options.create && options.read_only) {
    return Fail(ErrorCode::kInvalidArgument, path + ": can't create a database read-only");
  }
  if (options.follow && !options.read_only) {
    return Fail(ErrorCode::kInvalidArgument, path + ": only what is opened read-only can follow");
  }
  if (block_cache == nullptr) block_cache = rocksdb::NewLRUCache(options.block_cache_bytes);
  std::unique_ptr<Database> database(new Database(path, options, env, std::move(block_cache)));
  const rocksdb::DBOptions db_options = MakeDbOptions(options, env);
  const Result<void> opened = options.read_only ? database->OpenForReading(options, db_options)
                                                : database->OpenForWriting(options, db_options);
  if (!opened) return std::unexpected(opened.error());
  return database;
}

rocksdb::Status Database::OpenByKind(const RocksDbEngineOptions& options,
                                     const rocksdb::DBOptions& db_options, bool whole,
                                     std::vector<rocksdb::ColumnFamilyHandle*>& handles,
                                     rocksdb::DB*& db) {
  const auto families = MakeFamilies(block_cache_);
  if (!options.read_only) return rocksdb::DB::Open(db_options, path_, families, &handles, &db);
  // A secondary would wait for more behind the end of a file that it is shown in part.
  is_secondary_ = options.follow && whole;
  if (!is_secondary_) {
    return rocksdb::DB::OpenForReadOnly(db_options, path_, families, &handles, &db);
  }
  return rocksdb::DB::OpenAsSecondary(db_options, path_, kNoScratchFolder, families, &handles, &db);
}

rocksdb::Env* Database::MakeEnv(const std::vector<TornFile>& torn) {
  rocksdb::Env* env = env_ == nullptr ? rocksdb::Env::Default() : env_;
  opening_env_ = MakeOpeningEnv(*env, torn);
  env = opening_env_.env.get();
  locked_env_ = lock_ == nullptr ? nullptr : EnvWithLockHeld(env);
  return locked_env_ == nullptr ? env : locked_env_.get();
}

rocksdb::Status Database::OpenOnce(const RocksDbEngineOptions& options,
                                   rocksdb::DBOptions db_options,
                                   const std::vector<TornFile>& torn) {
  db_options.env = MakeEnv(torn);
  db_options.listeners.push_back(std::make_shared<StopListener>(stopped_));
  // What a torn log has goes into tables, and it itself away: it must not be met again with newer
  // ones behind it.
  if (!torn.empty()) db_options.avoid_flush_during_recovery = false;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  rocksdb::Status status = OpenByKind(options, db_options, torn.empty(), handles, db);
  if (read_only_) opening_env_.opening->End();
  if (!status.ok()) return status;
  db_.reset(db);
  std::ranges::copy(handles, families_.begin());
  if (is_secondary_) status = CheckTables();
  if (!status.ok()) Close();
  return status;
}

rocksdb::Status Database::CheckTables() {
  std::set<uint64_t> named;
  rocksdb::Status status = ReadTableNumbers(path_, db_->GetEnv(), named);
  if (!status.ok() || named == TableNumbersOf(*db_)) return status;
  return rocksdb::Status::Corruption("a table that the MANIFEST names can't be opened");
}

Result<void> Database::OpenForWriting(const RocksDbEngineOptions& options,
                                      const rocksdb::DBOptions& db_options) {
  const std::scoped_lock opening(OpeningMutex());
  if (Result<void> place = CheckPlace(path_, options.create); !place) return place;
  if (Result<void> manifest = CheckManifest(path_); !manifest) return manifest;
  rocksdb::Status status = WriterLock::Take(path_, env_, lock_);
  if (!status.ok()) return std::unexpected(OpenError(status, path_));
  if (options.create) {  // before the lock, another process could still finish making it
    if (Result<void> place = CheckPlace(path_, /*create=*/true); !place) return place;
  }
  if (Result<void> opened = OpenLocked(options, db_options); !opened) return opened;
  // After kills no close came to it.
  if (CountLogFiles(path_).files > kMaxLogFiles) status = Flush();
  if (!status.ok()) return std::unexpected(OpenError(status, path_));
  return {};
}

Result<void> Database::OpenLocked(const RocksDbEngineOptions& options,
                                  const rocksdb::DBOptions& db_options) {
  rocksdb::Status status = OpenOnce(options, db_options, {});
  if (status.IsCorruption()) {
    const Result<std::vector<TornFile>> torn = FindTornFiles(path_, env_);
    if (!torn) return std::unexpected(torn.error());
    if (!torn->empty()) status = OpenOnce(options, db_options, *torn);
  }
  if (!status.ok()) return std::unexpected(OpenError(status, path_));
  if (Result<void> deleted = DeleteUnlistedTables(); !deleted) return deleted;
  // Under the lock: before it, another process could still add to them.
  if (Result<void> synced = SyncLogFiles(path_, *db_->GetFileSystem()); !synced) return synced;
  if (!options.create) return {};
  // RocksDB syncs its own folder, but not the one above, which holds that folder's name.
  const std::filesystem::path above = std::filesystem::absolute(path_).parent_path();
  return SyncFolder(above.string());
}

Result<void> Database::DeleteUnlistedTables() {
  for (const std::string& table : opening_env_.opening->spared()) {
    // What the failed database was still making: its rows are where it read them from, or were
    // deleted since.
    if (tables_before_ && !tables_before_->contains(FileNumber(table, ".sst").value_or(0)))
      continue;
    Result<void> checked = CheckUnlistedTable(table, *db_, {families_.begin(), families_.end()});
    if (!checked) return checked;
  }
  opening_env_.opening->End();
  // One that stays is met again by the next open.
  for (const std::string& table : opening_env_.opening->spared()) {
    (void)db_->GetEnv()->DeleteFile(table);
  }
  return {};
}

Result<std::unique_ptr<Database>> Database::OpenAnew() {
  retired_ = true;
  // From here on it touches no file: it would delete, and write over, those of the one to come,
  // whose numbers it counts on from too.
  rocksdb::CancelAllBackgroundWork(db_.get(), /*wait=*/true);
  const std::unique_lock none_makes_files(making_files_);
  if (const rocksdb::Status status = db_->DisableFileDeletions(); !status.ok()) {
    return std::unexpected(OpenError(status, path_));
  }
  RocksDbEngineOptions options = options_;
  options.create = false;
  std::unique_ptr<Database> anew(new Database(path_, options, env_, block_cache_));
  anew->lock_ = lock_;
  anew->tables_before_ = TableNumbersOf(*db_);
  // All that the log has is written once more, into tables. After a sync that failed the log can't
  // be relied upon: what is read back may be in the page cache only, taken there for written.
  rocksdb::DBOptions db_options = MakeDbOptions(options, env_);
  db_options.avoid_flush_during_recovery = false;
  const std::scoped_lock opening(OpeningMutex());
  if (Result<void> opened = anew->OpenLocked(options, db_options); !opened) {
    return std::unexpected(opened.error());
  }
  return anew;
}

Result<void> Database::OpenForReading(const RocksDbEngineOptions& options,
                                      const rocksdb::DBOptions& db_options) {
  if (Result<void> place = CheckPlace(path_, /*create=*/false); !place) return place;
  if (Result<void> manifest = CheckManifest(path_); !manifest) return manifest;
  rocksdb::Status status;
  std::vector<TornFile> torn;
  int failures_at_rest = 0;
  milliseconds delay = kFirstDelay;
  for (int attempt = 0; attempt < kReadAttempts; ++attempt) {
    opened_at_ = LookAtFolder(path_);
    status = OpenOnce(options, db_options, torn);
    const FolderState now = LookAtFolder(path_);
    // A secondary also passes over logs that vanish while it opens them.
    const bool at_rest =
        now.HasSameTables(opened_at_) && (!is_secondary_ || now.HasSameLogs(opened_at_));
    if (status.ok() && at_rest) return {};
    if (status.ok()) {
      // A log may have been flushed and deleted between reading the MANIFEST and the logs.
      Close();
    } else if (at_rest && ++failures_at_rest == kFailuresAtRest) {
      // A record that the writer is just appending looks like a torn tail, and is to be left out.
      Result<std::vector<TornFile>> found = FindTornFiles(path_, env_);
      if (!found) return std::unexpected(found.error());
      if (found->empty()) return std::unexpected(OpenError(status, path_));
      torn = *std::move(found);
    } else if (failures_at_rest > 2 * kFailuresAtRest) {
      break;
    }
    std::this_thread::sleep_for(delay);
    delay = std::min(delay * 2, kLongestDelay);
  }
  if (!status.ok()) return std::unexpected(OpenError(status, path_));
  return Fail(ErrorCode::kIoError,
              path_ + ": the database changed during each attempt to open it: try again");
}

rocksdb::Status Database::Flush() {
  const std::shared_lock making(making_files_);
  if (retired_) return rocksdb::Status::ShutdownInProgress(kRetired);
  return db_->Flush(rocksdb::FlushOptions(), {families_.begin(), families_.end()});
}

rocksdb::Status Database::SetEffort(Space space, Effort effort) {
  return db_->SetOptions(family(space),
                         {{"bottommost_compression_opts", BottomCompressionText(space, effort)}});
}

rocksdb::Status Database::Compact(Space space) {
  const std::shared_lock making(making_files_);
  rocksdb::CompactRangeOptions options;
  // Also what is at the bottom already, so that dictionaries and the thorough level apply to all.
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.exclusive_manual_compaction = false;  // writes and their merges go on beside it
  options.canceled = &retired_;
  if (retired_) return rocksdb::Status::ShutdownInProgress(kRetired);
  rocksdb::Status status = SetEffort(space, Effort::kThorough);
  if (!status.ok()) return status;
  status = db_->CompactRange(options, family(space), nullptr, nullptr);
  const rocksdb::Status restored = SetEffort(space, Effort::kBackground);
  return status.ok() ? restored : status;
}

size_t Database::SortedRuns(rocksdb::ColumnFamilyHandle* family) const {
  size_t runs = 0;
  for (int level = 0; level < db_->NumberLevels(family); ++level) {
    std::string files;
    db_->GetProperty(
        family, rocksdb::DB::Properties::kNumFilesAtLevelPrefix + fmt::to_string(level), &files);
    if (files.empty() || files == "0") continue;
    runs += level == 0 ? std::stoul(files) : 1;  // below level 0 a level is one run
  }
  return runs;
}

void Database::WaitForCompaction() {
  using Properties = rocksdb::DB::Properties;
  const auto patient_until = std::chrono::steady_clock::now() + kCompactionPatience;
  for (;;) {
    uint64_t running = 0;  // of the whole database, as are the faults
    uint64_t faults = 0;
    db_->GetIntProperty(Properties::kNumRunningCompactions, &running);
    db_->GetIntProperty(Properties::kBackgroundErrors, &faults);
    size_t runs = 0;
    for (rocksdb::ColumnFamilyHandle* family : families_) {
      runs = std::max(runs, SortedRuns(family));
    }
    const bool due = running > 0 || runs > static_cast<size_t>(kMaxSortedRuns);
    if (!due || faults > 0) return;
    const bool piled_up = runs > static_cast<size_t>(4 * kMaxSortedRuns);
    if (std::chrono::steady_clock::now() > patient_until && !piled_up) return;
    std::this_thread::sleep_for(milliseconds(1));
  }
}

void Database::DeleteObsoleteFiles() {
  const std::shared_lock making(making_files_);
  if (retired_) return;
  // Turning deletions off and on makes RocksDB look through the folder at once and delete.
  if (db_->DisableFileDeletions().ok()) db_->EnableFileDeletions(/*force=*/false);
  RemoveOptionsFiles(path_, /*keep_newest=*/true);
}

// Fails silently: all that was written is in the log, and the next open goes through it.
void Database::Tidy() {
  const LogFiles logs = CountLogFiles(path_);
  if (logs.bytes <= kFlushAtCloseBytes && logs.files < kMaxLogFiles) return;
  if (Flush().ok()) WaitForCompaction();
}

void Database::Close() {
  if (db_ == nullptr) return;
  for (rocksdb::ColumnFamilyHandle*& family : families_) {
    db_->DestroyColumnFamilyHandle(std::exchange(family, nullptr));
  }
  db_->Close();
  db_.reset();
}

Database::~Database() {
  if (db_ == nullptr) return;
  if (!read_only_ && !retired_) {
    Tidy();
    RemoveOptionsFiles(path_, /*keep_newest=*/false);
  }
  Close();
}

}  // namespace switchback
