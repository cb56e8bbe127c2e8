#include "engine/rocksdb_unlisted_tables.h"

#include <fmt/format.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table_properties.h>

#include <algorithm>
#include <memory>

#include "engine/rocksdb_error.h"

namespace switchback {

namespace {

constexpr uint64_t kMostRows = 10'000;

rocksdb::ColumnFamilyHandle* FamilyOf(const rocksdb::SstFileReader& table,
                                      const std::vector<rocksdb::ColumnFamilyHandle*>& families) {
  const auto properties = table.GetTableProperties();
  const auto found = std::ranges::find_if(families, [&](rocksdb::ColumnFamilyHandle* family) {
    return family->GetName() == properties->column_family_name;
  });
  return found == families.end() ? nullptr : *found;
}

}  // namespace

Result<void> CheckUnlistedTable(const std::string& path, rocksdb::DB& db,
                                const std::vector<rocksdb::ColumnFamilyHandle*>& families) {
  rocksdb::Options options = db.GetOptions();
  rocksdb::SstFileReader table(options);
  if (!table.Open(path).ok()) return {};
  rocksdb::ColumnFamilyHandle* const family = FamilyOf(table, families);
  if (family == nullptr) return {};
  const std::unique_ptr<rocksdb::Iterator> rows(table.NewIterator(rocksdb::ReadOptions()));
  uint64_t looked_at = 0;
  uint64_t gone = 0;
  rocksdb::PinnableSlice value;
  for (rows->SeekToFirst(); rows->Valid() && looked_at < kMostRows; rows->Next()) {
    ++looked_at;
    value.Reset();
    const rocksdb::Status got = db.Get(rocksdb::ReadOptions(), family, rows->key(), &value);
    if (got.IsNotFound()) {
      ++gone;
    } else if (!got.ok()) {
      return std::unexpected(FromStatus(got, path, "compare"));
    }
  }
  if (gone * 2 <= looked_at) return {};
  return Fail(ErrorCode::kDataLoss,
              fmt::format("{}: the list of tables does not name this table, and {} of the {} rows "
                          "looked at are in no other: expected them in the log or in a table that "
                          "it names; it has lost its end: restore a backup",
                          path, gone, looked_at));
}

}  // namespace switchback
