#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>

#include "switchback/types.h"

namespace switchback {
namespace {

using ::testing::HasSubstr;

TEST(Time, ParsesRfc3339) {
  const std::pair<const char*, int64_t> cases[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"1970-01-01t00:00:00z", 0},
      {"1970-01-01T00:00:00-00:00", 0},
      {"1970-01-01T00:00:00.1Z", 100'000},
      {"1970-01-01T00:00:00.000001Z", 1},
      {"1969-12-31T23:59:59.999999Z", -1},
      {"1970-01-01T08:00:00+08:00", 0},
      {"1969-12-31T18:30:00-05:30", 0},
      {"2026-11-22T11:45:00+08:00", 1'795'319'100'000'000},
      {"2000-02-29T00:00:00Z", 951'782'400'000'000},
      {"0000-01-01T00:00:00Z", -62'167'219'200'000'000},
      {"9999-12-31T23:59:59.999999Z", 253'402'300'799'999'999},
  };
  for (const auto& [text, micros] : cases) {
    const auto time = ParseTime(text);
    ASSERT_TRUE(time.has_value()) << text << ": " << time.error().message;
    EXPECT_EQ(time->micros, micros) << text;
  }
}

TEST(Time, RefusesWhatIsNotInTheCalendarOrNotRfc3339) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "expected RFC 3339"},
      {"2026-11-22", "expected RFC 3339"},
      {"2026-11-22 11:45:00Z", "expected RFC 3339"},
      {"2026-11-22T11:45:00", "expected RFC 3339"},
      {"2026-11-22T11:45Z", "expected RFC 3339"},
      {"2026-11-22T11:45:00.Z", "expected RFC 3339"},
      {"2026-11-22T11:45:00+0800", "expected RFC 3339"},
      {"2026-11-22T11:45:00+08", "expected RFC 3339"},
      {"2026-11-22T11:45:00Z ", "expected RFC 3339"},
      {"26-11-22T11:45:00Z", "expected RFC 3339"},
      {"+2026-11-22T11:45:00Z", "expected RFC 3339"},
      {"2026-1-22T11:45:00Z", "expected RFC 3339"},
      {"2026-02-29T00:00:00Z", "no such day"},
      {"1900-02-29T00:00:00Z", "no such day"},
      {"2026-04-31T00:00:00Z", "no such day"},
      {"2026-00-10T00:00:00Z", "no such day"},
      {"2026-13-10T00:00:00Z", "no such day"},
      {"2026-11-00T00:00:00Z", "no such day"},
      {"2026-11-22T24:00:00Z", "no such time of day"},
      {"2026-11-22T11:60:00Z", "no such time of day"},
      {"2026-11-22T11:45:61Z", "no such time of day"},
      {"2016-12-31T23:59:60Z", "leap second"},
      {"2026-11-22T11:45:00+24:00", "no such offset"},
      {"2026-11-22T11:45:00+08:60", "no such offset"},
      {"2026-11-22T11:45:00.1234567Z", "more than 6 digits"},
      {"0000-01-01T00:00:00+00:01", "outside the years"},
      {"9999-12-31T23:59:59-00:01", "outside the years"},
  };
  for (const auto& [text, reason] : cases) {
    const auto time = ParseTime(text);
    ASSERT_FALSE(time.has_value()) << text;
    EXPECT_EQ(time.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(time.error().message, HasSubstr(reason)) << text;
  }
}

TEST(Time, FormatsWithOffsetAndOnlyTheFractionThereIs) {
  const Timestamp time = *ParseTime("2026-11-22T11:45:00+08:00");
  EXPECT_EQ(FormatTime(time), "2026-11-22T03:45:00Z");
  EXPECT_EQ(FormatTime(time, 8 * 3600), "2026-11-22T11:45:00+08:00");
  EXPECT_EQ(FormatTime(time, -(5 * 3600 + 1800)), "2026-11-21T22:15:00-05:30");
  EXPECT_EQ(FormatTime({time.micros + 120'000}), "2026-11-22T03:45:00.120Z");
  EXPECT_EQ(FormatTime({time.micros + 7}), "2026-11-22T03:45:00.000007Z");
  EXPECT_EQ(FormatTime({-1}), "1969-12-31T23:59:59.999999Z");
  // An offset with seconds is written in minutes, and the time beside it still says the moment.
  EXPECT_EQ(*ParseTime(FormatTime(time, 29143)), time);
}

// Else a selector is echoed as a text that is none.
TEST(Time, IsFormattedInUtcWhereTheLocalYearHasNotFourDigits) {
  const Timestamp last = *ParseTime("9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(FormatTime(last, 3600), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(FormatTime({last.micros - 3'600'000'000}, 3600), "9999-12-31T23:59:59.999999+01:00");
  const Timestamp first = *ParseTime("0000-01-01T00:00:00Z");
  EXPECT_EQ(FormatTime(first, -60), "0000-01-01T00:00:00Z");
  EXPECT_EQ(FormatTime({first.micros + 60'000'000}, -60), "0000-01-01T00:00:00-00:01");
}

TEST(Time, FormatNeverFailsOnNumbersFromDisk) {
  EXPECT_FALSE(FormatTime({std::numeric_limits<int64_t>::min()}, -86399).empty());
  EXPECT_FALSE(FormatTime({std::numeric_limits<int64_t>::max()}, 86399).empty());
}

TEST(Time, RoundTripsRandomTimesInRandomZones) {
  std::mt19937_64 random(1146);
  const int64_t low = ParseTime("0000-01-02T00:00:00Z")->micros;
  const int64_t high = ParseTime("9999-12-30T00:00:00Z")->micros;
  std::uniform_int_distribution<int64_t> moments(low, high);
  std::uniform_int_distribution<int32_t> minutes(-14 * 60, 14 * 60);
  for (int i = 0; i < 20'000; ++i) {
    int64_t micros = moments(random);
    if (i % 3 == 0) micros -= micros % 1'000'000;
    const std::string text = FormatTime({micros}, minutes(random) * 60);
    const auto time = ParseTime(text);
    ASSERT_TRUE(time.has_value()) << text;
    ASSERT_EQ(time->micros, micros) << text;
  }
}

TEST(Time, SystemClockTellsTheTimeAndTheZone) {
  const Clock clock = SystemClock();
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  EXPECT_NEAR(static_cast<double>(clock.now().micros), static_cast<double>(now), 60e6);

  const char* before = std::getenv("TZ");
  const std::string saved = before == nullptr ? "" : before;
  setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  const Clock berlin = SystemClock();
  EXPECT_EQ(berlin.utc_offset_seconds(*ParseTime("2026-01-15T12:00:00Z")), 3600);
  EXPECT_EQ(berlin.utc_offset_seconds(*ParseTime("2026-07-15T12:00:00Z")), 7200);
  if (before == nullptr) {
    unsetenv("TZ");
  } else {
    setenv("TZ", saved.c_str(), 1);
  }
  tzset();
}

}  // namespace
}  // namespace switchback
