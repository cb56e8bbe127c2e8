// How long after a commit returned in one process a subscriber in another one is told.
#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>
#include <utility>
#include <vector>

#include "child.h"
#include "measurements.h"
#include "switchback/feed.h"
#include "timing.h"

namespace switchback::targets {
namespace {

constexpr uint32_t kIds = 1'000;
constexpr uint32_t kEndpoints = 100;

// When a subscriber held each revision's event; 0: never.
std::vector<double> ListenUntil(Subscription& feed, const std::atomic<bool>& done) {
  std::vector<double> told;
  while (true) {
    const bool is_last = done;  // before the look that may find nothing
    const auto event = Must(feed.Next(std::chrono::milliseconds(100)));
    if (!event && is_last) return told;
    if (!event) continue;
    told.resize(event->commit.revision.value + 1);
    told.back() = Now();
  }
}

// From the child's lines: a revision, and when its commit had returned.
std::vector<double> Delays(const std::string& file, const std::vector<double>& told) {
  std::ifstream lines(file);
  std::vector<double> delays;
  uint64_t revision = 0;
  double returned = 0;
  while (lines >> revision >> returned) {
    if (revision >= told.size() || told[revision] == 0) End("a subscriber was not told");
    delays.push_back(std::max(0.0, told[revision] - returned));
  }
  return delays;
}

}  // namespace

Rows SubscriberInAnotherProcess(const Context& context) {
  const std::string path = context.scratch.Fresh("followed");
  const std::string report = context.scratch.Fresh("followed-report");
  Must(CreateStore(path)->Commit(SmallLists(kIds, kEndpoints).First(),
                                 CommitAs(0, Durability::kSynced)));
  const auto store = Must(Store::Open(path, {.read_only = true, .follow = true}));
  const auto feed = Must(store->Subscribe({}));
  std::atomic<bool> done = false;
  Ended ended;
  std::thread writer([&] {
    ended =
        RunChild({SelfPath(), "--child", context.quick ? "paced-quick" : "paced", path}, report);
    done = true;
  });
  const std::vector<double> told = ListenUntil(*feed, done);
  writer.join();
  if (ended.by_signal || ended.code != 0) End("the writing process failed");
  std::vector<double> delays = Delays(report, told);
  Row row = MakeRow("subscriber-process",
                    "a subscriber in another process holds the event, after the commit returned",
                    "< 50 ms", Quantile(delays, 0.99) * 1e3, "ms", std::nullopt);
  row.met = row.measured < 50;
  row.note =
      fmt::format("p99 of {} unsynced commits, 1,000 a second; median {:.1f} ms, worst {:.1f} ms",
                  delays.size(), Median(delays) * 1e3, Quantile(delays, 1) * 1e3);
  return {row};
}

}  // namespace switchback::targets
