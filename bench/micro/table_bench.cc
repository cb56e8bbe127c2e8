// The whole table: lists by ID, all IDs, what two revisions differ in; opening it.
#include <random>

#include "history/row_keys.h"
#include "micro/axes.h"
#include "micro/program.h"
#include "micro/store_benches.h"

namespace switchback::bench {
namespace {

// Few enough that the store's cache of heads holds them all, however many IDs there are.
constexpr size_t kReadIds = 4096;

// IDs in random order, the same for ours and the floor.
std::vector<BusinessId> SomeIds(const TableStore& table) {
  std::mt19937_64 random(9);
  std::vector<BusinessId> ids;
  ids.reserve(kReadIds);
  for (size_t i = 0; i < kReadIds; ++i) ids.push_back(table.ids()[random() % table.ids().size()]);
  return ids;
}

void ReadFrom(benchmark::State& state, const Store& store, const std::vector<BusinessId>& ids) {
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(Must(store.Read(ids[next++ % ids.size()])));
  }
  CountItems(state, 1);
}

// Warm: after the first round a hit in the cache of heads, which reads no row: hence no floor.
void ReadById(benchmark::State& state, const TableShape& shape) {
  TableStore& table = TableStore::Of(shape);
  ReadFrom(state, table.store(), SomeIds(table));
}

// The row is read and the list decoded each time.
void ReadByIdUncached(benchmark::State& state, const TableShape& shape) {
  TableStore& table = TableStore::Of(shape);
  ReadFrom(state, table.reader(), SomeIds(table));
}

void GetHeads(benchmark::State& state, const TableShape& shape) {
  const TableStore& table = TableStore::Of(shape);
  std::vector<std::string> keys;
  keys.reserve(kReadIds);
  for (const BusinessId& id : SomeIds(table)) keys.push_back(HeadKey(id));
  size_t next = 0;
  for (auto _ : state) {
    if (table.raw().Get(Space::kState, keys[next++ % keys.size()]) == 0) {
      state.SkipWithError("no row");
    }
  }
  CountItems(state, 1);
}

void ListIds(benchmark::State& state, const TableShape& shape) {
  TableStore& table = TableStore::Of(shape);
  const auto view = Must(table.store().NewView());
  for (auto _ : state) {
    const auto cursor = Must(view->Table());
    size_t ids = 0;
    while (Must(cursor->Next())) ++ids;
    if (ids != shape.ids) state.SkipWithError("not all IDs");
  }
  CountItems(state, shape.ids);
}

void ScanHeads(benchmark::State& state, const TableShape& shape) {
  const TableStore& table = TableStore::Of(shape);
  const std::string last = HeadKey(table.ids().back());
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.raw().ScanBack(Space::kState, last, shape.ids));
  }
  CountItems(state, shape.ids);
}

// Between the tables before and after every ID was edited.
void DiffTables(benchmark::State& state, const TableShape& shape) {
  TableStore& table = TableStore::Of(shape);
  const auto view = Must(table.store().NewView());
  for (auto _ : state) {
    const auto cursor = Must(view->DiffTable(table.first(), table.second()));
    size_t ids = 0;
    while (Must(cursor->Next())) ++ids;
    if (ids != shape.ids) state.SkipWithError("not all IDs");
  }
  CountItems(state, shape.ids);
}

// For writing, after a clean close.
void OpenStore(benchmark::State& state, const TableShape& shape) {
  TableStore& table = TableStore::Of(shape);
  for (auto _ : state) {
    state.PauseTiming();
    table.Close();
    state.ResumeTiming();
    table.Open();
  }
}

void OpenRaw(benchmark::State& state, const TableShape& shape) {
  TableStore& table = TableStore::Of(shape);
  table.Close();
  for (auto _ : state) {
    std::unique_ptr<Database> raw =
        Must(Database::Open(table.path(), RocksDbEngineOptions(), nullptr));
    state.PauseTiming();
    raw.reset();
    state.ResumeTiming();
  }
  table.Open();
}

// Lists of another length than the axis has say so.
std::string PointOf(const TableShape& shape) {
  const std::string ids = At("ids", shape.ids);
  return shape.size == TableShape().size ? ids : ids + "/" + At("size", shape.size);
}

}  // namespace

void RegisterTableReads(const TableShape& shape) {
  const std::string point = PointOf(shape);
  const std::string heads = "Floor/RocksDb/GetHeads/" + point;
  MeasureOn(heads, "", shape, GetHeads);
  MeasureOn("Read/ById/" + point, "", shape, ReadById);
  MeasureOn("Read/ByIdUncached/" + point, heads, shape, ReadByIdUncached);
  const std::string scan = "Floor/RocksDb/ScanHeads/" + point;
  MeasureOn(scan, "", shape, ScanHeads);
  MeasureOn("Table/List/" + point, scan, shape, ListIds);
  if (shape.two_versions) MeasureOn("Table/Diff/" + point, scan, shape, DiffTables);
}

void RegisterTableOpens(const TableShape& shape) {
  const std::string raw = "Floor/RocksDb/Open/" + PointOf(shape);
  MeasureOn(raw, "", shape, OpenRaw)->UseRealTime();
  MeasureOn("Table/Open/" + PointOf(shape), RealTime(raw), shape, OpenStore)->UseRealTime();
}

}  // namespace switchback::bench
