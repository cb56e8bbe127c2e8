// The engine on RocksDB: this file writes, syncs and compacts; rocksdb_view.cc reads,
// rocksdb_database.cc opens and closes, rocksdb_options.cc tunes.
#include <fmt/format.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>

#include "engine/engine.h"
#include "engine/rocksdb_backup.h"
#include "engine/rocksdb_database.h"
#include "engine/rocksdb_error.h"
#include "engine/rocksdb_folder.h"
#include "engine/rocksdb_follower.h"
#include "engine/rocksdb_testing.h"
#include "engine/rocksdb_view.h"

namespace switchback {

namespace {

// RocksDB's cost of a record beside its key and value: type, family, two lengths.
constexpr size_t kBytesPerEntry = 12;
constexpr int kCompactAttempts = 3;  // beside recoveries

// A failed write leaves RocksDB refusing further ones until it is opened again; that is kept
// (max_bgerror_resume_count), since only a fresh open knows what reached the disk. Recover opens a
// second database beside the failed one, which lives on for the views and reads that it has.
class RocksDbEngine final : public Engine {
 public:
  explicit RocksDbEngine(std::shared_ptr<Database> database)
      : path_(database->path()),
        read_only_(database->read_only()),
        acknowledged_(database->db().GetLatestSequenceNumber()),
        database_(std::move(database)) {}

  [[nodiscard]] Result<std::unique_ptr<EngineView>> NewView() const override {
    return std::make_unique<RocksDbView>(database_.load());
  }

  [[nodiscard]] Result<bool> Get(Space space, std::string_view key,
                                 std::string& value) const override {
    return GetRow(*database_.load(), rocksdb::ReadOptions(), space, key, value);
  }

  [[nodiscard]] Result<void> Write(const WriteBatch& batch, bool sync) override;
  [[nodiscard]] Result<void> Sync() override;
  [[nodiscard]] bool write_failed() const override {
    return write_failed_ || (!read_only_ && database_.load()->stopped());
  }
  [[nodiscard]] Result<void> Recover(const Moved& moved) override;
  [[nodiscard]] Result<void> Compact() override;
  [[nodiscard]] Result<EngineStats> Stats() const override;
  [[nodiscard]] Result<std::unique_ptr<EngineBackup>> NewBackup(const std::string& folder) override;

 private:
  [[nodiscard]] Result<void> CheckWritable() const;
  [[nodiscard]] Result<void> CheckNothingFailed(std::string_view doing) const;
  // The numbers that RocksDB gives to rows in the order of their writing, up to what `database`
  // has, are to be found again by Recover.
  void Acknowledge(const Database& database);

