// RocksDB as people use it for versions: the whole list anew under (ID, revision), in one packed
// value. What one engine gives without deltas.
#include <rocksdb/db.h>
#include <rocksdb/table.h>
#include <rocksdb/version.h>

#include <memory>
#include <utility>

#include "bench/compare/packed_list.h"
#include "bench/compare/packed_text.h"
#include "bench/compare/system.h"
#include "bench/compare/zstd_packer.h"

namespace switchback::compare {
namespace {

constexpr size_t kCacheBytes = size_t{64} << 20;
constexpr size_t kBlockBytes = size_t{32} << 10;
// A longer list has a block for itself, where RocksDB's zstd could not see its neighbours anyway:
// it is packed here, so that the cache holds it packed.
constexpr size_t kPackHere = size_t{16} << 10;
constexpr int kLevel = 3;

// Rows. V id 0x00 revision: a list. R revision: metadata. X number: a value text.
std::string Big(uint64_t number) {
  std::string bytes(8, '\0');
  for (size_t i = 0; i < 8; ++i) bytes[i] = static_cast<char>(number >> (56 - 8 * i));
  return bytes;
}
uint64_t TakeBig(std::string_view bytes) {
  uint64_t number = 0;
  for (const char byte : bytes) number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}
std::string VersionPrefix(const std::string& id) {
  return "V" + id + '\0';
}
std::string VersionKey(const std::string& id, uint64_t revision) {
  return VersionPrefix(id) + Big(revision);
}
std::string NumberedKey(char kind, uint64_t number) {
  std::string key(1, kind);
  return key.append(Big(number));
}
std::string RevisionKey(uint64_t revision) {
  return NumberedKey('R', revision);
}

void Check(const rocksdb::Status& status) {
  if (!status.ok()) Fail("RocksDB: " + status.ToString());
}

rocksdb::Options TunedOptions() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.compression = rocksdb::kZSTD;
  options.bottommost_compression = rocksdb::kZSTD;
  options.bottommost_compression_opts.level = 9;
  options.bottommost_compression_opts.enabled = true;
  options.write_buffer_size = size_t{32} << 20;
  options.max_background_jobs = 2;
  options.level_compaction_dynamic_level_bytes = true;
  options.max_open_files = -1;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = kBlockBytes;
  table.block_cache = rocksdb::NewLRUCache(kCacheBytes);
  table.format_version = 5;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.keep_log_file_num = 1;
  return options;
}

class RocksDbBlob : public System {
 public:
  explicit RocksDbBlob(const std::string& folder) : folder_(folder) { Open(); }

  [[nodiscard]] std::vector<Setting> Settings() const override {
    return {{"RocksDB", rocksdb::GetRocksVersionAsString()},
            {"block cache", "64 MiB, as the others' caches"},
            {"block size", "32 KiB: versions of a short list are packed together"},
            {"compression", "zstd; level 9 at the bottom; lists above 16 KiB one by one, level 3"},
            {"write buffer", "32 MiB"},
            {"level_compaction_dynamic_level_bytes", "true: less space"},
            {"lists", "columns of varints, addresses as differences, values interned"},
            {"durability", "synced (no sync while importing, a flush at the end)"},
            {"compact", "CompactRange, bottommost level forced"}};
  }

  void Import(const HistoryLine& line) override {
    rocksdb::WriteBatch batch;
    batch_ = &batch;
    PutRevision(line.revision, line);
    for (const IdChange& change : line.changes) {
      const Delta delta = DeltaOf(change, values_);
      PutList(change.id, line.revision, Apply(ListAt(change.id, kNewest), delta));
    }
    Check(db_->Write({}, &batch));
    head_ = line.revision;
  }
  void FinishImport() override {
    Check(db_->Flush({}));
    Check(db_->SyncWAL());
  }
  void Compact() override {
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForceOptimized;
    Check(db_->CompactRange(options, nullptr, nullptr));
  }
  [[nodiscard]] uint64_t Bytes() const override { return FolderBytes(folder_); }

  void Close() override {
    Check(db_->Close());
    db_.reset();
  }
  void Open() override {
    rocksdb::DB* db = nullptr;
    Check(rocksdb::DB::Open(TunedOptions(), folder_, &db));
    db_.reset(db);
    values_ = ValueTable([this](uint32_t number, std::string_view text) {
      Check(batch_->Put(NumberedKey('X', number), rocksdb::Slice(text.data(), text.size())));
    });
    const auto rows = NewIterator();
    for (rows->Seek("X"); rows->Valid() && rows->key().starts_with("X"); rows->Next()) {
      values_.Load(rows->value().ToStringView());
    }
    rows->SeekForPrev("S");
    if (rows->Valid() && rows->key().starts_with("R")) {
      head_ = TakeBig(rows->key().ToStringView().substr(1));
    }
  }

