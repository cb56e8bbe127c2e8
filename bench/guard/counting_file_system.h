// The real file system with a count of what RocksDB asks of it.
#pragma once

#include <rocksdb/env.h>

#include <atomic>
#include <cstdint>
#include <memory>

namespace switchback::guard {

struct FileCounts {
  std::atomic<uint64_t> writes = 0;  // appends, each one system call
  std::atomic<uint64_t> bytes_written = 0;
  std::atomic<uint64_t> syncs = 0;  // of files and of folders
  std::atomic<uint64_t> reads = 0;
  std::atomic<uint64_t> bytes_read = 0;
  std::atomic<uint64_t> files_opened = 0;
};

// `counts` must outlive the environment, which must outlive the engine.
[[nodiscard]] std::unique_ptr<rocksdb::Env> NewCountingEnv(FileCounts& counts);

}  // namespace switchback::guard
