// One-endpoint commits: synced, unsynced, and from many threads together.
#include <fmt/format.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.h"
#include "history/row_keys.h"
#include "measurements.h"
#include "raw_rocksdb.h"
#include "timing.h"

namespace switchback::targets {
namespace {

// About what the rows of a one-endpoint commit to a list of 100 take together.
constexpr size_t kRowBytes = 600;
constexpr int kThreads = 16;

// Operations a second of `threads` threads that each run `work(thread, i)` for so long.
double Rate(int threads, double seconds, const std::function<void(int, uint64_t)>& work) {
  std::atomic<bool> stop = false;
  std::atomic<uint64_t> done = 0;
  std::vector<std::thread> running;
  running.reserve(static_cast<size_t>(threads));
  const double started = Now();
  for (int t = 0; t < threads; ++t) {
    running.emplace_back([&, t] {
      uint64_t i = 0;
      while (!stop.load(std::memory_order_relaxed)) work(t, i++);
      done += i;
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  stop = true;
  for (std::thread& thread : running) thread.join();
  return static_cast<double>(done) / (Now() - started);
}

// The rows that one commit writes, as they are in a store: to be written raw under other keys.
struct SampleRows {
  std::string version;
  std::string record;
  std::string head;
  std::string store;
};

SampleRows ReadSampleRows(const std::string& path, uint32_t id, Version version,
                          Revision revision) {
  RocksDbEngineOptions options;
  options.read_only = true;
  const auto engine = Must(OpenRocksDbEngine(path, options));
  SampleRows rows;
  const auto get = [&](Space space, const std::string& key, std::string& value) {
    if (!Must(engine->Get(space, key, value))) End("a sample row is missing");
  };
  get(Space::kHistory, VersionKey(IdOf(id), version), rows.version);
  get(Space::kHistory, RecordKey(revision, 0), rows.record);
  get(Space::kState, HeadKey(IdOf(id)), rows.head);
  get(Space::kState, StoreRowKey(), rows.store);
  return rows;
}

// A store beside a raw database that takes rows of the same sizes.
class UnsyncedScene {
 public:
  explicit UnsyncedScene(const Context& context) : lists_(1'000, 100) {
    const std::string path = context.scratch.Fresh("unsynced");
    {
      const auto store = CreateStore(path);
      Must(store->Commit(lists_.First(), CommitAs(0, Durability::kBuffered)));
      Must(store->Commit(lists_.Edit(0), CommitAs(1, Durability::kBuffered)));
    }
    rows_ = ReadSampleRows(path, 0, Version{2}, Revision{2});
    store_ = OpenStore(path);
    raw_ = std::make_unique<RawRocksDb>(context.scratch.Fresh("unsynced-raw"), true);
  }

  void Commit() {
    ++commits_;
    Must(store_->Commit(lists_.EditAny(), CommitAs(commits_, Durability::kBuffered)));
  }
  void PutEach() {
    const Keys keys = NextKeys();
    raw_->Put(Space::kHistory, keys.version, rows_.version, false);
    raw_->Put(Space::kHistory, keys.record, rows_.record, false);
    raw_->Put(Space::kState, keys.head, rows_.head, false);
    raw_->Put(Space::kState, keys.store, rows_.store, false);
  }
  void PutTogether() {
    const Keys keys = NextKeys();
    rocksdb::WriteBatch batch;
    batch.Put(raw_->family(Space::kHistory), keys.version, rows_.version);
    batch.Put(raw_->family(Space::kHistory), keys.record, rows_.record);
    batch.Put(raw_->family(Space::kState), keys.head, rows_.head);
    batch.Put(raw_->family(Space::kState), keys.store, rows_.store);
    raw_->Write(batch, false);
  }

 private:
  struct Keys {
    std::string version;
    std::string record;
    std::string head;
    std::string store;
  };
  Keys NextKeys() {
    ++puts_;
    const BusinessId id = IdOf(random_() % lists_.ids());
    return {VersionKey(id, Version{puts_}), RecordKey(Revision{puts_}, 0), HeadKey(id),
            StoreRowKey()};
  }

  SmallLists lists_;
  SampleRows rows_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<RawRocksDb> raw_;
  std::mt19937 random_{3};
  uint64_t commits_ = 1;
  uint64_t puts_ = 0;
};

}  // namespace

Rows CommitsSynced(const Context& context) {
  SmallLists lists(1'000, 100);
  const auto store = CreateStore(context.scratch.Fresh("synced"));
  RawRocksDb raw(context.scratch.Fresh("synced-raw"), true);
  Must(store->Commit(lists.First(), CommitAs(0, Durability::kSynced)));
  const std::string value(kRowBytes, 'x');
  uint64_t number = 0;
  const Pair times = Interleave(
      context.quick ? 200 : 3'000,
      [&] {
        ++number;
        Must(store->Commit(lists.EditAny(), CommitAs(number, Durability::kSynced)));
      },
      [&] { raw.Put(Space::kHistory, RecordKey(Revision{number}, 0), value, true); });
  Row row =
      MakeRow("commit-synced", "one-endpoint commit, synced", "<= 1.3 x one synced put",
              times.ours * 1e6, "us", Floor{"one synced put of 600 bytes", times.floor * 1e6});
  row.met = row.ratio <= 1.3;
  return {row};
}

Rows CommitsTogether(const Context& context) {
  SmallLists lists(kThreads * 32, 100);
  const auto store = CreateStore(context.scratch.Fresh("together"));
  RawRocksDb raw(context.scratch.Fresh("together-raw"), true);
  Must(store->Commit(lists.First(), CommitAs(0, Durability::kSynced)));
  const std::string value(kRowBytes, 'x');
  // Each thread has IDs of its own, so that no two commits that wait together meet.
  const auto commit = [&](int thread, uint64_t i) {
    const uint32_t id = static_cast<uint32_t>(thread) * 32 + static_cast<uint32_t>(i % 32);
    Must(store->Commit(lists.Edit(id), CommitAs(i, Durability::kSynced)));
  };
  const auto put = [&](int thread, uint64_t i) {
    raw.Put(Space::kHistory, fmt::format("{}/{}", thread, i), value, true);
  };
  std::vector<double> ours;
  std::vector<double> floor;
  std::vector<double> singles;
  for (int round = 0; round < (context.quick ? 2 : 7); ++round) {
    const double seconds = context.quick ? 0.2 : 0.7;
    const double one = Rate(1, seconds, commit);
    ours.push_back(Rate(kThreads, seconds, commit) / one);
    singles.push_back(one);
    const double one_put = Rate(1, seconds, put);
    floor.push_back(Rate(kThreads, seconds, put) / one_put);
  }
  Row row = MakeRow(
      "commit-16-threads", "synced one-endpoint commits a second, 16 threads over one thread",
      ">= 6 x one thread", Median(ours), "x", Floor{"the same of raw synced puts", Median(floor)});
  row.met = row.measured >= 6;
  row.note = fmt::format("one thread: {:.0f} commits a second", Median(singles));
  return {row};
}

Rows CommitsUnsynced(const Context& context) {
  UnsyncedScene scene(context);
  const int batch = context.quick ? 500 : 5'000;
  const auto many = [batch](const auto& one) {
    const double started = Now();
    for (int i = 0; i < batch; ++i) one();
    return (Now() - started) / batch;
  };
  std::vector<double> ours;
  std::vector<double> each;
  std::vector<double> together;
  for (int round = 0; round < (context.quick ? 3 : 15); ++round) {
    ours.push_back(many([&] { scene.Commit(); }));
    each.push_back(many([&] { scene.PutEach(); }));
    together.push_back(many([&] { scene.PutTogether(); }));
  }
  const double commit = Median(ours) * 1e6;
  Row row =
      MakeRow("commit-unsynced", "one-endpoint commit, unsynced", "<= 2 x puts of the same rows",
              commit, "us", Floor{"raw puts of the same four rows", Median(each) * 1e6});
  row.met = row.ratio <= 2;
  row.note = fmt::format("{:.0f} commits a second", 1e6 / commit);
  Row strict = MakeRow("commit-unsynced-batch", "one-endpoint commit, unsynced",
                       "<= 2 x one write batch of the same rows", commit, "us",
                       Floor{"raw write batch of the same four rows", Median(together) * 1e6});
  strict.met = strict.ratio <= 2;
  strict.note = "stricter than the design asks";
  return {row, strict};
}

}  // namespace switchback::targets
