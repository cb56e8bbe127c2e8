// Workloads on a store. All but one are on the in-memory engine, which has no thread of its own;
// `read-rocksdb` only reads what was compacted before, so RocksDB's threads have nothing to do.
#include <cstdlib>
#include <filesystem>

#include "guard/counted_section.h"
#include "guard/sample_table.h"
#include "guard/workload.h"
#include "scratch/scratch_folder.h"

namespace switchback::guard {
namespace {

constexpr size_t kIds = 100;
constexpr size_t kEndpoints = 100;
constexpr uint64_t kSeed = 11;

// A table of 100 IDs of 100 endpoints, each some 20 one-endpoint versions old.
struct Filled {
  explicit Filled(size_t commits = 2'000) {
    store = MakeMemoryStore(clock);
    FillStore(*store, table, clock, commits, 1);
  }
  SampleTable table{kIds, kEndpoints, kSeed};
  SteppedClock clock;
  std::unique_ptr<Store> store;
};

Outcome CommitOne() {
  constexpr size_t kCommits = 2'000;
  Filled filled(100);
  std::vector<Change> changes;
  std::vector<CommitOptions> options;
  changes.reserve(kCommits);
  options.reserve(kCommits);
  for (size_t i = 0; i < kCommits; ++i) {
    changes.push_back(filled.table.NextChange(1));
    options.push_back(filled.table.NextOptions());
  }
  {
    const CountedSection counted;
    for (size_t i = 0; i < kCommits; ++i) {
      filled.clock.Step();
      Use(Must(filled.store->Commit(changes[i], options[i])));
    }
  }
  return {kCommits, {}};
}

Outcome CommitTenLarge() {
  constexpr size_t kCommits = 100;
  SampleTable table(1, 100'000, kSeed);
  SteppedClock clock;
  const auto store = MakeMemoryStore(clock);
  FillStore(*store, table, clock, 10, 10);
  std::vector<Change> changes;
  changes.reserve(kCommits);
  for (size_t i = 0; i < kCommits; ++i) changes.push_back(table.NextChange(10));
  {
    const CountedSection counted;
    for (const Change& change : changes) Use(Must(store->Commit(change, table.NextOptions())));
  }
  return {kCommits, {}};
}

// Texts of endpoints to a revision, as an import makes it of a line, several IDs each.
Outcome ImportTexts() {
  constexpr size_t kRevisions = 200;
  SampleTable table(kIds, kEndpoints, kSeed);
  SteppedClock clock;
  const auto store = MakeMemoryStore(clock);
  std::vector<std::string> lists;
  lists.reserve(kRevisions);
  for (size_t i = 0; i < kRevisions; ++i) lists.push_back(ShuffledText(UniformList(50, i), i));
  {
    const CountedSection counted;
    for (size_t i = 0; i < kRevisions; ++i) {
      Change change;
      for (size_t j = 0; j < 4; ++j) {
        EditEndpoints edits;
        const std::string_view text = lists[(i + j) % kRevisions];
        for (size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
          const std::string_view line = text.substr(at, text.find('\n', at) - at);
          edits.edits.push_back({EditKind::kSet, Must(ParseEndpoint(line)), false});
        }
        change.ids.push_back({table.id((i * 4 + j) % kIds), std::move(edits), std::nullopt});
      }
      CommitOptions options;
      options.operation = Operation::kImport;
      options.author = "importer";
      options.durability = Durability::kBuffered;
      options.time = Timestamp{clock.now().micros - static_cast<int64_t>(kRevisions - i)};
      Use(Must(store->Commit(change, options)));
    }
  }
  return {kRevisions, {}};
}

Outcome ReadHeads() {
  constexpr size_t kReads = 10'000;
  const Filled filled;
  {
    const CountedSection counted;
    for (size_t i = 0; i < kReads; ++i) Use(Must(filled.store->Read(filled.table.id(i % kIds))));
  }
  return {kReads, {}};
}

Outcome ReadAsOf() {
  constexpr size_t kReads = 2'000;
  const Filled filled;
  const int64_t end = filled.clock.now().micros;
  const auto view = Must(filled.store->NewView());
  {
    const CountedSection counted;
    for (size_t i = 0; i < kReads; ++i) {
      const BusinessId& id = filled.table.id(i % kIds);
      const Timestamp time{end - static_cast<int64_t>(i) * 7'000'000};
      const ResolvedVersion found = Must(view->Resolve(id, TimeSelector{time}));
      Use(Must(view->Read(id, found.version)));
    }
  }
  return {kReads, {}};
}

Outcome DiffAdjacent() {
  constexpr size_t kDiffs = 5'000;
  const Filled filled;
  const auto view = Must(filled.store->NewView());
  {
    const CountedSection counted;
    for (size_t i = 0; i < kDiffs; ++i) {
      const BusinessId& id = filled.table.id(i % kIds);
      const uint64_t version = 2 + i % 5;
      Use(Must(view->Diff({id, Version{version - 1}}, {id, Version{version}})));
    }
  }
  return {kDiffs, {}};
}

Outcome DiffHundredApart() {
  constexpr size_t kDiffs = 200;
  SampleTable table(1, 20'000, kSeed);
  SteppedClock clock;
  const auto store = MakeMemoryStore(clock);
  FillStore(*store, table, clock, 400, 1);
  const auto view = Must(store->NewView());
  {
    const CountedSection counted;
    for (uint64_t i = 1; i <= kDiffs; ++i) {
      Use(Must(view->Diff({table.id(0), Version{i}}, {table.id(0), Version{i + 100}})));
    }
  }
  return {kDiffs, {}};
}

Outcome ReadHistory() {
  const Filled filled;
  const auto view = Must(filled.store->NewView());
  uint64_t versions = 0;
  {
    const CountedSection counted;
    for (size_t i = 0; i < kIds; ++i) {
      const auto cursor = Must(view->History(filled.table.id(i)));
      while (Must(cursor->Next())) ++versions;
    }
  }
  return {versions, {}};
}

Outcome RestoreOne() {
  constexpr size_t kRestores = 1'000;
  Filled filled;
  CommitOptions options;
  options.operation = Operation::kRestore;
  options.author = "ann";
  options.durability = Durability::kBuffered;
  {
    const CountedSection counted;
    for (size_t i = 0; i < kRestores; ++i) {
      filled.clock.Step();
      const RestoreTarget target{filled.table.id(i % kIds), Version{1 + i / kIds % 5}, {}};
      Use(Must(filled.store->Restore({target}, options)));
    }
  }
  return {kRestores, {}};
}

Outcome RestoreAll() {
  constexpr size_t kRestores = 20;
  Filled filled;
  CommitOptions options;
  options.operation = Operation::kRestoreAll;
  options.author = "ann";
  options.durability = Durability::kBuffered;
  {
    const CountedSection counted;
    for (size_t i = 0; i < kRestores; ++i) {
      filled.clock.Step();
      Use(Must(filled.store->RestoreTable(Revision{100 + i * 50}, {}, options)));
    }
  }
  return {kRestores, {}};
}

Outcome ReadFromRocksDb() {
  constexpr size_t kReads = 10'000;
  const auto folder = Must(bench::ScratchFolder::Make("guard"));
  SampleTable table(kIds, kEndpoints, kSeed);
  SteppedClock clock;
  {
    const auto store = Must(Store::Create(folder / "store", MakeOptions(clock)));
    FillStore(*store, table, clock, 500, 1);
    Must(store->Compact());
  }
  OpenOptions options;
  options.read_only = true;
  const auto store = Must(Store::Open(folder / "store", options));
  // Through a view: the store itself may answer from lists that it keeps.
  const auto view = Must(store->NewView());
  for (size_t i = 0; i < kIds; ++i) Use(Must(view->Read(table.id(i))));  // warms the block cache
  {
    const CountedSection counted;
    for (size_t i = 0; i < kReads; ++i) Use(Must(view->Read(table.id(i % kIds))));
  }
  return {kReads, {}};
}

constexpr Workload kWorkloads[] = {
    {"commit-one", Measure::kInstructions, "commit", CommitOne},
    {"commit-ten-of-100k", Measure::kInstructions, "commit", CommitTenLarge},
    {"import-texts", Measure::kInstructions, "revision", ImportTexts},
    {"read-heads", Measure::kInstructions, "read", ReadHeads},
    {"read-rocksdb", Measure::kInstructions, "read", ReadFromRocksDb},
    {"read-as-of", Measure::kInstructions, "read", ReadAsOf},
    {"diff-adjacent", Measure::kInstructions, "diff", DiffAdjacent},
    {"diff-100-apart", Measure::kInstructions, "diff", DiffHundredApart},
    {"read-history", Measure::kInstructions, "version", ReadHistory},
    {"restore-one", Measure::kInstructions, "restore", RestoreOne},
    {"restore-all", Measure::kInstructions, "restore", RestoreAll},
};

}  // namespace

std::span<const Workload> StoreWorkloads() {
  return kWorkloads;
}

}  // namespace switchback::guard
