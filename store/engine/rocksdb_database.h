// An open RocksDB database with its three column families: opening it in all its ways, and what is
// due when it opens and closes.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/rocksdb_folder.h"
#include "engine/rocksdb_lock.h"
#include "engine/rocksdb_options.h"
#include "engine/rocksdb_torn_files.h"
#include "switchback/error.h"

namespace switchback {

// Closes the database when it goes. Safe from any number of threads.
class Database {
 public:
  // As OpenRocksDbEngine. `env` null: the system's. `block_cache` null: one of its own.
  [[nodiscard]] static Result<std::unique_ptr<Database>> Open(
      const std::string& path, const RocksDbEngineOptions& options, rocksdb::Env* env,
      std::shared_ptr<rocksdb::Cache> block_cache = nullptr);
  // The same database anew, after a write to it failed: what is on disk, all of it durable. This
  // one can still be read and does nothing else any more, whatever comes of it; it gives up none of
  // the files that it has open. REQUIRES: it was opened for writing, and nobody writes to it.
  [[nodiscard]] Result<std::unique_ptr<Database>> OpenAnew();
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] rocksdb::DB& db() const { return *db_; }
  [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Space space) const {
    return families_[static_cast<size_t>(space)];
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] bool read_only() const { return read_only_; }
  // RocksDB has met an error in the background, of a flush say, and takes no more writes.
  [[nodiscard]] bool stopped() const { return *stopped_; }
  [[nodiscard]] const std::shared_ptr<rocksdb::Cache>& block_cache() const { return block_cache_; }

  // -- Where it was opened to be read
  // The folder when it was opened: the state that it shows.
  [[nodiscard]] const FolderState& opened_at() const { return opened_at_; }
  // Whether it can catch up with the writer in place (a secondary, in RocksDB's words).
  [[nodiscard]] bool is_secondary() const { return is_secondary_; }

  // -- Where it was opened for writing; once another has taken its place, they fail and touch no
  // file
  // Every memtable into a table, after which no log file is needed.
  [[nodiscard]] rocksdb::Status Flush();
  // All tables of `space` written anew, at the thorough level of compression.
  [[nodiscard]] rocksdb::Status Compact(Space space);
  // Drops files that nothing needs any more, now.
  void DeleteObsoleteFiles();

 private:
  Database(std::string path, const RocksDbEngineOptions& options, rocksdb::Env* env,
           std::shared_ptr<rocksdb::Cache> block_cache)
      : path_(std::move(path)),
        read_only_(options.read_only),
        options_(options),
        env_(env),
        block_cache_(std::move(block_cache)) {}

  // One attempt. `torn`: files to be seen without their ends. REQUIRES: not open.
  [[nodiscard]] rocksdb::Status OpenOnce(const RocksDbEngineOptions& options,
                                         rocksdb::DBOptions db_options,
                                         const std::vector<TornFile>& torn);
  // Deletes the tables that RocksDB would have deleted as it opened. Errors: as
  // CheckUnlistedTable; then none is, nor when it closes.
  [[nodiscard]] Result<void> DeleteUnlistedTables();
  // Where RocksDB looks for the files.
  [[nodiscard]] rocksdb::Env* MakeEnv(const std::vector<TornFile>& torn);
  // `whole`: all files are seen as they are.
  [[nodiscard]] rocksdb::Status OpenByKind(const RocksDbEngineOptions& options,
                                           const rocksdb::DBOptions& db_options, bool whole,
                                           std::vector<rocksdb::ColumnFamilyHandle*>& handles,
                                           rocksdb::DB*& db);
  // Whether it works with the tables that the MANIFEST names, all of them: a secondary passes over
  // one that is missing or damaged, and shows what was before it.
  [[nodiscard]] rocksdb::Status CheckTables();
  [[nodiscard]] Result<void> OpenForWriting(const RocksDbEngineOptions& options,
                                            const rocksdb::DBOptions& db_options);
  // REQUIRES: lock_ is held.
  [[nodiscard]] Result<void> OpenLocked(const RocksDbEngineOptions& options,
                                        const rocksdb::DBOptions& db_options);
  [[nodiscard]] Result<void> OpenForReading(const RocksDbEngineOptions& options,
                                            const rocksdb::DBOptions& db_options);
  // Waits until no merge is due, at most a few seconds; without end while files pile up.
  void WaitForCompaction();
  void Tidy();   // what is due before a writer closes
  void Close();  // REQUIRES: no view is left
  [[nodiscard]] rocksdb::Status SetEffort(Space space, Effort effort);
  [[nodiscard]] size_t SortedRuns(rocksdb::ColumnFamilyHandle* family) const;

  const std::string path_;
  const bool read_only_;
  const RocksDbEngineOptions options_;
  rocksdb::Env* const env_;
  const std::shared_ptr<rocksdb::Cache> block_cache_;
  FolderState opened_at_;
  bool is_secondary_ = false;
  std::atomic<bool> retired_ = false;                     // another takes its place, or has
  std::optional<std::set<uint64_t>> tables_before_ = {};  // of the one whose place it takes
  // Shared by what may make files; taken alone for the other to begin.
  std::shared_mutex making_files_;
  const std::shared_ptr<std::atomic<bool>> stopped_ = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<WriterLock> lock_;  // of both; null where it is read only
  OpeningEnv opening_env_;
  std::unique_ptr<rocksdb::Env> locked_env_;  // where lock_ is held
  std::unique_ptr<rocksdb::DB> db_;
  std::array<rocksdb::ColumnFamilyHandle*, kSpaceCount> families_{};
};

}  // namespace switchback
