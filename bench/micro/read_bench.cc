// Reading one list: by ID, if newer, through a view, without a cache, one key of it; and the names
// of versions.
#include "history/head_row.h"
#include "history/row_keys.h"
#include "micro/program.h"
#include "micro/store_benches.h"

namespace switchback::bench {
namespace {

// Warm: from the store's caches where the list fits them. No floor: a hit reads no row at all.
void ReadHead(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  for (auto _ : state) benchmark::DoNotOptimize(Must(list.store().Read(list.id())));
}

void ReadIfNewer(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  const Version known = Must(list.store().Read(list.id()))->version;
  for (auto _ : state) {
    if (Must(list.store().ReadIfNewer(list.id(), known)) != nullptr) state.SkipWithError("newer");
  }
}

void GetHeadRow(benchmark::State& state, const Shape& shape) {
  const ListStore& list = ListStore::Of(shape);
  const std::string key = HeadKey(list.id());
  for (auto _ : state) {
    if (list.raw().Get(Space::kState, key) == 0) state.SkipWithError("no row");
  }
}

void MakeView(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  for (auto _ : state) benchmark::DoNotOptimize(Must(list.store().NewView()));
}

// The newest version, put together from its rows each time.
void ReadUncached(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  const auto view = Must(list.reader().NewView());
  for (auto _ : state) benchmark::DoNotOptimize(Must(view->Read(list.id())));
  CountItems(state, shape.size);
}

// The head row alone where it holds the list; else also what the list is put together from.
void GetNewestRows(benchmark::State& state, const Shape& shape) {
  const ListStore& list = ListStore::Of(shape);
  const RawRow head = list.raw().Row(Space::kState, HeadKey(list.id()));
  const bool in_head = Must(DecodeHeadRow(head.value)).has_block;
  const RowPath path = PathTo(list.raw(), list.id(), list.last());
  for (auto _ : state) {
    benchmark::DoNotOptimize(list.raw().Get(Space::kState, head.key));
    if (in_head) continue;
    benchmark::DoNotOptimize(list.raw().ScanBack(Space::kHistory, path.start, path.rows));
    benchmark::DoNotOptimize(list.raw().MultiGet(Space::kChunks, path.chunk_keys));
  }
}

void Contains(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  const auto view = Must(list.store().NewView());
  for (auto _ : state) {
    benchmark::DoNotOptimize(Must(view->Contains(list.id(), list.key())));
  }
}

void ResolveTime(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  const auto view = Must(list.reader().NewView());
  const VersionInfo middle = Must(view->Describe(list.id(), list.middle()));
  const Selector selector = TimeSelector{middle.commit.effective_time};
  for (auto _ : state) {
    if (Must(view->Resolve(list.id(), selector)).version != list.middle()) {
      state.SkipWithError("another version");
    }
  }
}

void ResolveRevision(benchmark::State& state, const Shape& shape) {
  ListStore& list = ListStore::Of(shape);
  const auto view = Must(list.reader().NewView());
  const VersionInfo middle = Must(view->Describe(list.id(), list.middle()));
  const Selector selector = RevisionSelector{middle.commit.revision, false};
  for (auto _ : state) {
    if (Must(view->Resolve(list.id(), selector)).version != list.middle()) {
      state.SkipWithError("another version");
    }
  }
}

}  // namespace

void RegisterReads(const ListStorePoint& at) {
  const std::string head = "Floor/RocksDb/GetHeadRow/" + at.name;
  const std::string rows = "Floor/RocksDb/GetNewestRows/" + at.name;
  MeasureOn(head, "", at.shape, GetHeadRow);
  MeasureOn("Read/Head/" + at.name, "", at.shape, ReadHead);
  MeasureOn("Read/IfNewer/" + at.name, "", at.shape, ReadIfNewer);
  MeasureOn("Read/View/" + at.name, "", at.shape, MakeView);
  MeasureOn("Read/Contains/" + at.name, head, at.shape, Contains);
  MeasureOn(rows, "", at.shape, GetNewestRows);
  MeasureOn("Read/Uncached/" + at.name, rows, at.shape, ReadUncached);
}

void RegisterResolves(const ListStorePoint& at) {
  const std::string floor = "Floor/RocksDb/GetVersionRow/" + at.name;
  MeasureOn("Resolve/Time/" + at.name, floor, at.shape, ResolveTime);
  MeasureOn("Resolve/Revision/" + at.name, floor, at.shape, ResolveRevision);
}

}  // namespace switchback::bench
