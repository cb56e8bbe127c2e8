// Reading the current list of an ID, alone and while commits land.
#include <fmt/format.h>

#include <atomic>
#include <filesystem>
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

constexpr uint32_t kIds = 1'000;
constexpr uint32_t kEndpoints = 100;
constexpr double kCommitsPerSecond = 1'000;

std::vector<BusinessId> AllIds() {
  std::vector<BusinessId> ids;
  ids.reserve(kIds);
  for (uint32_t i = 0; i < kIds; ++i) ids.push_back(IdOf(i));
  return ids;
}

// Some history on top of the first lists, so that heads are met in tables and in memory.
void Fill(Store& store, SmallLists& lists) {
  Must(store.Commit(lists.First(), CommitAs(0, Durability::kBuffered)));
  for (uint64_t i = 0; i < uint64_t{10} * kIds; ++i) {
    Must(store.Commit(lists.EditAny(), CommitAs(i, Durability::kBuffered)));
  }
  Must(store.Compact());
}

// Reads IDs in a fixed random order, and keeps how long each took.
class Reader {
 public:
  Reader(const Store& store, const std::vector<BusinessId>& ids) : store_(store), ids_(ids) {}

  void Run(size_t reads) {
    const double started_cpu = ThreadSeconds();
    double before = Now();
    for (size_t i = 0; i < reads; ++i) {
      Must(store_.Read(ids_[random_() % ids_.size()]));
      const double after = Now();
      times_.push_back(after - before);
      before = after;
    }
    cpu_ += ThreadSeconds() - started_cpu;
  }
  [[nodiscard]] double PerCpuSecond() const { return static_cast<double>(times_.size()) / cpu_; }
  [[nodiscard]] double Slowest1Percent() const { return Quantile(times_, 0.99); }

 private:
  const Store& store_;
  const std::vector<BusinessId>& ids_;
  std::minstd_rand random_{5};
  std::vector<double> times_;
  double cpu_ = 0;
};

// Commits one endpoint at a steady pace until told to stop.
class Writer {
 public:
  Writer(Store& store, SmallLists& lists) : thread_([&] { Run(store, lists); }) {}
  double Stop() {  // commits a second that landed
    stop_ = true;
    thread_.join();
    return static_cast<double>(commits_) / seconds_;
  }

 private:
  void Run(Store& store, SmallLists& lists) {
    const double started = Now();
    while (!stop_) {
      Must(store.Commit(lists.EditAny(), CommitAs(commits_, Durability::kBuffered)));
      ++commits_;
      const double due = started + static_cast<double>(commits_) / kCommitsPerSecond;
      const double wait = due - Now();
      if (wait > 0) std::this_thread::sleep_for(std::chrono::duration<double>(wait));
    }
    seconds_ = Now() - started;
  }

  std::atomic<bool> stop_ = false;
  uint64_t commits_ = 0;
  double seconds_ = 0;
  std::thread thread_;  // last: it uses the members above
};

}  // namespace

Rows ReadById(const Context& context) {
  const std::string path = context.scratch.Fresh("read");
  const std::string copy = context.scratch.Fresh("read-raw");
  SmallLists lists(kIds, kEndpoints);
  {
    const auto store = CreateStore(path);
    Fill(*store, lists);
  }
  std::filesystem::copy(path, copy, std::filesystem::copy_options::recursive);
  const auto store = OpenStore(path);
  RawRocksDb raw(copy, false);
  const std::vector<BusinessId> ids = AllIds();
  std::vector<std::string> keys;
  keys.reserve(ids.size());
  for (const BusinessId& id : ids) keys.push_back(HeadKey(id));
  std::minstd_rand our_order{9};
  std::minstd_rand floor_order{9};
  const int reads = context.quick ? 2'000 : 20'000;
  size_t endpoints = 0;
  const auto ours = [&] {
    for (int i = 0; i < reads; ++i) {
      endpoints += Must(store->Read(ids[our_order() % ids.size()]))->list->size();
    }
  };
  const auto floor = [&] {
    for (int i = 0; i < reads; ++i) {
      std::string value;  // as a caller has it: each result in its own
      raw.Get(Space::kState, keys[floor_order() % keys.size()], value);
      endpoints += value.size();
    }
  };
  ours();
  floor();
  const Pair times = InterleaveCpu(context.quick ? 5 : 41, ours, floor);
  if (endpoints == 0) End("nothing was read");
  Row row = MakeRow("read-by-id", "read of a 100-endpoint list by ID, warm",
                    "<= 1.5 x a raw get of its row", times.ours / reads * 1e6, "us",
                    Floor{"raw get of the head row", times.floor / reads * 1e6});
  row.met = row.ratio <= 1.5;
  return {row};
}

Rows ReadUnderCommits(const Context& context) {
  SmallLists lists(kIds, kEndpoints);
  const auto store = CreateStore(context.scratch.Fresh("read-commits"));
  Fill(*store, lists);
  const std::vector<BusinessId> ids = AllIds();
  const size_t reads = context.quick ? 50'000 : 400'000;
  std::vector<double> rates;
  std::vector<double> busy_slowest;
  std::vector<double> idle_slowest;
  std::vector<double> landed;
  Reader(*store, ids).Run(reads);
  for (int round = 0; round < (context.quick ? 2 : 9); ++round) {
    Reader idle(*store, ids);
    idle.Run(reads);
    idle_slowest.push_back(idle.Slowest1Percent() * 1e6);
    Writer writer(*store, lists);
    Reader busy(*store, ids);
    busy.Run(reads);
    landed.push_back(writer.Stop());
    rates.push_back(busy.PerCpuSecond());
    busy_slowest.push_back(busy.Slowest1Percent() * 1e6);
  }
  Row rate = MakeRow(
      "read-under-commits",
      fmt::format("reads a second and core while {:.0f} commits a second land", Median(landed)),
      ">= 200,000", Median(rates), "/s", std::nullopt);
  rate.met = rate.measured >= 200'000;
  Row slow =
      MakeRow("read-under-commits-p99", "99th percentile of those reads", "<= 2 x idle",
              Median(busy_slowest), "us", Floor{"the same without commits", Median(idle_slowest)});
  slow.met = slow.ratio <= 2;
  return {rate, slow};
}

}  // namespace switchback::targets
