// A store on a simulated disk, and how many of the possible moments of a fault a test tries.
#pragma once

#include <rocksdb/env.h>

#include <cstdlib>
#include <memory>
#include <string>

#include "api/store_impl.h"
#include "engine/rocksdb_testing.h"
#include "faults/simulated_disk.h"
#include "store/store_fixture.h"

namespace switchback {

// The tests try every so manieth moment, with an offset that goes through all of them from run to
// run where SWITCHBACK_FAULTS_OFFSET says so; SWITCHBACK_FAULTS_EVERY=1: each one (tools/torture).
struct Stride {
  uint64_t every = 0;
  uint64_t offset = 0;
  static uint64_t FromEnvironment(const char* name, uint64_t otherwise) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
  }
  static Stride Of(uint64_t every) {
    Stride stride;
    stride.every = std::max<uint64_t>(1, FromEnvironment("SWITCHBACK_FAULTS_EVERY", every));
    stride.offset = FromEnvironment("SWITCHBACK_FAULTS_OFFSET", 0) % stride.every;
    return stride;
  }
};

class FaultyStore {
 public:
  [[nodiscard]] SimulatedDisk& disk() { return *disk_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] Result<std::unique_ptr<Store>> Create() {
    auto engine = OpenRocksDbEngineForTesting(path_, {.create = true}, {.env = env_.get()});
    if (!engine) return std::unexpected(engine.error());
    return StoreImpl::Create(*std::move(engine), CreateOptions{"test", SlicingEarly()});
  }
  [[nodiscard]] Result<std::unique_ptr<Store>> Open() {
    auto engine = OpenRocksDbEngineForTesting(path_, {}, {.env = env_.get()});
    if (!engine) return std::unexpected(engine.error());
    return StoreImpl::Open(*std::move(engine), SlicingEarly());
  }

 private:
  TempFolder folder_;
  const std::string path_ = folder_.path();
  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>(path_);
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(disk_);
};

}  // namespace switchback
