// How RocksDB is set up for this store's data: every choice with its reason in rocksdb_options.cc,
// the measurements behind them in doc/engine.md.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "engine/engine.h"

namespace switchback {

// On disk: never rename one. Indexed by Space.
inline constexpr std::array<const char*, kSpaceCount> kFamilyNames = {"default", "history",
                                                                      "chunks"};

// The log's size is what an open after a kill has to replay: some 15 ms a MiB. Twice this makes
// bulk loads 4 % cheaper, and an open on a busy machine too slow.
inline constexpr uint64_t kMaxWalBytes = uint64_t{4} << 20;
// More than this in the log is flushed at close, so that the next open has next to nothing to do.
inline constexpr uint64_t kFlushAtCloseBytes = uint64_t{256} << 10;
// Every process leaves one log file; this many are folded into tables. It bounds the files that
// short processes pile up, at one flush in so many of them.
inline constexpr size_t kMaxLogFiles = 8;
// Sorted runs that one point read may have to look into; more are merged.
inline constexpr int kMaxSortedRuns = 4;

[[nodiscard]] rocksdb::DBOptions MakeDbOptions(const RocksDbEngineOptions& options,
                                               rocksdb::Env* env);
[[nodiscard]] std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(
    const std::shared_ptr<rocksdb::Cache>& block_cache);

// zstd for the lowest level: cheap while the store works, thorough in Compact().
enum class Effort : uint8_t { kBackground, kThorough };
// The value of RocksDB's option `bottommost_compression_opts` for one key space, as SetOptions
// takes it.
[[nodiscard]] std::string BottomCompressionText(Space space, Effort effort);

}  // namespace switchback
