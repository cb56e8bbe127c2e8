// The floors of store_bench: RocksDB with the engine's own settings and nothing above it.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/rocksdb_database.h"
#include "micro/program.h"
#include "scratch/scratch_folder.h"
#include "switchback/types.h"

namespace switchback::bench {

struct RawRow {
  Space space = Space::kState;
  std::string key;
  std::string value;
  [[nodiscard]] size_t bytes() const { return key.size() + value.size(); }
};

class RawDatabase {
 public:
  // An empty one of its own.
  RawDatabase();
  // A store's files, as of now, beside whoever has them open.
  explicit RawDatabase(const std::string& store_path);

  [[nodiscard]] Database& database() const { return *database_; }
  // Dies where there is no such row.
  [[nodiscard]] RawRow Row(Space space, std::string key) const;
  // As a reader that wants no copy does it; returns the value's size, 0 where there is none.
  size_t Get(Space space, const std::string& key) const;
  size_t MultiGet(Space space, const std::vector<std::string>& keys) const;
  // Rows from `start` downwards; returns their values' bytes.
  size_t ScanBack(Space space, const std::string& start, size_t rows) const;
  void Write(const std::vector<RawRow>& rows, bool sync) const;

 private:
  ScratchFolder folder_ = Must(ScratchFolder::Make("bench"));
  std::unique_ptr<Database> database_;
};

// What reading a version goes through at least: rows from the version's down to the full list that
// it stands on, then that list's chunks.
struct RowPath {
  std::string start;
  size_t rows = 0;
  std::vector<std::string> chunk_keys;
};
[[nodiscard]] RowPath PathTo(const RawDatabase& raw, const BusinessId& id, Version version);

// The four rows that a commit to one ID leaves, as the newest commit of a store wrote them.
class CommitRows {
 public:
  CommitRows(const RawDatabase& raw, const BusinessId& id, Version version, Revision revision);
  // The same rows under the keys of the next version and revision.
  [[nodiscard]] const std::vector<RawRow>& Next();
  [[nodiscard]] size_t bytes() const;

 private:
  BusinessId id_;
  Version version_;
  Revision revision_;
  std::vector<RawRow> rows_;
};

}  // namespace switchback::bench
