#include "service/request_slots.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace switchback {
namespace {

using std::chrono::milliseconds;
using Time = RequestSlots::Time;

constexpr Time kBegin{std::chrono::hours(1)};
constexpr Time kLater = kBegin + RequestSlots::kSlow;

TEST(RequestSlotsTest, SlowOnesOfOneIdentityTakeNothingFromAnother) {
  RequestSlots slots(2);
  const auto first = slots.Take("ann", kBegin);
  auto second = slots.Take("ann", kBegin);
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(slots.Take("ann", kLater));
  EXPECT_TRUE(slots.Take("ben", kLater));
  second.reset();
  EXPECT_TRUE(slots.Take("ann", kLater)) << "one is free again";
}

TEST(RequestSlotsTest, QuickOnesAreNotCounted) {
  RequestSlots slots(2);
  std::vector<std::unique_ptr<RequestSlots::Slot>> held;
  for (int i = 0; i < 100; ++i) {
    held.push_back(slots.Take("ann", kBegin + milliseconds(i)));
    EXPECT_TRUE(held.back()) << i;
  }
  EXPECT_TRUE(slots.Take("ann", kLater)) << "one of them is slow now";
  EXPECT_FALSE(slots.Take("ann", kLater + milliseconds(1))) << "two are";
  held.front().reset();
  EXPECT_TRUE(slots.Take("ann", kLater + milliseconds(1)));
}

TEST(RequestSlotsTest, FromManyThreadsAllAreGivenBack) {
  RequestSlots slots(1);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 2000; ++round) {
        EXPECT_TRUE(slots.Take("ann", kBegin + milliseconds(i)));
        const auto other = slots.Take("ben", kLater);
        EXPECT_TRUE(other);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(slots.Take("ann", kLater + RequestSlots::kSlow));
}

}  // namespace
}  // namespace switchback
