// The four costs that are drawn against list size, history length and edit size.
#include "history/row_keys.h"
#include "micro/last_made.h"
#include "micro/program.h"
#include "micro/store_benches.h"

namespace switchback::bench {
namespace {

constexpr size_t kHistoryPage = 100;

std::string Floor(const std::string& what, const ListStorePoint& at) {
  return "Floor/RocksDb/" + what + "/" + at.name;
}

void AdjacentDiff(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  const auto view = Must(list.reader().NewView());
  const VersionRef from{list.id(), list.middle().Previous()};
  const VersionRef to{list.id(), list.middle()};
  for (auto _ : state) {
    if (Must(view->Diff(from, to)).empty()) state.SkipWithError("no difference");
  }
}

void GetVersionRow(benchmark::State& state, const Shape& shape) {
  const ListStore& list = ListStore::Of(shape);
  const std::string key = VersionKey(list.id(), list.middle());
  for (auto _ : state) {
    if (list.raw().Get(Space::kHistory, key) == 0) state.SkipWithError("no row");
  }
}

// Versions from all over the middle half of the history. What one read costs depends on how far the
// next checkpoint is; their mean does not, so that points of an axis can be compared.
std::vector<Version> AsOfVersions(const ListStore& list) {
  constexpr uint64_t kVersions = 32;
  std::vector<Version> versions;
  versions.reserve(kVersions);
  const uint64_t newest = list.last().value;
  for (uint64_t i = 0; i < kVersions; ++i) {
    versions.push_back(Version{newest / 4 + newest * i / (2 * kVersions) + 1});
  }
  return versions;
}

// With no cache of lists: the rows are read, and the list put together, each time.
void AsOfRead(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  const auto view = Must(list.reader().NewView());
  const std::vector<Version> versions = AsOfVersions(list);
  size_t next = 0;
  for (auto _ : state) {
    const Version version = versions[next++ % versions.size()];
    benchmark::DoNotOptimize(Must(view->Read(list.id(), version)));
  }
}

void GetAsOfRows(benchmark::State& state, const Shape& shape) {
  const ListStore& list = ListStore::Of(shape);
  std::vector<RowPath> paths;
  size_t rows = 0;
  for (const Version version : AsOfVersions(list)) {
    paths.push_back(PathTo(list.raw(), list.id(), version));
    rows += paths.back().rows + paths.back().chunk_keys.size();
  }
  size_t next = 0;
  for (auto _ : state) {
    const RowPath& path = paths[next++ % paths.size()];
    benchmark::DoNotOptimize(list.raw().ScanBack(Space::kHistory, path.start, path.rows));
    benchmark::DoNotOptimize(list.raw().MultiGet(Space::kChunks, path.chunk_keys));
  }
  state.counters["rows"] = static_cast<double>(rows) / static_cast<double>(paths.size());
}

void History(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  const auto view = Must(list.reader().NewView());
  for (auto _ : state) {
    const auto cursor = Must(view->History(list.id()));
    for (size_t i = 0; i < kHistoryPage; ++i) {
      if (!Must(cursor->Next())) state.SkipWithError("short history");
    }
  }
  CountItems(state, kHistoryPage);
}

void ScanVersionRows(benchmark::State& state, const Shape& shape) {
  const ListStore& list = ListStore::Of(shape);
  const std::string start = VersionKey(list.id(), list.last());
  for (auto _ : state) {
    benchmark::DoNotOptimize(list.raw().ScanBack(Space::kHistory, start, kHistoryPage));
  }
  CountItems(state, kHistoryPage);
}

void Commit(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  for (auto _ : state) list.CommitToggled(Durability::kBuffered);
  CountItems(state, 1);
}

void WriteCommitRows(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  const RawDatabase own;
  for (auto _ : state) own.Write(list.commit_rows().Next(), /*sync=*/false);
  CountBytes(state, list.commit_rows().bytes());
}

using Body = void (*)(benchmark::State&, const Shape&);

void AddWithFloor(const std::string& what, Body body, const std::string& raw, Body raw_body,
                  const ListStorePoint& at) {
  MeasureOn(Floor(raw, at), "", at.shape, raw_body);
  MeasureOn("Sweep/" + what + "/" + at.name, Floor(raw, at), at.shape, body);
}

}  // namespace

void RegisterSweepReads(const ListStorePoint& at) {
  AddWithFloor("AdjacentDiff", AdjacentDiff, "GetVersionRow", GetVersionRow, at);
  AddWithFloor("AsOfRead", AsOfRead, "GetAsOfRows", GetAsOfRows, at);
  AddWithFloor("History", History, "ScanVersionRows", ScanVersionRows, at);
}

void RegisterSweepCommits(const ListStorePoint& at) {
  AddWithFloor("Commit", Commit, "WriteCommitRows", WriteCommitRows, at);
}

}  // namespace switchback::bench
