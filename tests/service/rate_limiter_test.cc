#include "service/rate_limiter.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace switchback {
namespace {

using std::chrono::duration;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Time = RateLimiter::Time;

const Time kStart{std::chrono::hours(24)};

// How many pass of `count` requests at once.
size_t Pass(RateLimiter& limiter, const std::string& identity, Time now, size_t count) {
  size_t passed = 0;
  for (size_t i = 0; i < count; ++i) passed += limiter.Take(identity, now) ? 0 : 1;
  return passed;
}

TEST(RateLimiter, LimitsNothingUnlessAsked) {
  RateLimiter limiter({}, kStart);
  EXPECT_EQ(Pass(limiter, "a", kStart, 100'000), 100'000U);
  EXPECT_EQ(limiter.identities(), 0U);
}

TEST(RateLimiter, LetsABurstPassAndThenTheRate) {
  RateLimiter limiter({.requests_per_second = 10, .burst = 5}, kStart);
  EXPECT_EQ(Pass(limiter, "a", kStart, 20), 5U);
  EXPECT_EQ(Pass(limiter, "b", kStart, 20), 5U);  // of its own
  EXPECT_EQ(Pass(limiter, "a", kStart + milliseconds(99), 20), 0U);
  EXPECT_EQ(Pass(limiter, "a", kStart + milliseconds(100), 20), 1U);
  EXPECT_EQ(Pass(limiter, "a", kStart + milliseconds(400), 20), 3U);
  EXPECT_EQ(Pass(limiter, "a", kStart + seconds(3'600), 20), 5U);  // never more
}

TEST(RateLimiter, ABurstThatIsNotSetIsThatOfOneSecond) {
  RateLimiter fast({.requests_per_second = 7}, kStart);
  EXPECT_EQ(Pass(fast, "a", kStart, 20), 7U);
  RateLimiter slow({.requests_per_second = 0.1}, kStart);
  EXPECT_EQ(Pass(slow, "a", kStart, 20), 1U);
}

TEST(RateLimiter, WhoWaitsAsToldPasses) {
  for (const double rate : {0.001, 0.3, 1.0, 3.0, 7.7, 999.0, 1e6}) {
    RateLimiter limiter({.requests_per_second = rate, .burst = 1}, kStart);
    Time now = kStart;
    for (int i = 0; i < 1'000; ++i) {
      const auto wait = limiter.Take("a", now);
      if (!wait) continue;
      ASSERT_GT(wait->count(), 0);
      ASSERT_LE(wait->count(), 1'000 / rate + 1);
      now += *wait;
      ASSERT_FALSE(limiter.Take("a", now).has_value()) << rate << " after " << i;
    }
  }
}

TEST(RateLimiter, TheTotalHoldsForAllTogether) {
  RateLimiter limiter({.total_requests_per_second = 4}, kStart);
  EXPECT_EQ(Pass(limiter, "a", kStart, 3), 3U);
  EXPECT_EQ(Pass(limiter, "b", kStart, 3), 1U);
  EXPECT_EQ(limiter.Take("c", kStart), milliseconds(250));
}

TEST(RateLimiter, WhoIsOverItsOwnLimitTakesNothingFromOthers) {
  RateLimiter limiter({.requests_per_second = 1, .total_requests_per_second = 10, .burst = 2},
                      kStart);
  EXPECT_EQ(Pass(limiter, "greedy", kStart, 1'000), 2U);
  EXPECT_EQ(Pass(limiter, "b", kStart, 2), 2U);
}

TEST(RateLimiter, WhatTheTotalHoldsUpCostsNothing) {
  RateLimiter limiter({.requests_per_second = 0.001, .total_requests_per_second = 1, .burst = 2},
                      kStart);
  EXPECT_EQ(Pass(limiter, "a", kStart, 10), 1U);
  EXPECT_EQ(Pass(limiter, "a", kStart + seconds(1), 10), 1U);
  EXPECT_EQ(limiter.Take("a", kStart + seconds(2))->count() / 1'000, 998);  // the longer of both
}

TEST(RateLimiter, TimeThatRunsBackStandsStill) {
  RateLimiter limiter({.requests_per_second = 1, .burst = 1}, kStart);
  EXPECT_EQ(Pass(limiter, "a", kStart, 2), 1U);
  EXPECT_EQ(Pass(limiter, "a", kStart - seconds(10), 2), 0U);
  EXPECT_EQ(Pass(limiter, "a", kStart + milliseconds(999), 2), 0U);
  EXPECT_EQ(Pass(limiter, "a", kStart + seconds(1), 2), 1U);
}

TEST(RateLimiter, ForgetsWhoAskedLongestAgo) {
  RateLimiter limiter({.requests_per_second = 0.001, .burst = 1}, kStart);
  for (size_t i = 0; i < RateLimiter::kMaxIdentities; ++i) {
    EXPECT_EQ(Pass(limiter, std::to_string(i), kStart, 1), 1U);
  }
  EXPECT_EQ(Pass(limiter, "0", kStart, 1), 0U);  // known, and now the last to have asked
  EXPECT_EQ(Pass(limiter, "new", kStart, 1), 1U);
  EXPECT_EQ(limiter.identities(), RateLimiter::kMaxIdentities);
  EXPECT_EQ(Pass(limiter, "0", kStart, 1), 0U);
  EXPECT_EQ(Pass(limiter, "1", kStart, 1), 1U);  // forgotten for "new"
}

// In every stretch of time between two requests that passed, at most burst + rate x time did.
TEST(RateLimiter, NeverLetsMoreThanBurstAndRateTimesTimePass) {
  std::mt19937_64 random(20'261'125);
  for (int round = 0; round < 20; ++round) {
    const double rate = std::uniform_real_distribution<>(0.5, 300)(random);
    const auto burst = std::uniform_int_distribution<uint32_t>(1, 40)(random);
    RateLimiter limiter({.requests_per_second = rate, .burst = burst}, kStart);
    std::vector<Time> passed;
    Time now = kStart;
    for (int i = 0; i < 2'000; ++i) {
      now += microseconds(std::uniform_int_distribution<>(0, 10'000)(random));
      if (random() % 200 == 0) now += seconds(3);
      if (!limiter.Take("a", now)) passed.push_back(now);
    }
    for (size_t first = 0; first < passed.size(); ++first) {
      for (size_t last = first; last < passed.size(); ++last) {
        const double time = duration<double>(passed[last] - passed[first]).count();
        ASSERT_LE(static_cast<double>(last - first + 1), burst + rate * time + 1e-3)
            << "rate " << rate << ", burst " << burst;
      }
    }
    const double all = duration<double>(now - kStart).count();
    EXPECT_GE(static_cast<double>(passed.size()), std::min(rate * all, 2'000.0) / 20);
  }
}

TEST(RateLimiter, CountsRequestsFromManyThreadsOnce) {
  RateLimiter limiter({.requests_per_second = 1, .total_requests_per_second = 1'000, .burst = 100},
                      kStart);
  std::atomic<size_t> passed = 0;
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] { passed += Pass(limiter, "a", kStart, 500); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 100U);
}

}  // namespace
}  // namespace switchback
