// Restores: of one list, of many IDs at once, of the whole table.
#include "history/row_keys.h"
#include "micro/axes.h"
#include "micro/program.h"
#include "micro/store_benches.h"

namespace switchback::bench {
namespace {

CommitOptions Options(Durability durability) {
  CommitOptions options;
  options.operation = Operation::kRestore;
  options.author = "bench";
  options.message = "restore";
  options.durability = durability;
  return options;
}

// Back to an older version, and to the newest of the first history again, in turn.
void RestoreOne(benchmark::State& state, const Shape& shape, size_t back, Durability durability) {
  ListStore& list = ListStore::Of(shape);
  const CommitOptions options = Options(durability);
  bool there = false;
  for (auto _ : state) {
    const Version target{there ? list.last().value : list.last().value - back};
    there = !there;
    Must(list.store().Restore({{list.id(), target}}, options));
  }
}

// To the first and the second version in turn.
void RestoreIds(benchmark::State& state, const TableShape& shape) {
  TableStore& table = TableStore::Of(shape);
  std::vector<RestoreTarget> targets;
  for (const BusinessId& id : table.ids()) targets.push_back({id, Version{1}});
  const CommitOptions options = Options(Durability::kBuffered);
  for (auto _ : state) {
    Must(table.store().Restore(targets, options));
    const Version next{3 - targets.front().version.value};
    for (RestoreTarget& target : targets) target.version = next;
  }
  CountItems(state, targets.size());
}

void RestoreTable(benchmark::State& state, const TableShape& shape) {
  TableStore& table = TableStore::Of(shape);
  const CommitOptions options = Options(Durability::kBuffered);
  bool first = true;
  for (auto _ : state) {
    Must(table.store().RestoreTable(first ? table.first() : table.second(), "", options));
    first = !first;
  }
  CountItems(state, table.ids().size());
}

// What a restore of every ID can't do without: both rows of each read, a version row and a head
// row of each written, in one batch.
void RestoreRowsRaw(benchmark::State& state, const TableShape& shape) {
  const TableStore& table = TableStore::Of(shape);
  std::vector<std::string> heads;
  std::vector<std::string> versions;
  std::vector<RawRow> rows;
  for (const BusinessId& id : table.ids()) {
    heads.push_back(HeadKey(id));
    versions.push_back(VersionKey(id, Version{1}));
    rows.push_back({Space::kHistory, VersionKey(id, Version{3}), std::string(12, 'x')});
    rows.push_back(table.raw().Row(Space::kState, HeadKey(id)));
  }
  const RawDatabase own;
  for (auto _ : state) {
    benchmark::DoNotOptimize(table.raw().MultiGet(Space::kState, heads));
    benchmark::DoNotOptimize(table.raw().MultiGet(Space::kHistory, versions));
    own.Write(rows, /*sync=*/false);
  }
  CountItems(state, table.ids().size());
}

}  // namespace

void RegisterRestoresOfOne(const ListStorePoint& at) {
  const Shape shape = at.shape;
  for (const size_t back : Points({10, 100, 1'000}, {100})) {
    const std::string point = At("back", back) + "/" + at.name;
    Measure(
        "Restore/One/" + point, "Floor/RocksDb/WriteCommitRows/" + at.name,
        [=](benchmark::State& state) { RestoreOne(state, shape, back, Durability::kBuffered); });
  }
  // One is enough to compare with a synced put: syncs take their time.
  const std::string synced = RealTime("Floor/RocksDb/SyncedWrite/" + at.name);
  Measure("Restore/OneSynced/back:100/" + at.name, synced, [=](benchmark::State& state) {
    RestoreOne(state, shape, 100, Durability::kSynced);
  })->UseRealTime();
}

void RegisterTableRestores(const TableShape& shape) {
  const std::string point = At("ids", shape.ids);
  const std::string floor = "Floor/RocksDb/RestoreRows/" + point;
  Measure(floor, "", [=](benchmark::State& state) { RestoreRowsRaw(state, shape); });
  Measure("Restore/Ids/" + point, floor,
          [=](benchmark::State& state) { RestoreIds(state, shape); });
  Measure("Restore/Table/" + point, floor,
          [=](benchmark::State& state) { RestoreTable(state, shape); });
}

}  // namespace switchback::bench
