// The options, each with its reason. Figures: doc/engine.md, "Tuning".
#include "engine/rocksdb_options.h"

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>

#include <cstdarg>

namespace switchback {

namespace {

// Drops RocksDB's running commentary: a LOG file for each open would outweigh the data of a small
// store. Errors reach the caller as statuses.
class NullLogger final : public rocksdb::Logger {
 public:
  NullLogger() : Logger(rocksdb::InfoLogLevel::FATAL_LEVEL) {}
  using rocksdb::Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr size_t kKiB = size_t{1} << 10;
// Trained on a hundred times its size, which is what zstd recommends.
constexpr uint32_t kDictionaryBytes = 16U << 10;
constexpr uint32_t kTrainingBytes = 100 * kDictionaryBytes;

struct ZstdChoice {
  int level;
  uint32_t dictionary_bytes;
};

ZstdChoice ChooseZstd(Space space, Effort effort) {
  switch (space) {
    case Space::kState:
      // Rewritten often, and read on the hot path where blocks are cached: no need for thorough.
      return {effort == Effort::kThorough ? 9 : 3, 0};
    case Space::kHistory:
      // Rows are short and alike: a dictionary saves 3 % beside blocks of 32 KiB (10 % beside 4
      // KiB), level 19 another 6 % over level 9 at four times the time.
      return {effort == Effort::kThorough ? 19 : 9, kDictionaryBytes};
    case Space::kChunks:
      // Dense already; what is left is in attribute texts, in prefixes that repeat, and in what a
      // chunk shares with the one that it came from.
      return {effort == Effort::kThorough ? 19 : 3, 0};
  }
  return {3, 0};
}

rocksdb::CompressionOptions BottomCompression(Space space) {
  const ZstdChoice choice = ChooseZstd(space, Effort::kBackground);
  rocksdb::CompressionOptions compression;
  compression.enabled = true;  // else the level's own options hold at the bottom too
  compression.level = choice.level;
  compression.max_dict_bytes = choice.dictionary_bytes;
  compression.zstd_max_train_bytes = choice.dictionary_bytes == 0 ? 0 : kTrainingBytes;
  return compression;
}

rocksdb::BlockBasedTableOptions TableOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;                       // the newest that RocksDB 7.8 writes
  table.checksum = rocksdb::ChecksumType::kXXH3;  // as strong as CRC32C for accidents, quicker
  table.block_cache = cache;                      // one budget for all three families
  table.index_type = rocksdb::BlockBasedTableOptions::kBinarySearch;  // one index block a file:
  // with blocks of 16 KiB and up it is some 0.1 % of the data; two levels would only add a read.
  table.cache_index_and_filter_blocks = false;  // held open with the file: never evicted by a scan
  return table;
}

rocksdb::ColumnFamilyOptions FamilyOptions(Space space) {
  rocksdb::ColumnFamilyOptions family;
  // Size-tiered: each row is rewritten some log(size) times, where levels rewrite the whole bottom
  // for each few small flushes of short processes.
  family.compaction_style = rocksdb::kCompactionStyleUniversal;
  family.compaction_options_universal.size_ratio = 10;
  family.compaction_options_universal.max_size_amplification_percent =
      space == Space::kState ? 50 : 200;  // only state overwrites rows; others can't amplify much
  family.level0_file_num_compaction_trigger = kMaxSortedRuns;
  // A bulk load may run ahead of compaction by this many runs before it is slowed, then stopped.
  family.level0_slowdown_writes_trigger = 24;
  family.level0_stop_writes_trigger = 48;
  // Two memtables, so that writing goes on while one is flushed.
  family.write_buffer_size = 4 * kMiB;
  family.max_write_buffer_number = 3;
  family.target_file_size_base = 64 * kMiB;  // few files; a damaged one costs at most this
  // Upper runs live for minutes: the quickest codec that still halves them.
  family.compression = rocksdb::kLZ4Compression;
  family.bottommost_compression = rocksdb::kZSTD;
  family.bottommost_compression_opts = BottomCompression(space);
  family.paranoid_file_checks = true;  // a table is read back before what it replaces is dropped
  family.force_consistency_checks = true;  // of the order of files, at each change
  return family;
}

rocksdb::ColumnFamilyOptions StateOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions family = FamilyOptions(Space::kState);
  rocksdb::BlockBasedTableOptions table = TableOptions(cache);
  table.block_size = 8 * kKiB;  // a head row is up to 4.5 KiB: bigger blocks only evict more
  // A head is looked for in each sorted run; the filter spares the runs that don't hold it.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return family;
}

rocksdb::ColumnFamilyOptions HistoryOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions family = FamilyOptions(Space::kHistory);
  rocksdb::BlockBasedTableOptions table = TableOptions(cache);
  // 16 KiB takes 3 % more, 64 KiB 2 % less; a first touch costs 26, 43 and 71 us.
  table.block_size = 32 * kKiB;
  table.block_restart_interval = 32;  // of 16, 64: +0.8 %, -0.4 %; a warm read is quickest here
  // No filter: it would add 1.25 bytes to rows of about 25, and readers know which rows exist.
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return family;
}

