// For fault tests only: the RocksDB engine over a file system of the test's own. Not installed.
#pragma once

#include <rocksdb/env.h>

#include <memory>
#include <string>

#include "engine/engine.h"

namespace switchback {

struct RocksDbTestingOptions {
  // Through which RocksDB reaches its files; must outlive the engine. The HOLDER note, the counts
  // of files and the look into a refused log go to the real file system: wrap it, don't replace it.
  rocksdb::Env* env = nullptr;
};

[[nodiscard]] Result<std::unique_ptr<Engine>> OpenRocksDbEngineForTesting(
    const std::string& path, const RocksDbEngineOptions& options,
    const RocksDbTestingOptions& testing);

}  // namespace switchback
