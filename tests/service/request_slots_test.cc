#include "service/request_slots.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace switchback {
namespace {

TEST(RequestSlotsTest, OneIdentityTakesNothingFromAnother) {
  RequestSlots slots(2);
  const auto first = slots.Take("ann");
  auto second = slots.Take("ann");
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(slots.Take("ann"));
  EXPECT_TRUE(slots.Take("ben"));
  second.reset();
  EXPECT_TRUE(slots.Take("ann")) << "one is free again";
}

TEST(RequestSlotsTest, NeverMoreThanMayAreTakenAtOnce) {
  constexpr uint32_t kMost = 3;
  RequestSlots slots(kMost);
  std::atomic<uint32_t> taken = 0;
  std::atomic<uint32_t> most = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int round = 0; round < 2000; ++round) {
        const auto slot = slots.Take("ann");
        if (!slot) continue;
        const uint32_t now = ++taken;
        uint32_t before = most;
        while (now > before && !most.compare_exchange_weak(before, now)) {
        }
        --taken;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(most, 0U);
  EXPECT_LE(most, kMost);
  EXPECT_TRUE(slots.Take("ann")) << "all were given back";
}

}  // namespace
}  // namespace switchback
