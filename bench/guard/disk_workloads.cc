// Bytes a version, and file operations a commit, a read and an open: on RocksDB, in a folder that
// goes with the process.
#include <functional>
#include <utility>

#include "api/store_impl.h"
#include "engine/rocksdb_testing.h"
#include "guard/counting_file_system.h"
#include "guard/sample_table.h"
#include "guard/workload.h"
#include "scratch/folder_files.h"
#include "scratch/scratch_folder.h"

namespace switchback::guard {
namespace {

constexpr uint64_t kSeed = 23;

// All files of a store that `fill` has filled, compacted and closed.
uint64_t BytesAfter(const std::function<void(Store&, SteppedClock&)>& fill) {
  const auto folder = Must(bench::ScratchFolder::Make("guard"));
  SteppedClock clock;
  {
    const auto store = Must(Store::Create(folder / "store", MakeOptions(clock)));
    fill(*store, clock);
    Must(store->Compact());
  }
  return bench::SizeOfFolder(folder / "store").bytes;
}

Outcome BytesEach(uint64_t bytes, uint64_t first, size_t versions, const char* unit) {
  return {0, {{"bytes", static_cast<double>(bytes - first) / static_cast<double>(versions), unit}}};
}

// One-endpoint commits with author, message and ticket; first lists included.
Outcome BytesSmallLists() {
  constexpr size_t kCommits = 5'000;
  const uint64_t bytes = BytesAfter([](Store& store, SteppedClock& clock) {
    SampleTable table(100, 100, kSeed);
    FillStore(store, table, clock, kCommits, 1);
  });
  return BytesEach(bytes, 0, kCommits, "bytes a commit");
}

// Ten-endpoint versions of one large list over two checkpoints; the first list taken off.
Outcome BytesLargeList() {
  constexpr size_t kCommits = 6'000;
  constexpr size_t kEndpoints = 100'000;
  const auto bytes_with = [](size_t commits) {
    return BytesAfter([commits](Store& store, SteppedClock& clock) {
      SampleTable table(1, kEndpoints, kSeed);
      FillStore(store, table, clock, commits, 10);
    });
  };
  return BytesEach(bytes_with(kCommits), bytes_with(0), kCommits, "bytes a version");
}

// Every third commit puts an older version of one ID back.
void CommitAndRestore(Store& store, SampleTable& table, SteppedClock& clock, size_t commits) {
  Must(store.Commit(table.FirstLists(), table.NextOptions()));
  CommitOptions restore;
  restore.operation = Operation::kRestore;
  restore.author = "ann";
  restore.durability = Durability::kBuffered;
  for (size_t i = 1; i <= commits; ++i) {
    clock.Step();
    if (i % 3 != 0) {
      // Whole lists: after a restore the table's own edits would no longer fit.
      Change change;
      const size_t number = table.Draw(table.size());
      change.ids.push_back({table.id(number), Replace{UniformList(100, i % 40)}, std::nullopt});
      Must(store.Commit(change, table.NextOptions()));
      continue;
    }
    const BusinessId& id = table.id(table.Draw(table.size()));
    const uint64_t head = Must(store.Read(id))->version.value;
    Must(store.Restore({{id, Version{1 + table.Draw(head)}, {}}}, restore));
  }
}

Outcome BytesRestores() {
  constexpr size_t kCommits = 3'000;
  const uint64_t bytes = BytesAfter([](Store& store, SteppedClock& clock) {
    SampleTable table(100, 100, kSeed);
    CommitAndRestore(store, table, clock, kCommits);
  });
  return BytesEach(bytes, 0, kCommits, "bytes a commit");
}

// -- File operations ------------------------------------------------------------------------------

// A store over counted files; what has been counted since Begin.
class CountedStore {
 public:
  CountedStore(const std::string& path, bool create, const SteppedClock& clock,
               size_t block_cache_bytes) {
    RocksDbEngineOptions options;
    options.create = create;
    options.block_cache_bytes = block_cache_bytes;
    Begin();
    auto engine = Must(OpenRocksDbEngineForTesting(path, options, {.env = env_.get()}));
    CreateOptions create_options = MakeOptions(clock);
    create_options.open.list_cache_bytes = 0;
    store_ = Must(create ? StoreImpl::Create(std::move(engine), create_options)
                         : StoreImpl::Open(std::move(engine), create_options.open));
  }
  Store& operator*() { return *store_; }
  Store* operator->() { return store_.get(); }
  void Begin() {
    counts_.writes = counts_.bytes_written = counts_.syncs = 0;
    counts_.reads = counts_.bytes_read = counts_.files_opened = 0;
  }
  // Each over `times`.
  [[nodiscard]] std::vector<Figure> Writes(size_t times, const std::string& of) const {
    return {{"writes", Over(counts_.writes, times), "writes " + of},
            {"syncs", Over(counts_.syncs, times), "syncs " + of},
            {"bytes_written", Over(counts_.bytes_written, times), "bytes written " + of}};
  }
  [[nodiscard]] std::vector<Figure> Reads(size_t times, const std::string& of) const {
    return {{"reads", Over(counts_.reads, times), "reads " + of},
            {"bytes_read", Over(counts_.bytes_read, times), "bytes read " + of}};
  }
  [[nodiscard]] Figure Opened() const {
    return {"files", Over(counts_.files_opened, 1), "files opened an open"};
  }

