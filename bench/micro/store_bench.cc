// Micro benchmarks of the store: what reading, committing, diffing, restoring and opening cost
// against the size of a list, the length of its history, the size of an edit and the number of IDs,
// each beside RocksDB doing the same rows raw.
#include <rocksdb/version.h>

#include "micro/axes.h"
#include "micro/program.h"
#include "micro/store_benches.h"

namespace switchback::bench {
namespace {

void RegisterSizes() {
  for (const size_t size : Sizes(10'000'000)) {
    const ListStorePoint at{{.size = size}, At("size", size)};
    RegisterSweepReads(at);
    RegisterReads(at);
    RegisterDiffs(at);
    RegisterSweepCommits(at);
    RegisterSyncedCommits(at);
    RegisterRestoresOfOne(at);
  }
}

void RegisterHistories() {
  for (const size_t history : Points({100, 1'000, 10'000, 100'000}, {100, 10'000})) {
    const ListStorePoint at{{.history = history}, At("history", history)};
    RegisterSweepReads(at);
    RegisterResolves(at);
    RegisterSweepCommits(at);
  }
}

void RegisterEditSizes() {
  for (const size_t edits : Points({1, 10, 100, 1'000, 10'000}, {1, 100, 10'000})) {
    const ListStorePoint at{{.size = 100'000, .history = 100, .edits = edits}, At("edits", edits)};
    RegisterSweepReads(at);
    RegisterSweepCommits(at);
  }
}

// A million IDs are set once and never edited: twice would take a minute.
void RegisterTables() {
  for (const size_t ids : Points({1'000, 10'000, 100'000, 1'000'000}, {1'000, 10'000})) {
    const TableShape shape{.ids = ids, .two_versions = ids <= 100'000};
    RegisterTableReads(shape);
    RegisterTableOpens(shape);
    if (shape.two_versions) RegisterTableRestores(shape);
  }
  RegisterTableReads({.ids = 1'000, .size = 100});
}

std::string RocksDbVersion() {
  return std::to_string(ROCKSDB_MAJOR) + "." + std::to_string(ROCKSDB_MINOR) + "." +
         std::to_string(ROCKSDB_PATCH);
}

}  // namespace
}  // namespace switchback::bench

int main(int argc, char** argv) {
  using namespace switchback::bench;  // NOLINT(google-build-using-namespace)
  RegisterSizes();
  RegisterHistories();
  RegisterEditSizes();
  RegisterTables();
  RegisterCommitThreads();
  const int result = RunBenchmarks(argc, argv, {{"rocksdb", RocksDbVersion()}});
  ListStore::Drop();
  TableStore::Drop();
  return result;
}
