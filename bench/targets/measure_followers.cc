// How long after a commit returned in one process a follower in another, which polls, sees it.
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
#include "timing.h"

namespace switchback::targets {
namespace {

constexpr uint32_t kIds = 1'000;
constexpr uint32_t kEndpoints = 100;
constexpr std::chrono::milliseconds kPollEvery(5);

// When each revision was first seen, by revision; 0: not yet.
class Follower {
 public:
  explicit Follower(const std::string& path)
      : store_(Must(Store::Open(path, {.read_only = true, .follow = true}))), seen_(1, 0) {}

  void Poll() {
    const double started = Now();
    if (!Must(store_->CatchUp())) return;
    const double now = Now();
    took_.push_back(now - started);
    seen_.resize(Must(store_->NewView())->revision().value + 1, now);
  }
  void PollUntil(const std::atomic<bool>& done) {
    while (!done) {
      Poll();
      std::this_thread::sleep_for(kPollEvery);
    }
    Poll();
  }
  [[nodiscard]] double SeenAt(uint64_t revision) const { return seen_.at(revision); }
  [[nodiscard]] const std::vector<double>& took() const { return took_; }

 private:
  std::unique_ptr<Store> store_;
  std::vector<double> seen_;
  std::vector<double> took_;
};

// From the child's lines: a revision, and when its commit had returned.
std::vector<double> Delays(const std::string& file, const Follower& follower) {
  std::ifstream lines(file);
  std::vector<double> delays;
  uint64_t revision = 0;
  double returned = 0;
  while (lines >> revision >> returned) {
    delays.push_back(std::max(0.0, follower.SeenAt(revision) - returned));
  }
  return delays;
}

}  // namespace

Rows FollowAnotherProcess(const Context& context) {
  const std::string path = context.scratch.Fresh("followed");
  const std::string report = context.scratch.Fresh("followed-report");
  Must(CreateStore(path)->Commit(SmallLists(kIds, kEndpoints).First(),
                                 CommitAs(0, Durability::kSynced)));
  Follower follower(path);
  follower.Poll();
  std::atomic<bool> done = false;
  Ended ended;
  std::thread writer([&] {
    ended =
        RunChild({SelfPath(), "--child", context.quick ? "paced-quick" : "paced", path}, report);
    done = true;
  });
  follower.PollUntil(done);
  writer.join();
  if (ended.by_signal || ended.code != 0) End("the writing process failed");
  std::vector<double> delays = Delays(report, follower);
  Row row =
      MakeRow("follow-p99", "a subscriber in another process, polling every 5 ms, sees a commit",
              "< 50 ms", Quantile(delays, 0.99) * 1e3, "ms", std::nullopt);
  row.met = row.measured < 50;
  row.note = fmt::format(
      "p99 of {} commits, 1,000 a second; median {:.1f} ms, worst {:.1f} ms; a catch-up takes "
      "{:.2f} "
      "ms, at worst {:.1f}",
      delays.size(), Median(delays) * 1e3, Quantile(delays, 1) * 1e3, Median(follower.took()) * 1e3,
      Quantile(follower.took(), 1) * 1e3);
  return {row};
}

}  // namespace switchback::targets
