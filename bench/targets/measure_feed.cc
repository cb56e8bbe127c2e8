// How soon a subscriber learns of a commit.
#include <fmt/format.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "measurements.h"
#include "switchback/feed.h"
#include "timing.h"

namespace switchback::targets {

// From the return of a synced commit to the subscriber holding its event, in another thread.
Rows SubscriberInProcess(const Context& context) {
  const int commits = context.quick ? 200 : 2'000;
  const auto store = CreateStore(context.scratch.Fresh("feed"));
  SmallLists lists(100, 100);
  Must(store->Commit(lists.First(), CommitAs(0, Durability::kSynced)));
  const auto feed = Must(store->Subscribe({}));
  std::vector<double> told(static_cast<size_t>(commits));
  std::thread subscriber([&] {
    for (int i = 0; i < commits; ++i) {
      if (!Must(feed->Next(std::chrono::seconds(60)))) End("a subscriber was not told");
      told[static_cast<size_t>(i)] = Now();
    }
  });
  std::vector<double> committed;
  for (int i = 0; i < commits; ++i) {
    Must(store->Commit(lists.EditAny(), CommitAs(static_cast<uint64_t>(i), Durability::kSynced)));
    committed.push_back(Now());
    // So that it waits again before the next one comes.
    std::this_thread::sleep_for(std::chrono::microseconds(500));
  }
  subscriber.join();
  std::vector<double> delays;
  for (size_t i = 0; i < committed.size(); ++i) {
    delays.push_back(std::max(told[i] - committed[i], 0.0) * 1e3);
  }
  Row row = MakeRow("subscriber",
                    "a subscriber in the process holds the event, after the commit "
                    "returned",
                    "< 1 ms", Median(delays), "ms", std::nullopt);
  row.met = row.measured < 1;
  row.note = fmt::format("99 of 100 within {:.2f} ms", Quantile(delays, 0.99));
  return {row};
}

}  // namespace switchback::targets
