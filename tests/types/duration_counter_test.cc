#include "types/duration_counter.h"

#include <gtest/gtest.h>

namespace switchback {
namespace {

using namespace std::chrono_literals;

TEST(DurationCounterTest, ABoundIsOfItsOwnBucket) {
  DurationCounter counter;
  counter.Count(0ns);
  counter.Count(50us);      // the first bound
  counter.Count(50'001ns);  // the next bucket
  counter.Count(1s);
  counter.Count(30s);
  counter.Count(31s);
  const Durations read = counter.Read();
  EXPECT_EQ(read.counts.front(), 2U);
  EXPECT_EQ(read.counts[1], 1U);
  EXPECT_EQ(read.counts[13], 1U);
  EXPECT_EQ(Durations::kBounds[13], 1);
  EXPECT_EQ(read.counts[17], 1U);
  EXPECT_EQ(read.counts.back(), 1U);
  EXPECT_EQ(read.count(), 6U);
  EXPECT_NEAR(read.seconds, 62.000100001, 1e-9);
}

TEST(DurationCounterTest, AClockThatGoesBackTakesNothingAway) {
  DurationCounter counter;
  counter.Count(-5s);
  EXPECT_EQ(counter.Read().counts.front(), 1U);
  EXPECT_EQ(counter.Read().seconds, 0);
}

TEST(DurationCounterTest, TimingCountsOnce) {
  DurationCounter counter;
  { const Timing timing(counter); }
  EXPECT_EQ(counter.Read().count(), 1U);
}

}  // namespace
}  // namespace switchback
