// A process that has an engine open for writing, for the tests to watch and to kill. It is a
// program of its own because RocksDB's threads do not survive a fork.
//   writer_process hold PATH            opens, says so, waits
//   writer_process batches PATH FIRST   numbered batches without end, reports each synced one
//   writer_process compact PATH         numbered rows without end, compacts every kCompactEvery
// Reports are 8-byte numbers on standard output.
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/engine.h"
#include "engine/writer_process.h"

namespace switchback {
namespace {

void Report(uint64_t number) {
  if (write(STDOUT_FILENO, &number, sizeof(number)) != sizeof(number)) std::exit(1);
}

void MustWrite(Engine& engine, const WriteBatch& batch, bool sync) {
  if (!engine.Write(batch, sync)) std::exit(1);
}

[[noreturn]] void WriteBatches(Engine& engine, uint64_t first) {
  for (uint64_t number = first;; ++number) {
    WriteBatch batch;
    for (int row = 0; row < kRowsPerBatch; ++row) {
      batch.Put(SpaceOfRow(row), RowKey(number, row), std::string(200 + number % 700, 'v'));
    }
    batch.Put(Space::kState, "last", std::to_string(number));
    const bool sync = number % 3 == 0;
    MustWrite(engine, batch, sync);
    if (sync) Report(number);
  }
}

[[noreturn]] void WriteAndCompact(Engine& engine) {
  for (uint64_t number = 1;; ++number) {
    WriteBatch batch;
    batch.Put(Space::kState, "count", std::to_string(number));
    batch.Put(Space::kHistory, std::to_string(number), std::string(50, 'h'));
    batch.Put(Space::kChunks, std::to_string(number % 100), std::string(500, 'c'));
    MustWrite(engine, batch, false);
    if (number % kCompactEvery == 0 && !engine.Compact()) std::exit(1);
  }
}

int Run(std::string_view mode, const std::string& path, const char* first) {
  const auto engine = OpenRocksDbEngine(path, {});
  if (!engine) return 1;
  Report(0);
  if (mode == "batches") WriteBatches(**engine, std::strtoull(first, nullptr, 10));
  if (mode == "compact") WriteAndCompact(**engine);
  for (;;) pause();
}

}  // namespace
}  // namespace switchback

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  return switchback::Run(argv[1], argv[2], argc > 3 ? argv[3] : "1");
}
