// The store on a large list: 1,000,000 uniform IPv4 hosts with 1,000 versions of ten edits each.
// Rows are named after the targets in doc/measurements.md; "floor" rows are what the same disk does
// raw.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <set>
#include <string>

#include "switchback/store.h"

namespace switchback {
namespace {

constexpr size_t kEndpoints = 1'000'000;
constexpr int kVersions = 1'000;
constexpr int kEdits = 10;

template <typename T>
T Must(Result<T> result) {
  if (!result) {
    std::fprintf(stderr, "%s\n", result.error().message.c_str());
    std::abort();
  }
  return std::move(*result);
}

OwnedEndpoint Host(uint32_t address, uint32_t weight) {
  return {{{Family::kIPv4, 0, address}, 32, 8000}, weight, {}};
}

// One store for all benchmarks of a run, in a folder that goes with the process.
class LargeList {
 public:
  static LargeList& Get() {
    static LargeList instance;
    return instance;
  }
  Store& store() { return *store_; }
  const BusinessId& id() const { return id_; }
  const std::string& folder() const { return folder_; }
  Version head() { return Must(store_->Read(id_))->version; }

  // Ten edits that fit the current list: adds of new hosts and removes of some that were added.
  Change SomeEdits() {
    EditEndpoints edits;
    std::set<uint32_t> fresh;
    for (int i = 0; i < kEdits; ++i) {
      if (i % 2 == 0 || added_.size() < kEdits) {
        uint32_t address = static_cast<uint32_t>(random_());
        while (!used_.insert(address).second) address = static_cast<uint32_t>(random_());
        edits.edits.push_back({EditKind::kAdd, Host(address, 100), false});
        fresh.insert(address);
      } else {
        const auto at = std::next(added_.begin(), static_cast<int>(random_() % added_.size()));
        edits.edits.push_back({EditKind::kRemove, Host(*at, 100), false});
        used_.erase(*at);
        added_.erase(at);
      }
    }
    added_.insert(fresh.begin(), fresh.end());
    Change change;
    change.ids.push_back({id_, std::move(edits), std::nullopt});
    return change;
  }

 private:
  LargeList() : id_(*BusinessId::Parse("big")) {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "switchback-bench-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    CreateOptions options{"bench", {}};
    options.open.list_cache_bytes = size_t{256} << 20;
    store_ = Must(Store::Create(folder_ + "/store", options));
    while (used_.size() < kEndpoints) used_.insert(static_cast<uint32_t>(random_()));
    EndpointListBuilder builder;
    for (const uint32_t address : used_) builder.Append(Host(address, 100).view());
    Change change;
    change.ids.push_back({id_, Replace{builder.Finish()}, std::nullopt});
    CommitOptions commit;
    commit.author = "bench";
    Must(store_->Commit(change, commit));
    commit.durability = Durability::kBuffered;
    for (int i = 0; i < kVersions; ++i) Must(store_->Commit(SomeEdits(), commit));
    if (!store_->Compact()) std::abort();
  }
  ~LargeList() {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  BusinessId id_;
  std::mt19937 random_{42};
  std::set<uint32_t> used_;
  std::set<uint32_t> added_;
  std::string folder_;
  std::unique_ptr<Store> store_;
};

void DiffApart(benchmark::State& state) {
  LargeList& large = LargeList::Get();
  const auto view = Must(large.store().NewView());
  const uint64_t head = kVersions + 1;
  const uint64_t apart = static_cast<uint64_t>(state.range(0));
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        Must(view->Diff({large.id(), Version{head - apart}}, {large.id(), Version{head}})));
  }
}
BENCHMARK(DiffApart)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);

void ReadVersion(benchmark::State& state) {
  LargeList& large = LargeList::Get();
  // A cache too small for the list: every read goes to the base and the scripts.
  OpenOptions options;
  options.read_only = true;
  options.list_cache_bytes = 0;
  const auto store = Must(Store::Open(large.folder() + "/store", options));
  const auto view = Must(store->NewView());
  const Version version{static_cast<uint64_t>(state.range(0))};
  for (auto _ : state) benchmark::DoNotOptimize(Must(view->Read(large.id(), version)));
}
BENCHMARK(ReadVersion)->Arg(1)->Arg(500)->Arg(kVersions + 1)->Unit(benchmark::kMillisecond);

void Contains(benchmark::State& state) {
  LargeList& large = LargeList::Get();
  const auto view = Must(large.store().NewView());
  const EndpointKey key = Host(0x0a000001, 0).key;
  for (auto _ : state) benchmark::DoNotOptimize(Must(view->Contains(large.id(), key)));
}
BENCHMARK(Contains)->Unit(benchmark::kMicrosecond);

void CommitTenEdits(benchmark::State& state) {
  LargeList& large = LargeList::Get();
  CommitOptions options;
  options.author = "bench";
  options.durability = state.range(0) != 0 ? Durability::kSynced : Durability::kBuffered;
  for (auto _ : state) {
    state.PauseTiming();
    const Change change = large.SomeEdits();
    state.ResumeTiming();
    Must(large.store().Commit(change, options));
  }
}
BENCHMARK(CommitTenEdits)
    ->ArgName("synced")
    ->Arg(0)
    ->Arg(1)
    ->Unit(benchmark::kMicrosecond)
    ->Iterations(200)
    ->UseRealTime();

void RestoreBack(benchmark::State& state) {
  LargeList& large = LargeList::Get();
  CommitOptions options;
  options.author = "bench";
  options.operation = Operation::kRestore;
  const uint64_t back = static_cast<uint64_t>(state.range(0));
  const uint64_t head = kVersions + 1;
  // Back to an older version, and to the newest of the first history again, in turn.
  bool there = false;
  for (auto _ : state) {
    const Version target{there ? head : head - back};
    there = !there;
    Must(large.store().Restore({{large.id(), target, std::nullopt}}, options));
  }
}
BENCHMARK(RestoreBack)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000)
    ->Unit(benchmark::kMicrosecond)
    ->Iterations(50)
    ->UseRealTime();

// One-endpoint commits to IDs of each thread's own, synced: those who wait together share one sync.
void CommitFromThreads(benchmark::State& state) {
  Store& store = LargeList::Get().store();
  const BusinessId id = *BusinessId::Parse("thread-" + std::to_string(state.thread_index()));
  CommitOptions options;
  options.author = "bench";
  uint32_t address = static_cast<uint32_t>(store.Stats()->revisions) << 8;
  for (auto _ : state) {
    Change change;
    change.ids.push_back(
        {id, EditEndpoints{{{EditKind::kSet, Host(++address, 100), false}}, false}, std::nullopt});
    Must(store.Commit(change, options));
  }
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations()));
}
BENCHMARK(CommitFromThreads)->Threads(1)->Threads(4)->Threads(16)->UseRealTime();

// Floor: a bare append of a row's bytes with fdatasync.
void FloorAppendAndSync(benchmark::State& state) {
  const std::string path = LargeList::Get().folder() + "/floor";
  const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_APPEND, 0600);
  const std::string row(200, 'x');
  for (auto _ : state) {
    if (write(file, row.data(), row.size()) < 0 || fdatasync(file) != 0) std::abort();
  }
  close(file);
}
BENCHMARK(FloorAppendAndSync)->Unit(benchmark::kMicrosecond)->Iterations(300)->UseRealTime();

}  // namespace
}  // namespace switchback

BENCHMARK_MAIN();
