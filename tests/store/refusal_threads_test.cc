// Refusals beside writers, readers and verify: none is lost, and none keeps a commit out of the
// group that it waits in.
#include <fmt/format.h>

#include <atomic>
#include <map>
#include <thread>
#include <vector>

#include "hooked_engine.h"

namespace switchback {
namespace {

constexpr int kCommitters = 3;
constexpr int kRefusers = 3;
constexpr int kTurns = 150;

Refusal Refused(int refuser, int n) {
  return {.call = fmt::format("call-{}", refuser),
          .missing = std::to_string(n),
          .origin = {fmt::format("user-{}", n % 5), "host", "curl", "8"}};
}

// By call: the numbers in the order in which they were said.
std::map<std::string, std::vector<int>> AllSaid(const View& view) {
  std::map<std::string, std::vector<int>> said;
  const auto cursor = *view.SaidRecords();
  while (true) {
    const auto next = cursor->Next();
    EXPECT_TRUE(next.has_value()) << (next ? "" : next.error().message);
    if (!next || !*next) break;
    std::vector<int>& numbers = said[(*next)->subject];
    numbers.insert(numbers.begin(), std::stoi((*next)->info.message));
    EXPECT_EQ((*next)->info.origin.user, fmt::format("user-{}", numbers.front() % 5));
  }
  return said;
}

// Each refuser's are 1, 2, 3 ...
void CheckSaid(const View& view) {
  for (const auto& [call, numbers] : AllSaid(view)) {
    for (size_t i = 0; i < numbers.size(); ++i) ASSERT_EQ(numbers[i], static_cast<int>(i) + 1);
  }
}

TEST(RefusalThreads, EachIsThereInItsCallersOrderBesideCommits) {
  StoreHolder store(Kind::kMemory);
  std::atomic<bool> done = false;
  std::vector<std::thread> working;
  for (int w = 0; w < kCommitters; ++w) {
    working.emplace_back([&, w] {
      for (int i = 1; i <= kTurns; ++i) {
        const auto landed =
            store->Commit(Set(fmt::format("w{}", w), Range(static_cast<uint32_t>(i), 3)),
                          By("x", i % 4 == 0 ? Durability::kSynced : Durability::kBuffered));
        ASSERT_TRUE(landed.has_value()) << landed.error().message;
      }
    });
  }
  for (int r = 0; r < kRefusers; ++r) {
    working.emplace_back([&, r] {
      for (int i = 1; i <= kTurns; ++i) ASSERT_TRUE(store->RecordRefusal(Refused(r, i)));
    });
  }
  std::thread reader([&] {
    while (!done && !testing::Test::HasFatalFailure()) CheckSaid(**store->NewView());
  });
  for (std::thread& thread : working) thread.join();
  done = true;
  reader.join();
  const auto view = *store->NewView();
  EXPECT_EQ(view->revision(), (Revision{kCommitters * kTurns}));
  CheckSaid(*view);
  const auto said = AllSaid(*view);
  EXPECT_EQ(said.size(), static_cast<size_t>(kRefusers));
  for (const auto& [call, numbers] : said) EXPECT_EQ(numbers.size(), static_cast<size_t>(kTurns));
  ExpectSound(*store);
}

TEST(RefusalThreads, TheyShareTheWriteOfTheCommitsBesideThem) {
  LastingEngine lasting;
  const auto store = lasting.Create();
  ASSERT_TRUE(store->Commit(Set("seed", Range(1, 1)), By("x")));
  ASSERT_TRUE(store->RecordRefusal(Refused(0, 1)));  // interns the origin
  std::atomic<int> writes = 0;
  std::atomic<bool> open = false;
  lasting.hooks().before_write = [&](const WriteBatch&) -> Result<void> {
    ++writes;
    while (!open) std::this_thread::yield();
    return {};
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      if (i % 2 == 0) {
        EXPECT_TRUE(store->Commit(Set(fmt::format("id-{}", i), Range(1, 2)), By("x")));
      } else {
        EXPECT_TRUE(store->RecordRefusal(Refused(i, 1)));
      }
    });
    while (writes == 0) std::this_thread::yield();
  }
  // Long enough to be in the queue; were one late, it would only be written on its own.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  open = true;
  for (std::thread& thread : threads) thread.join();
  lasting.hooks() = {};
  EXPECT_EQ(writes, 2);
  EXPECT_EQ((*store->NewView())->revision(), Revision{5});
  EXPECT_EQ(AllSaid(**store->NewView()).size(), 5U);
  ExpectSound(*store);
}

}  // namespace
}  // namespace switchback
