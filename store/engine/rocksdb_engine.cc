// The engine on RocksDB: this file writes, syncs and compacts; rocksdb_view.cc reads,
// rocksdb_database.cc opens and closes, rocksdb_options.cc tunes.
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "engine/engine.h"
#include "engine/rocksdb_backup.h"
#include "engine/rocksdb_database.h"
#include "engine/rocksdb_error.h"
#include "engine/rocksdb_folder.h"
#include "engine/rocksdb_follower.h"
#include "engine/rocksdb_options.h"
#include "engine/rocksdb_testing.h"
#include "engine/rocksdb_view.h"

namespace switchback {

namespace {

// RocksDB's cost of a record beside its key and value: type, family, two lengths.
constexpr size_t kBytesPerEntry = 12;

// A failed write leaves RocksDB refusing further ones until it is opened again; that is kept
// (max_bgerror_resume_count), since only a fresh open knows what reached the disk.
class RocksDbEngine final : public Engine {
 public:
  explicit RocksDbEngine(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  [[nodiscard]] Result<std::unique_ptr<EngineView>> NewView() const override {
    return std::make_unique<RocksDbView>(*database_);
  }

  [[nodiscard]] Result<bool> Get(Space space, std::string_view key,
                                 std::string& value) const override {
    return GetRow(*database_, rocksdb::ReadOptions(), space, key, value);
  }

  [[nodiscard]] Result<void> Write(const WriteBatch& batch, bool sync) override;
  [[nodiscard]] Result<void> Sync() override;
  [[nodiscard]] Result<void> Compact() override;
  [[nodiscard]] Result<EngineStats> Stats() const override;
  [[nodiscard]] Result<std::unique_ptr<EngineBackup>> NewBackup(const std::string& folder) override;

 private:
  [[nodiscard]] Result<void> CheckWritable() const;
  [[nodiscard]] rocksdb::Status Append(const WriteBatch::Entry& entry,
                                       rocksdb::WriteBatch& out) const;
  [[nodiscard]] rocksdb::Status CompactSpace(Space space);
  [[nodiscard]] rocksdb::Status SetEffort(Space space, Effort effort);

  const std::unique_ptr<Database> database_;
  std::atomic<bool> write_failed_ = false;
  std::mutex compacting_;  // one at a time: it changes options for its duration
  std::mutex files_;       // kept from being deleted, while they are copied; after compacting_
};

Result<void> RocksDbEngine::CheckWritable() const {
  if (!database_->read_only()) return {};
  return Fail(ErrorCode::kInvalidArgument,
              database_->path() + ": was opened read-only: open it for writing to change it");
}

rocksdb::Status RocksDbEngine::Append(const WriteBatch::Entry& entry,
                                      rocksdb::WriteBatch& out) const {
  rocksdb::ColumnFamilyHandle* family = database_->family(entry.space);
  switch (entry.kind) {
    case WriteBatch::Kind::kPut:
      return out.Put(family, entry.key, entry.value);
    case WriteBatch::Kind::kDelete:
      return out.Delete(family, entry.key);
    case WriteBatch::Kind::kDeleteRange:
      // RocksDB takes a range that is upside down for a fault; here it is merely empty.
      if (entry.key >= entry.value) break;
      return out.DeleteRange(family, entry.key, entry.value);
  }
  return rocksdb::Status::OK();
}

Result<void> RocksDbEngine::Write(const WriteBatch& batch, bool sync) {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  if (batch.empty()) return sync ? Sync() : Result<void>{};
  rocksdb::WriteBatch rows(batch.bytes() + batch.entries().size() * kBytesPerEntry);
  for (const WriteBatch::Entry& entry : batch.entries()) {
    const rocksdb::Status status = Append(entry, rows);
    if (!status.ok()) return std::unexpected(FromStatus(status, database_->path(), "write"));
  }
  rocksdb::WriteOptions options;
  options.sync = sync;
  const bool failed_before = write_failed_.load();
  const rocksdb::Status status = database_->db().Write(options, &rows);
  if (status.ok()) return {};
  write_failed_ = true;
  return std::unexpected(FromWriteStatus(status, database_->path(), "write", failed_before));
}

Result<void> RocksDbEngine::Sync() {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  // A log that took a failed write can't be synced any more: Debian's RocksDB, built with
  // assertions, aborts the process on the attempt.
  if (write_failed_.load()) {
    return Fail(
        ErrorCode::kIoError,
        database_->path() +
            ": an earlier write failed (is the disk full?): close the store and open it again");
  }
  const rocksdb::Status status = database_->db().FlushWAL(/*sync=*/true);
  if (status.ok()) return {};
  const bool failed_before = write_failed_.exchange(true);
  return std::unexpected(FromWriteStatus(status, database_->path(), "sync", failed_before));
}

rocksdb::Status RocksDbEngine::SetEffort(Space space, Effort effort) {
  return database_->db().SetOptions(
      database_->family(space),
      {{"bottommost_compression_opts", BottomCompressionText(space, effort)}});
}

rocksdb::Status RocksDbEngine::CompactSpace(Space space) {
  rocksdb::CompactRangeOptions options;
  // Also what is at the bottom already, so that dictionaries and the thorough level apply to all.
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.exclusive_manual_compaction = false;  // writes and their merges go on beside it
  rocksdb::Status status = SetEffort(space, Effort::kThorough);
  if (!status.ok()) return status;
  status = database_->db().CompactRange(options, database_->family(space), nullptr, nullptr);
  const rocksdb::Status restored = SetEffort(space, Effort::kBackground);
  return status.ok() ? restored : status;
}

Result<void> RocksDbEngine::Compact() {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  const std::scoped_lock lock(compacting_);
  rocksdb::Status status = database_->Flush();
  for (const Space space : {Space::kState, Space::kHistory, Space::kChunks}) {
    if (status.ok()) status = CompactSpace(space);
  }
  if (!status.ok()) return std::unexpected(FromStatus(status, database_->path(), "compact"));
  const std::scoped_lock deleting(files_);
  database_->DeleteObsoleteFiles();
  return {};
}

Result<EngineStats> RocksDbEngine::Stats() const {
  return CountFiles(database_->path());
}

Result<std::unique_ptr<EngineBackup>> RocksDbEngine::NewBackup(const std::string& folder) {
  if (Result<void> writable = CheckWritable(); !writable) return std::unexpected(writable.error());
  return NewRocksDbBackup(folder, database_->path(), database_->db(), files_);
}

}  // namespace

Result<std::unique_ptr<Engine>> OpenRocksDbEngineForTesting(const std::string& path,
                                                            const RocksDbEngineOptions& options,
                                                            const RocksDbTestingOptions& testing) {
  if (options.follow) return RocksDbFollower::Open(path, options, testing.env);
  Result<std::unique_ptr<Database>> database = Database::Open(path, options, testing.env);
  if (!database) return std::unexpected(std::move(database.error()));
  return std::make_unique<RocksDbEngine>(*std::move(database));
}

Result<std::unique_ptr<Engine>> OpenRocksDbEngine(const std::string& path,
                                                  const RocksDbEngineOptions& options) {
  return OpenRocksDbEngineForTesting(path, options, {});
}

}  // namespace switchback
