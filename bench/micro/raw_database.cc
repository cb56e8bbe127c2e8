#include "micro/raw_database.h"

#include "history/full_list.h"
#include "history/row_keys.h"
#include "history/version_row.h"
#include "micro/program.h"

namespace switchback::bench {
namespace {

// As large as that of any store here, so that a floor never waits for more than ours does.
constexpr size_t kBlockCacheBytes = size_t{256} << 20;

std::unique_ptr<Database> OpenRaw(const std::string& path, bool create) {
  RocksDbEngineOptions options;
  options.create = create;
  options.read_only = !create;
  options.block_cache_bytes = kBlockCacheBytes;
  return Must(Database::Open(path, options, nullptr));
}

void Check(const rocksdb::Status& status) {
  if (!status.ok()) Die(status.ToString());
}

std::unique_ptr<rocksdb::Iterator> ScanHistory(const RawDatabase& raw, Space space) {
  const Database& database = raw.database();
  return std::unique_ptr<rocksdb::Iterator>(
      database.db().NewIterator(rocksdb::ReadOptions(), database.family(space)));
}

std::vector<std::string> ChunkKeysOf(const ListBase& base) {
  std::vector<std::string> keys;
  if (!base.root) return keys;
  for (const ChunkRef& chunk : base.root->chunks) {
    if (chunk.inline_block.empty()) keys.push_back(ChunkKey(chunk.first, chunk.address));
  }
  return keys;
}

// The full list in this row, if it holds one.
std::optional<ListBase> BaseIn(std::string_view key, std::string_view value) {
  VersionKeyParts parts;
  if (!ParseVersionKey(key, parts)) Die("a row that is no version's on the way to a full list");
  if (parts.checkpoint) return Must(DecodeCheckpointRow(value));
  const VersionRow row = Must(DecodeVersionRow(value));
  if (row.kind != VersionKind::kFullInline && row.kind != VersionKind::kFullChunked) return {};
  return Must(DecodeFullList(row.kind, row.payload));
}

}  // namespace

RawDatabase::RawDatabase() : database_(OpenRaw(folder_ / "raw", true)) {}

RawDatabase::RawDatabase(const std::string& store_path) : database_(OpenRaw(store_path, false)) {}

RawRow RawDatabase::Row(Space space, std::string key) const {
  RawRow row{space, std::move(key), {}};
  Check(database_->db().Get(rocksdb::ReadOptions(), database_->family(space), row.key, &row.value));
  return row;
}

size_t RawDatabase::Get(Space space, const std::string& key) const {
  rocksdb::PinnableSlice value;
  const rocksdb::Status status =
      database_->db().Get(rocksdb::ReadOptions(), database_->family(space), key, &value);
  if (status.IsNotFound()) return 0;
  Check(status);
  return value.size();
}

size_t RawDatabase::MultiGet(Space space, const std::vector<std::string>& keys) const {
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> values(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  database_->db().MultiGet(rocksdb::ReadOptions(), database_->family(space), slices.size(),
                           slices.data(), values.data(), statuses.data());
  size_t bytes = 0;
  for (size_t i = 0; i < keys.size(); ++i) {
    Check(statuses[i]);
    bytes += values[i].size();
  }
  return bytes;
}

size_t RawDatabase::ScanBack(Space space, const std::string& start, size_t rows) const {
  const auto iterator = ScanHistory(*this, space);
  size_t bytes = 0;
  iterator->SeekForPrev(start);
  for (size_t i = 0; i < rows && iterator->Valid(); ++i) {
    bytes += iterator->value().size();
    if (i + 1 < rows) iterator->Prev();
  }
  Check(iterator->status());
  return bytes;
}

void RawDatabase::Write(const std::vector<RawRow>& rows, bool sync) const {
  rocksdb::WriteBatch batch;
  for (const RawRow& row : rows) {
    Check(batch.Put(database_->family(row.space), row.key, row.value));
  }
  rocksdb::WriteOptions options;
  options.sync = sync;
  Check(database_->db().Write(options, &batch));
}

RowPath PathTo(const RawDatabase& raw, const BusinessId& id, Version version) {
  RowPath path;
  // A checkpoint sorts right behind its version's row and is met first.
  path.start = CheckpointKey(id, version);
  const auto iterator = ScanHistory(raw, Space::kHistory);
  for (iterator->SeekForPrev(path.start); iterator->Valid(); iterator->Prev()) {
    ++path.rows;
    const std::optional<ListBase> base =
        BaseIn(iterator->key().ToStringView(), iterator->value().ToStringView());
    if (!base) continue;
    path.chunk_keys = ChunkKeysOf(*base);
    return path;
  }
  Die("no full list below " + id.text() + "@" + std::to_string(version.value));
}

CommitRows::CommitRows(const RawDatabase& raw, const BusinessId& id, Version version,
                       Revision revision)
    : id_(id), version_(version), revision_(revision) {
  rows_.push_back(raw.Row(Space::kHistory, VersionKey(id, version)));
  rows_.push_back(raw.Row(Space::kHistory, RecordKey(revision, 0)));
  rows_.push_back(raw.Row(Space::kState, HeadKey(id)));
  rows_.push_back(raw.Row(Space::kState, StoreRowKey()));
}

const std::vector<RawRow>& CommitRows::Next() {
  version_ = version_.Next();
  revision_ = revision_.Next();
  rows_[0].key = VersionKey(id_, version_);
  rows_[1].key = RecordKey(revision_, 0);
  return rows_;
}

size_t CommitRows::bytes() const {
  size_t bytes = 0;
  for (const RawRow& row : rows_) bytes += row.bytes();
  return bytes;
}

}  // namespace switchback::bench