rocksdb::ColumnFamilyOptions ChunkOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions family = FamilyOptions(Space::kChunks);
  rocksdb::BlockBasedTableOptions table = TableOptions(cache);
  table.block_size = 16 * kKiB;
  table.block_restart_interval = 1;  // keys are random: nothing shared to leave out
  // A commit asks of every chunk whether it is there, and mostly it is not: 10 bits a key answer
  // that without a read, at 0.1 % of the space.
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return family;
}

}  // namespace

rocksdb::DBOptions MakeDbOptions(const RocksDbEngineOptions& options, rocksdb::Env* env) {
  rocksdb::DBOptions db;
  if (env != nullptr) db.env = env;
  db.create_if_missing = options.create;
  db.create_missing_column_families = options.create;
  db.info_log = std::make_shared<NullLogger>();
  db.paranoid_checks = true;
  // The strictest: a log that does not end in a whole record is an error first, which
  // rocksdb_wal.h judges (a torn tail is cut off, anything else is damage).
  db.wal_recovery_mode = rocksdb::WALRecoveryMode::kAbsoluteConsistency;
  db.max_total_wal_size = kMaxWalBytes;
  // A short process leaves its write in the log; else each open would make a table a family.
  db.avoid_flush_during_recovery = true;
  db.recycle_log_file_num = 0;  // a reused log's old bytes can't be told from damage
  // Each process makes a fresh MANIFEST; in long ones it is rolled here.
  db.max_manifest_file_size = 256 * kKiB;
  db.manifest_preallocation_size = 16 * kKiB;  // the default of 4 MiB shows up in `du`
  db.max_background_jobs = 2;                  // one flush beside one compaction
  // Files stay open, so that a reader keeps what a writer's compaction deletes.
  db.max_open_files = -1;
  db.max_file_opening_threads = 2;  // the default starts 16 threads at each open
  // Both read every file's footer at open for statistics that nothing here uses.
  db.skip_stats_update_on_db_open = true;
  db.stats_dump_period_sec = 0;
  db.stats_persist_period_sec = 0;
  db.bytes_per_sync = kMiB;  // tables go out steadily rather than in one burst that delays a sync
  // After a failed write the database refuses more until it is opened again: whether to go on is
  // the caller's choice, never a background retry's.
  db.max_bgerror_resume_count = 0;
  return db;
}

std::vector<rocksdb::ColumnFamilyDescriptor> MakeFamilies(
    const std::shared_ptr<rocksdb::Cache>& block_cache) {
  return {{kFamilyNames[0], StateOptions(block_cache)},
          {kFamilyNames[1], HistoryOptions(block_cache)},
          {kFamilyNames[2], ChunkOptions(block_cache)}};
}

std::string BottomCompressionText(Space space, Effort effort) {
  const ZstdChoice choice = ChooseZstd(space, effort);
  return fmt::format(
      "{{enabled=true;level={};max_dict_bytes={};zstd_max_train_bytes={};window_bits=-14;"
      "strategy=0;}}",
      choice.level, choice.dictionary_bytes, choice.dictionary_bytes == 0 ? 0 : kTrainingBytes);
}

}  // namespace switchback
