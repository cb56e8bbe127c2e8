// A view of a RocksDB database: a snapshot of its, and iterators over it.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/engine.h"
#include "engine/rocksdb_database.h"

namespace switchback {

class RocksDbView final : public EngineView {
 public:
  explicit RocksDbView(std::shared_ptr<const Database> database);
  ~RocksDbView() override;
  RocksDbView(const RocksDbView&) = delete;
  RocksDbView& operator=(const RocksDbView&) = delete;

  [[nodiscard]] Result<bool> Get(Space space, std::string_view key,
                                 std::string& value) const override;
  [[nodiscard]] Result<std::vector<std::optional<std::string>>> MultiGet(
      Space space, std::span<const std::string> keys) const override;
  [[nodiscard]] std::unique_ptr<Iterator> Scan(Space space, std::string_view lower,
                                               std::string_view upper) const override;

 private:
  const std::shared_ptr<const Database> database_;
  const rocksdb::Snapshot* snapshot_;  // null where the database can't change: opened read-only
};

// One row as of `options`.
[[nodiscard]] Result<bool> GetRow(const Database& database, const rocksdb::ReadOptions& options,
                                  Space space, std::string_view key, std::string& value);

}  // namespace switchback
