// Diffs of versions further apart, and of two IDs.
#include "history/row_keys.h"
#include "micro/axes.h"
#include "micro/program.h"
#include "micro/store_benches.h"

namespace switchback::bench {
namespace {

void Diff(benchmark::State& state, const Shape& shape, size_t apart) {
  ListStore& list = ListStore::Of(shape);
  const auto view = Must(list.reader().NewView());
  const VersionRef from{list.id(), Version{list.last().value - apart}};
  const VersionRef to{list.id(), list.last()};
  for (auto _ : state) {
    if (Must(view->Diff(from, to)).empty()) state.SkipWithError("no difference");
  }
}

void ScanBetween(benchmark::State& state, const Shape& shape, size_t apart) {
  const ListStore& list = ListStore::Of(shape);
  const std::string start = VersionKey(list.id(), list.last());
  for (auto _ : state) {
    benchmark::DoNotOptimize(list.raw().ScanBack(Space::kHistory, start, apart));
  }
}

// The newest version against another ID's, which has the list of the middle version.
void DiffAcross(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  const auto view = Must(list.reader().NewView());
  const VersionRef from{list.copy_id(), Version{1}};
  const VersionRef to{list.id(), list.last()};
  for (auto _ : state) {
    if (Must(view->Diff(from, to)).empty()) state.SkipWithError("no difference");
  }
}

}  // namespace

void RegisterDiffs(const ListStorePoint& at) {
  const Shape shape = at.shape;
  // The last reaches down to the first version.
  for (const size_t apart : {size_t{10}, size_t{100}, size_t{1'000}, shape.history}) {
    const std::string point = At("apart", apart) + "/" + at.name;
    const std::string floor = "Floor/RocksDb/ScanBetween/" + point;
    Measure(floor, "", [=](benchmark::State& state) { ScanBetween(state, shape, apart); });
    Measure("Diff/Apart/" + point, floor,
            [=](benchmark::State& state) { Diff(state, shape, apart); });
  }
  // Both lists read, in the worst case.
  Measure("Diff/AcrossIds/" + at.name, "Floor/RocksDb/GetNewestRows/" + at.name,
          [=](benchmark::State& state) { DiffAcross(state, shape); });
}

}  // namespace switchback::bench
