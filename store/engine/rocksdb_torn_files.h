// What a power loss leaves of the log and of the MANIFEST, and how RocksDB is shown them without
// their torn ends; without a change to the files, so that a reader can do it too. RocksDB has a
// mode of its own that passes over a torn end of the log, but where an open in that mode is itself
// cut short, some families are ahead of the log, and it never opens again.
#pragma once

#include <rocksdb/env.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "switchback/error.h"

namespace switchback {

struct TornFile {
  std::string path;
  uint64_t good_bytes = 0;  // from its start
};

// The MANIFEST and the logs, where their ends are torn: what is missing was never synced, so
// nothing relies on it. Only the last log with anything in it may lack a part of a record; others
// may end in zeros. For a database that RocksDB has refused to open; none where it is for another
// reason. Logs that the tables have overtaken don't count: a power loss can bring them back. `env`
// null: the system's. Errors: kDataLoss, any other fault of a log, or a torn one with good records
// in later ones, named by file and offset; kIoError. Cost: as opening it.
[[nodiscard]] Result<std::vector<TornFile>> FindTornFiles(const std::string& folder,
                                                          rocksdb::Env* env);

// An open of a database that is under way, as its files see it.
class Opening {
 public:
  // A table is to be deleted: true, it is kept, as long as the open is under way.
  bool Spare(const std::string& table);
  [[nodiscard]] std::vector<std::string> spared();
  [[nodiscard]] bool under_way() const { return under_way_; }
  void End() { under_way_ = false; }

 private:
  std::atomic<bool> under_way_ = true;
  std::mutex mutex_;
  std::vector<std::string> spared_;
};
struct OpeningEnv {
  std::unique_ptr<rocksdb::Env> env;
  std::shared_ptr<Opening> opening;
};
// `env`, which outlives it, but that these files, read from their start, have only what is good,
// and that until the open has ended a log which does not follow on the one before it can't be
// opened (rocksdb_log_order.h), and no table is deleted. Locks and files are otherwise those of
// `env`'s file system.
[[nodiscard]] OpeningEnv MakeOpeningEnv(const rocksdb::Env& env,
                                        const std::vector<TornFile>& files);

}  // namespace switchback
