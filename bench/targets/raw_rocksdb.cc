#include "raw_rocksdb.h"

#include "engine/rocksdb_options.h"
#include "scenes.h"

namespace switchback::targets {
namespace {

void Check(const rocksdb::Status& status) {
  if (!status.ok()) End("raw RocksDB: " + status.ToString());
}

rocksdb::Slice SliceOf(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace

RawRocksDb::RawRocksDb(const std::string& path, bool create) {
  RocksDbEngineOptions options;
  options.create = create;
  rocksdb::DB* db = nullptr;
  Check(rocksdb::DB::Open(MakeDbOptions(options, nullptr), path,
                          MakeFamilies(rocksdb::NewLRUCache(options.block_cache_bytes)), &families_,
                          &db));
  db_.reset(db);
}

RawRocksDb::~RawRocksDb() {
  for (rocksdb::ColumnFamilyHandle* family : families_) db_->DestroyColumnFamilyHandle(family);
}

void RawRocksDb::Put(Space space, std::string_view key, std::string_view value, bool sync) {
  rocksdb::WriteOptions options;
  options.sync = sync;
  Check(db_->Put(options, family(space), SliceOf(key), SliceOf(value)));
}

bool RawRocksDb::Get(Space space, std::string_view key, std::string& value) {
  const rocksdb::Status status =
      db_->Get(rocksdb::ReadOptions(), family(space), SliceOf(key), &value);
  if (status.IsNotFound()) return false;
  Check(status);
  return true;
}

void RawRocksDb::Write(rocksdb::WriteBatch& batch, bool sync) {
  rocksdb::WriteOptions options;
  options.sync = sync;
  Check(db_->Write(options, &batch));
}

}  // namespace switchback::targets
