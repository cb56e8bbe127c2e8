// The floor: RocksDB itself with the engine's own options, and nothing of ours above it.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"

namespace switchback::targets {

class RawRocksDb {
 public:
  // Makes a database in `path`, or opens the one there (a copy of a store's folder is one).
  RawRocksDb(const std::string& path, bool create);
  ~RawRocksDb();
  RawRocksDb(const RawRocksDb&) = delete;
  RawRocksDb& operator=(const RawRocksDb&) = delete;

  // Each ends the program on an error: there is nothing to measure then.
  void Put(Space space, std::string_view key, std::string_view value, bool sync);
  bool Get(Space space, std::string_view key, std::string& value);
  void Write(rocksdb::WriteBatch& batch, bool sync);
  [[nodiscard]] rocksdb::ColumnFamilyHandle* family(Space space) const {
    return families_[static_cast<size_t>(space)];
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
  std::vector<rocksdb::ColumnFamilyHandle*> families_;
};

}  // namespace switchback::targets
