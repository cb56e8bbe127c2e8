// A disk that fails, or loses power, at a chosen operation, under RocksDB and over a real folder.
// What it takes for the disk's promise: bytes of a file last once the file is synced, names (made,
// renamed, deleted) once the folder is; names go in the order in which they were changed. Nothing
// else is promised, and with luck more is there.
#pragma once

#include <rocksdb/file_system.h>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace switchback {

enum class Fault : uint8_t {
  kPowerLoss,  // this operation and all later ones fail; an append in part
  kIoError,    // EIO
  kNoSpace,    // ENOSPC; only what makes files or makes them longer
};

// What is done to files, for choosing what is to fail.
enum class Operations : uint8_t { kWrites, kReads };

// Safe from any number of threads.
class SimulatedDisk final : public rocksdb::FileSystemWrapper {
 public:
  // `folder`: the database's; others are not watched. Beside it a folder of its name and
  // ".undo" keeps what a power loss may bring back.
  explicit SimulatedDisk(std::string folder);
  [[nodiscard]] const char* Name() const override { return "SimulatedDisk"; }

  // The `first`th operation of that kind from now on (1: the next) and the `count` - 1 behind it.
  void FailAt(uint64_t first, Fault fault, Operations kind = Operations::kWrites,
              uint64_t count = 1);
  void Repair();  // no more faults
  // Since the last FailAt.
  [[nodiscard]] uint64_t operations(Operations kind) const;
  [[nodiscard]] uint64_t faults() const;         // of those that were to come
  [[nodiscard]] std::string last_fault() const;  // "append 000012.log"
  // Whether `message` has the path of a file that failed.
  [[nodiscard]] bool IsNamedIn(const std::string& message) const;

  // The folder becomes what a disk without power may have kept: unsynced bytes are gone, or there
  // in part, or zeros; unsynced names are undone from some point on. REQUIRES: nothing has files
  // open.
  void LosePower(std::mt19937_64& random);

  // -- Of the files it hands out
  rocksdb::IOStatus Begin(Operations kind, std::string_view what, const std::string& name,
                          bool makes_longer = false);
  // Whether an append that failed is to be there in part.
  [[nodiscard]] bool tears() const;
  void Appended(const std::string& name, uint64_t bytes);
  void CutTo(const std::string& name, uint64_t bytes);
  void Synced(const std::string& name);
  void FolderSynced(const std::string& folder);

  // -- FileSystem
  rocksdb::IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                                      std::unique_ptr<rocksdb::FSSequentialFile>* result,
                                      rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomAccessFile(const std::string& name,
                                        const rocksdb::FileOptions& options,
                                        std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                                        rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* result,
                                       rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewRandomRWFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSRandomRWFile>* result,
                                    rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* result,
                                 rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to,
                               const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* debug) override;

 private:
  struct Content {
    uint64_t synced = 0;
    uint64_t written = 0;
  };
  // A change of names that the folder's sync has not made last.
  struct NameChange {
    enum class Kind : uint8_t { kMade, kRenamed, kDeleted } kind;
    std::string name;
    std::string to;     // kRenamed
    std::string saved;  // a link to what was deleted, or stood under `to`; empty: nothing
    Content content;    // of that
  };
  struct Plan {
    uint64_t begun = 0;  // operations
    uint64_t first = 0;  // 0: none fails
    uint64_t count = 0;
  };

  template <typename Made, typename File>
  void Wrap(const rocksdb::IOStatus& status, const std::string& name, std::unique_ptr<File>* file);
  [[nodiscard]] bool Watches(const std::string& name) const;
  std::string Save(const std::string& name);
  void Undo(const NameChange& change);
  static void CutContent(const std::string& file, const Content& content, std::mt19937_64& random);

  const std::string folder_;
  const std::string undo_folder_;
  mutable std::mutex mutex_;
  Fault fault_ = Fault::kIoError;
  std::map<Operations, Plan> plans_;
  bool powerless_ = false;
  uint64_t faults_ = 0;
  std::string last_fault_;
  std::set<std::string> failed_files_;
  std::map<std::string, Content> contents_;
  std::vector<NameChange> names_;
  uint64_t saved_ = 0;
};

}  // namespace switchback
