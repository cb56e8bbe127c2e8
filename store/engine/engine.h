// The narrow interface through which the layers above reach storage: ordered keys, atomic writes,
// consistent views. Two engines implement it, on RocksDB and in memory; one test body runs over
// both. No RocksDB type is visible here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/error.h"

namespace switchback {

// Key spaces, tuned apart (rocksdb_options.cc). The numbers index arrays; they are not on disk.
enum class Space : uint8_t {
  kState = 0,    // small rows that are overwritten: heads, the store's own row, names
  kHistory = 1,  // rows written once: versions, checkpoints, revisions; text and scripts
  kChunks = 2,   // content-addressed chunks: dense, larger, reached by point reads
};
inline constexpr size_t kSpaceCount = 3;

// Writes that happen together or not at all, in the order given.
class WriteBatch {
 public:
  enum class Kind : uint8_t { kPut, kDelete, kDeleteRange };
  struct Entry {
    Kind kind;
    Space space;
    std::string key;
    std::string value;  // kPut: the value; kDeleteRange: the end key, exclusive
  };
  void Put(Space space, std::string key, std::string value);
  void Delete(Space space, std::string key);
  // [begin, end): rows that were each written at most a few times; used by repair and prune.
  void DeleteRange(Space space, std::string begin, std::string end);
  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }
  [[nodiscard]] bool empty() const { return entries_.empty(); }
  [[nodiscard]] size_t bytes() const { return bytes_; }  // of keys and values
  void Clear();

 private:
  std::vector<Entry> entries_;
  size_t bytes_ = 0;
};

// Over the keys of one space inside the half-open bounds it was made with. Starts invalid: seek
// first. `key` and `value` stay valid until the next move. When it becomes invalid, ask status():
// an error is not the end of the data.
class Iterator {
 public:
  virtual ~Iterator() = default;
  Iterator() = default;
  Iterator(const Iterator&) = delete;
  Iterator& operator=(const Iterator&) = delete;
  virtual void SeekToFirst() = 0;
  virtual void SeekToLast() = 0;
  virtual void Seek(std::string_view key) = 0;         // first key >= key
  virtual void SeekForPrev(std::string_view key) = 0;  // last key <= key
  virtual void Next() = 0;                             // REQUIRES: valid()
  virtual void Prev() = 0;                             // REQUIRES: valid()
  [[nodiscard]] virtual bool valid() const = 0;
  [[nodiscard]] virtual std::string_view key() const = 0;
  [[nodiscard]] virtual std::string_view value() const = 0;
  [[nodiscard]] virtual Result<void> status() const = 0;
};

// What every write so far has left, and nothing later. Safe from any number of threads; must not
// outlive its engine. Errors: kDataLoss, bytes fail their check; kIoError.
class EngineView {
 public:
  virtual ~EngineView() = default;
  EngineView() = default;
  EngineView(const EngineView&) = delete;
  EngineView& operator=(const EngineView&) = delete;
  // Whether there is such a row; `value` is then its value (else cleared).
  [[nodiscard]] virtual Result<bool> Get(Space space, std::string_view key,
                                         std::string& value) const = 0;
  // One answer a key, in order; absent rows are nullopt.
  [[nodiscard]] virtual Result<std::vector<std::optional<std::string>>> MultiGet(
      Space space, std::span<const std::string> keys) const = 0;
  // The keys in [lower, upper); an empty bound is none.
  [[nodiscard]] virtual std::unique_ptr<Iterator> Scan(Space space, std::string_view lower,
                                                       std::string_view upper) const = 0;
};

struct EngineStats {
  uint64_t disk_bytes = 0;
  uint64_t files = 0;
};

class EngineBackup;  // backup_folder.h

// Safe from any number of threads.
class Engine {
 public:
  virtual ~Engine() = default;
  Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  [[nodiscard]] virtual Result<std::unique_ptr<EngineView>> NewView() const = 0;
  // The newest state without holding a view: the hot path for one row.
  [[nodiscard]] virtual Result<bool> Get(Space space, std::string_view key,
                                         std::string& value) const = 0;
  // Atomic; visible to views taken after it returned. With `sync` it survives power loss, and
  // everything written before it too; without, it survives a crash of the process.
  // Errors: kIoError, nothing was written; kUnknownOutcome, it may or may not be there. After
  // either nothing is written any more until Recover has succeeded; reads go on.
  [[nodiscard]] virtual Result<void> Write(const WriteBatch& batch, bool sync) = 0;
  [[nodiscard]] virtual Result<void> Sync() = 0;
  // Whether a write or a sync has failed since Recover last succeeded, or what the engine does in
  // the background, so that it takes no writes.
  [[nodiscard]] virtual bool write_failed() const { return false; }
  // Folds the log into tables and compacts all of them, as far as it goes; returns when done.
  [[nodiscard]] virtual Result<void> Compact() = 0;
  [[nodiscard]] virtual Result<EngineStats> Stats() const = 0;

  // Called between a move to another state and the first read of it, with all of it.
  using Moved = std::function<Result<void>(const EngineView& view)>;
  // After a write or a sync has failed, else nothing: goes on with what is on disk: all that was
  // acknowledged, and what failed either whole or not at all; durable, all of it. Views stay what
  // they are. An error of `moved` is returned. After any error reads are of the state before, and
  // it can be tried again. Errors: kDataLoss, something acknowledged is not there; kIoError.
  [[nodiscard]] virtual Result<void> Recover(const Moved& /*moved*/) { return {}; }
  // What others have written since becomes visible: only where opened to follow; elsewhere all
  // there is to see is seen. False: nothing newer, or a view is open; never waits for one. An error
  // of `moved` is returned, and reads give it too until a later call succeeds. Errors: kNotFound,
  // the database is not there any more, or another is; kDataLoss; kIoError.
  [[nodiscard]] virtual Result<bool> CatchUp(const Moved& /*moved*/) { return false; }

  // A backup to be made in a folder of backups, which is made where there is none; at most one a
  // folder at a time. REQUIRES: the engine outlives it.
  // Errors: kInvalidArgument, this engine can't be backed up, or the folder lies in its own;
  // kAlreadyExists, other files are in it; kHeld; kIoError.
  [[nodiscard]] virtual Result<std::unique_ptr<EngineBackup>> NewBackup(const std::string& folder);
};

[[nodiscard]] std::unique_ptr<Engine> NewMemoryEngine();

struct RocksDbEngineOptions {
  bool create = false;     // else the database must be there
  bool read_only = false;  // no lock, no write; the state as of opening
  bool follow = false;     // with read_only: the state as of the last CatchUp
  size_t block_cache_bytes = size_t{64} << 20;
};
// Errors: kNotFound, nothing there; kAlreadyExists (create); kHeld, the message names process ID
// and host; kDataLoss; kIoError.
[[nodiscard]] Result<std::unique_ptr<Engine>> OpenRocksDbEngine(
    const std::string& path, const RocksDbEngineOptions& options);

// Whether no file or folder in `path` is anything but what an engine makes; also of an empty
// folder.
[[nodiscard]] bool HoldsOnlyEngineFiles(const std::string& path);

}  // namespace switchback
