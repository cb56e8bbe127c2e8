// Reading from RocksDB. Every block that is read has its checksum verified (RocksDB's default).
#include "engine/rocksdb_view.h"

#include <fmt/format.h>

#include <utility>

#include "engine/rocksdb_error.h"

namespace switchback {

namespace {

rocksdb::Slice SliceOf(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

class RocksDbIterator final : public Iterator {
 public:
  RocksDbIterator(const Database& database, const rocksdb::Snapshot* snapshot, Space space,
                  std::string_view lower, std::string_view upper)
      : path_(database.path()),
        lower_(lower),
        upper_(upper),
        lower_slice_(lower_),
        upper_slice_(upper_) {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    if (!lower.empty()) options.iterate_lower_bound = &lower_slice_;
    if (!upper.empty()) options.iterate_upper_bound = &upper_slice_;
    iterator_.reset(database.db().NewIterator(options, database.family(space)));
  }

  void SeekToFirst() override { iterator_->SeekToFirst(); }
  void SeekToLast() override { iterator_->SeekToLast(); }
  void Seek(std::string_view key) override { iterator_->Seek(SliceOf(key)); }
  void SeekForPrev(std::string_view key) override { iterator_->SeekForPrev(SliceOf(key)); }
  void Next() override { iterator_->Next(); }
  void Prev() override { iterator_->Prev(); }
  [[nodiscard]] bool valid() const override { return iterator_->Valid(); }
  [[nodiscard]] std::string_view key() const override { return iterator_->key().ToStringView(); }
  [[nodiscard]] std::string_view value() const override {
    return iterator_->value().ToStringView();
  }

  [[nodiscard]] Result<void> status() const override {
    const rocksdb::Status status = iterator_->status();
    if (status.ok()) return {};
    return std::unexpected(FromStatus(status, path_, "scan"));
  }

 private:
  const std::string& path_;  // the database's
  const std::string lower_;
  const std::string upper_;
  const rocksdb::Slice lower_slice_;  // RocksDB keeps pointers to these two
  const rocksdb::Slice upper_slice_;
  std::unique_ptr<rocksdb::Iterator> iterator_;
};

}  // namespace

Result<bool> GetRow(const Database& database, const rocksdb::ReadOptions& options, Space space,
                    std::string_view key, std::string& value) {
  const rocksdb::Status status =
      database.db().Get(options, database.family(space), SliceOf(key), &value);
  if (status.ok()) return true;
  value.clear();
  if (status.IsNotFound()) return false;
  return std::unexpected(FromStatus(status, database.path(), "read a row"));
}

RocksDbView::RocksDbView(std::shared_ptr<const Database> database)
    : database_(std::move(database)),
      snapshot_(database_->read_only() ? nullptr : database_->db().GetSnapshot()) {}

RocksDbView::~RocksDbView() {
  if (snapshot_ != nullptr) database_->db().ReleaseSnapshot(snapshot_);
}

Result<bool> RocksDbView::Get(Space space, std::string_view key, std::string& value) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  return GetRow(*database_, options, space, key, value);
}

Result<std::vector<std::optional<std::string>>> RocksDbView::MultiGet(
    Space space, std::span<const std::string> keys) const {
  rocksdb::ReadOptions options;
  options.snapshot = snapshot_;
  const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
  std::vector<rocksdb::PinnableSlice> found(keys.size());
  std::vector<rocksdb::Status> statuses(keys.size());
  database_->db().MultiGet(options, database_->family(space), keys.size(), slices.data(),
                           found.data(), statuses.data());
  std::vector<std::optional<std::string>> values(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    if (statuses[i].ok()) {
      values[i] = found[i].ToString();
    } else if (!statuses[i].IsNotFound()) {
      return std::unexpected(FromStatus(statuses[i], database_->path(), "read rows"));
    }
  }
  return values;
}

std::unique_ptr<Iterator> RocksDbView::Scan(Space space, std::string_view lower,
                                            std::string_view upper) const {
  return std::make_unique<RocksDbIterator>(*database_, snapshot_, space, lower, upper);
}

}  // namespace switchback