  std::vector<std::string> ReadAt(const std::string& id, uint64_t revision) override {
    return TextsOf(ListAt(id, revision), values_);
  }
  Difference Diff(const std::string& id, uint64_t from, uint64_t to) override {
    return DifferenceOf(switchback::compare::Compare(ListAt(id, from), ListAt(id, to)), values_);
  }
  std::vector<HistoryEntry> History(const std::string& id) override {
    const std::string prefix = VersionPrefix(id);
    std::vector<HistoryEntry> entries;
    const auto rows = NewIterator();
    rows->SeekForPrev(prefix + Big(kNewest));
    for (; rows->Valid() && rows->key().starts_with(prefix); rows->Prev()) {
      entries.push_back(ReadRevision(TakeBig(rows->key().ToStringView().substr(prefix.size()))));
    }
    return entries;
  }

  void Restore(const std::string& id, uint64_t revision) override {
    rocksdb::WriteBatch batch;
    BeginRestore(batch, "restore " + id);
    RestoreId(id, revision);
    EndRestore(batch);
  }
  void RestoreAll(uint64_t revision) override {
    rocksdb::WriteBatch batch;
    BeginRestore(batch, "restore all");
    for (const std::string& id : AllIds()) RestoreId(id, revision);
    EndRestore(batch);
  }

 private:
  [[nodiscard]] std::unique_ptr<rocksdb::Iterator> NewIterator() {
    return std::unique_ptr<rocksdb::Iterator>(db_->NewIterator({}));
  }

  // The packed list just after a revision; empty if there was none.
  std::string PackedAt(const std::string& id, uint64_t revision) {
    const std::string prefix = VersionPrefix(id);
    const auto rows = NewIterator();
    rows->SeekForPrev(prefix + Big(revision));
    if (!rows->Valid() || !rows->key().starts_with(prefix)) {
      Check(rows->status());
      return {};
    }
    return rows->value().ToString();
  }
  // The first byte of a list: 1 where it is packed here.
  EntryList ListAt(const std::string& id, uint64_t revision) {
    const std::string packed = PackedAt(id, revision);
    if (packed.empty()) return {};
    const std::string_view rest = std::string_view(packed).substr(1);
    return packed.front() == 1 ? DecodeList(packer_.Unpack(rest)) : DecodeList(rest);
  }
  void PutList(const std::string& id, uint64_t revision, const EntryList& list) {
    const std::string bytes = EncodeList(list);
    const bool pack = bytes.size() > kPackHere;
    std::string row(1, pack ? '\1' : '\0');
    row += pack ? packer_.Pack(bytes) : bytes;
    Check(batch_->Put(VersionKey(id, revision), row));
  }
  void PutRevision(uint64_t revision, const HistoryLine& line) {
    std::string row;
    AppendVarint(static_cast<uint64_t>(line.time_us), row);
    for (const std::string* text : {&line.author, &line.message, &line.ticket}) {
      AppendVarint(text->size(), row);
      row += *text;
    }
    Check(batch_->Put(RevisionKey(revision), row));
  }
  HistoryEntry ReadRevision(uint64_t revision) {
    std::string row;
    Check(db_->Get({}, RevisionKey(revision), &row));
    std::string_view in = row;
    HistoryEntry entry{revision, static_cast<int64_t>(TakeVarint(in)), {}, {}};
    for (std::string* text : {&entry.author, &entry.message}) {
      const uint64_t size = TakeVarint(in);
      *text = in.substr(0, size);
      in.remove_prefix(size);
    }
    return entry;
  }

  // One seek an ID.
  std::vector<std::string> AllIds() {
    std::vector<std::string> ids;
    const auto rows = NewIterator();
    rows->Seek("V");
    while (rows->Valid() && rows->key().starts_with("V")) {
      const std::string key = rows->key().ToString();
      ids.push_back(key.substr(1, key.size() - 10));
      rows->Seek("V" + ids.back() + '\1');
    }
    return ids;
  }
  void BeginRestore(rocksdb::WriteBatch& batch, const std::string& message) {
    batch_ = &batch;
    PutRevision(++head_, OwnLine(message));
  }
  // Copies the bytes as they are: nothing is unpacked.
  void RestoreId(const std::string& id, uint64_t revision) {
    const std::string then = PackedAt(id, revision);
    const std::string now = PackedAt(id, kNewest);
    if (then == now) return;
    Check(batch_->Put(VersionKey(id, head_), then.empty() ? std::string(1, '\0') : then));
  }
  void EndRestore(rocksdb::WriteBatch& batch) {
    rocksdb::WriteOptions options;
    options.sync = true;
    Check(db_->Write(options, &batch));
  }

  std::string folder_;
  std::unique_ptr<rocksdb::DB> db_;
  ZstdPacker packer_{kLevel};
  ValueTable values_;
  rocksdb::WriteBatch* batch_ = nullptr;  // of the revision under way
  uint64_t head_ = 0;
};

}  // namespace

std::unique_ptr<System> MakeRocksDbBlob(const std::string& folder) {
  return std::make_unique<RocksDbBlob>(folder);
}

}  // namespace switchback::compare