 private:
  static double Over(uint64_t count, size_t times) {
    return static_cast<double>(count) / static_cast<double>(times);
  }
  FileCounts counts_;
  std::unique_ptr<rocksdb::Env> env_ = NewCountingEnv(counts_);
  std::unique_ptr<Store> store_;
};

constexpr size_t kNoCache = 0;
constexpr size_t kCache = size_t{64} << 20;

// A store of small lists with 3,000 commits behind them, compacted and closed.
class CompactedStore {
 public:
  CompactedStore() {
    CountedStore store(path(), true, clock_, kCache);
    FillStore(*store, table_, clock_, 3'000, 1);
    Must(store->Compact());
  }
  [[nodiscard]] CountedStore Open(size_t block_cache_bytes) const {
    return {path(), false, clock_, block_cache_bytes};
  }
  [[nodiscard]] const SampleTable& table() const { return table_; }

 private:
  [[nodiscard]] std::string path() const { return folder_ / "store"; }

  bench::ScratchFolder folder_ = Must(bench::ScratchFolder::Make("guard"));
  SteppedClock clock_;
  SampleTable table_{100, 100, kSeed};
};

// Few enough that the log is not full meanwhile: what a flush costs is its own.
Outcome IoCommit() {
  constexpr size_t kCommits = 500;
  const auto folder = Must(bench::ScratchFolder::Make("guard"));
  SteppedClock clock;
  SampleTable table(100, 100, kSeed);
  CountedStore store(folder / "store", true, clock, kCache);
  FillStore(*store, table, clock, 500, 1);
  Must(store->Compact());
  store.Begin();
  for (size_t i = 0; i < kCommits; ++i) {
    clock.Step();
    Must(store->Commit(table.NextChange(1), table.NextOptions(Durability::kSynced)));
  }
  return {0, store.Writes(kCommits, "a commit")};
}

// Without a block cache each block that is needed is read: what a cold read costs.
Outcome IoRead(bool as_of) {
  constexpr size_t kReads = 1'000;
  const CompactedStore compacted;
  const SampleTable& table = compacted.table();
  CountedStore store = compacted.Open(kNoCache);
  const auto view = Must(store->NewView());
  store.Begin();
  for (size_t i = 0; i < kReads; ++i) {
    const BusinessId& id = table.id(i % table.size());
    if (as_of) {
      Use(Must(view->Read(id, Version{1 + i % 10})));
    } else {
      Use(Must(view->Read(id)));
    }
  }
  return {0, store.Reads(kReads, "a read")};
}
Outcome IoReadHead() {
  return IoRead(false);
}
Outcome IoReadAsOf() {
  return IoRead(true);
}

Outcome IoOpen() {
  const CompactedStore compacted;
  CountedStore store = compacted.Open(kCache);
  std::vector<Figure> figures = store.Reads(1, "an open");
  figures.push_back(store.Opened());
  return {0, std::move(figures)};
}

constexpr Workload kWorkloads[] = {
    {"bytes-small-lists", Measure::kFigures, {}, BytesSmallLists},
    {"bytes-large-list", Measure::kFigures, {}, BytesLargeList},
    {"bytes-restores", Measure::kFigures, {}, BytesRestores},
    {"io-commit", Measure::kFigures, {}, IoCommit},
    {"io-read-head", Measure::kFigures, {}, IoReadHead},
    {"io-read-as-of", Measure::kFigures, {}, IoReadAsOf},
    {"io-open", Measure::kFigures, {}, IoOpen},
};

}  // namespace

std::span<const Workload> DiskWorkloads() {
  return kWorkloads;
}

}  // namespace switchback::guard
