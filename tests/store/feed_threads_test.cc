// Subscribers beside writers: each is told everything, in order, while it comes.
#include <atomic>
#include <chrono>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "store_fixture.h"
#include "switchback/feed.h"

namespace switchback {
namespace {

TEST(FeedThreads, SubscribersMissNothingWhileWritersCommit) {
  StoreHolder store(Kind::kMemory);
  constexpr int kWriters = 3;
  constexpr uint64_t kCommits = 150;  // each
  constexpr uint64_t kAll = kWriters * kCommits;
  std::vector<std::thread> threads;
  for (int t = 0; t < kWriters; ++t) {
    threads.emplace_back([&, t] {
      std::mt19937 random(static_cast<uint32_t>(t));
      for (uint64_t i = 1; i <= kCommits; ++i) {
        const bool synced = i == kCommits || random() % 3 == 0;
        const auto done =
            store->Commit(Set("w" + std::to_string(t), Range(static_cast<uint32_t>(i), 3)),
                          By("x", synced ? Durability::kSynced : Durability::kBuffered));
        ASSERT_TRUE(done.has_value()) << done.error().message;
      }
      EXPECT_TRUE(store->Sync());
    });
  }
  for (int s = 0; s < 4; ++s) {
    threads.emplace_back([&, s] {
      std::string token;
      uint64_t expected = 1;
      while (expected <= kAll) {
        // Taken up again now and then.
        const auto feed = store->Subscribe({.token = token, .after = Revision{0}});
        ASSERT_TRUE(feed.has_value()) << feed.error().message;
        for (int n = 0; n < 20 * (s + 1) && expected <= kAll; ++n) {
          const auto event = (*feed)->Next(std::chrono::seconds(30));
          ASSERT_TRUE(event.has_value()) << event.error().message;
          ASSERT_TRUE(event->has_value()) << "nothing came for half a minute at r" << expected;
          ASSERT_EQ((*event)->commit.revision.value, expected++);
          ASSERT_LE((*event)->commit.revision, store->durable());
          ASSERT_EQ((*event)->changes.size(), 1U);
        }
        token = *(*feed)->token();
      }
    });
  }
  threads.emplace_back([&] {
    Version known;
    while (known.value < kCommits) {
      const auto list = store->WaitForNewer(Id("w0"), known, std::chrono::seconds(30));
      ASSERT_TRUE(list.has_value() && *list);
      ASSERT_GT((*list)->version, known);
      known = (*list)->version;
    }
  });
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace switchback