  const std::string path_;
  const bool read_only_;
  std::shared_mutex writing_;  // shared by writes and syncs; alone, a recovery
  std::atomic<bool> write_failed_ = false;
  std::atomic<rocksdb::SequenceNumber> acknowledged_;
  std::atomic<std::shared_ptr<Database>> database_;
  std::mutex compacting_;  // one at a time: it changes options for its duration
  std::mutex files_;       // kept from being deleted, while they are copied; after compacting_
};

rocksdb::Status Append(const Database& database, const WriteBatch::Entry& entry,
                       rocksdb::WriteBatch& out) {
  rocksdb::ColumnFamilyHandle* family = database.family(entry.space);
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

rocksdb::Status CompactAll(Database& database) {
  rocksdb::Status status = database.Flush();
  for (const Space space : {Space::kState, Space::kHistory, Space::kChunks}) {
    if (status.ok()) status = database.Compact(space);
  }
  return status;
}

Result<void> RocksDbEngine::CheckWritable() const {
  if (!read_only_) return {};
  return Fail(ErrorCode::kInvalidArgument,
              path_ + ": was opened read-only: open it for writing to change it");
}

Result<void> RocksDbEngine::CheckNothingFailed(std::string_view doing) const {
  if (!write_failed()) return {};
  return Fail(
      ErrorCode::kIoError,
      fmt::format("{}: {}: an earlier write failed (is the disk full?), nothing of this one "
                  "was written",
                  path_, doing));
}

void RocksDbEngine::Acknowledge(const Database& database) {
  const rocksdb::SequenceNumber now = database.db().GetLatestSequenceNumber();
  rocksdb::SequenceNumber known = acknowledged_;
  while (known < now && !acknowledged_.compare_exchange_weak(known, now)) {
  }
}

Result<void> RocksDbEngine::Write(const WriteBatch& batch, bool sync) {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  if (batch.empty()) return sync ? Sync() : Result<void>{};
  const std::shared_lock writing(writing_);
  if (Result<void> good = CheckNothingFailed("write"); !good) return good;
  const std::shared_ptr<Database> database = database_.load();
  rocksdb::WriteBatch rows(batch.bytes() + batch.entries().size() * kBytesPerEntry);
  for (const WriteBatch::Entry& entry : batch.entries()) {
    const rocksdb::Status status = Append(*database, entry, rows);
    if (!status.ok()) return std::unexpected(FromStatus(status, path_, "write"));
  }
  rocksdb::WriteOptions options;
  options.sync = sync;
  const rocksdb::Status status = database->db().Write(options, &rows);
  if (!status.ok()) {
    write_failed_ = true;
    return std::unexpected(FromWriteStatus(status, path_, "write"));
  }
  Acknowledge(*database);
  return {};
}

// A log that took a failed write can't be synced any more: Debian's RocksDB, built with assertions,
// aborts the process on the attempt.
Result<void> RocksDbEngine::Sync() {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  const std::shared_lock writing(writing_);
  if (Result<void> good = CheckNothingFailed("sync"); !good) return good;
  const rocksdb::Status status = database_.load()->db().FlushWAL(/*sync=*/true);
  if (status.ok()) return {};
  write_failed_ = true;
  return std::unexpected(FromWriteStatus(status, path_, "sync"));
}

Result<void> RocksDbEngine::Recover(const Moved& moved) {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  const std::unique_lock alone(writing_);
  if (!write_failed()) return {};
  Result<std::unique_ptr<Database>> opened = database_.load()->OpenAnew();
  if (!opened) return std::unexpected(std::move(opened.error()));
  const std::shared_ptr<Database> anew = *std::move(opened);
  if (anew->db().GetLatestSequenceNumber() < acknowledged_) {
    return Fail(ErrorCode::kDataLoss,
                path_ +
                    ": after a failed write the database was opened anew, and writes that had "
                    "been acknowledged are not in it; what was read before can still be read: "
                    "export it before this process ends");
  }
  const RocksDbView view(anew);
  if (Result<void> told = moved(view); !told) return told;
  Acknowledge(*anew);
  database_ = anew;
  write_failed_ = false;
  return {};
}

Result<void> RocksDbEngine::Compact() {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  const std::scoped_lock lock(compacting_);
  std::shared_ptr<Database> database = database_.load();
  rocksdb::Status status = CompactAll(*database);
  // A recovery ends what is under way; the database that goes on has all of it still to do.
  for (int attempt = 1; !status.ok() && attempt < kCompactAttempts; ++attempt) {
    const std::shared_ptr<Database> now = database_.load();
    if (now == database) break;
    database = now;
    status = CompactAll(*database);
  }
  if (!status.ok()) return std::unexpected(FromStatus(status, path_, "compact"));
  const std::scoped_lock deleting(files_);
  database->DeleteObsoleteFiles();
  return {};
}

Result<EngineStats> RocksDbEngine::Stats() const {
  return CountFiles(path_);
}

Result<std::unique_ptr<EngineBackup>> RocksDbEngine::NewBackup(const std::string& folder) {
  if (Result<void> writable = CheckWritable(); !writable) return std::unexpected(writable.error());
  const std::shared_ptr<Database> database = database_.load();
  return NewRocksDbBackup(folder, path_, {database, &database->db()}, files_);
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
