#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "switchback/selector.h"
#include "types/fake_clock.h"

namespace switchback {
namespace {

using ::testing::HasSubstr;

std::string Resolve(std::string_view text, const Clock& clock) {
  const auto time = ParseTimeSelector(text, clock);
  return time.has_value() ? FormatTime(*time) : "refused: " + time.error().message;
}

TEST(TimeSelector, AgesCountBackFromNow) {
  const Clock clock = FixedClock("2026-11-22T12:00:00.5Z");
  EXPECT_EQ(Resolve("45s", clock), "2026-11-22T11:59:15.500Z");
  EXPECT_EQ(Resolve("15m", clock), "2026-11-22T11:45:00.500Z");
  EXPECT_EQ(Resolve("2h", clock), "2026-11-22T10:00:00.500Z");
  EXPECT_EQ(Resolve("3d", clock), "2026-11-19T12:00:00.500Z");
  EXPECT_EQ(Resolve("1w", clock), "2026-11-15T12:00:00.500Z");
  EXPECT_EQ(Resolve("0s", clock), "2026-11-22T12:00:00.500Z");
}

TEST(TimeSelector, TimesOfDayAreTheLatestPastOnesInTheLocalZone) {
  const Clock clock = FixedClock("2026-11-22T03:46:00Z", 8 * 3600);  // 11:46 local
  EXPECT_EQ(Resolve("11:45", clock), "2026-11-22T03:45:00Z");
  EXPECT_EQ(Resolve("11:46", clock), "2026-11-22T03:46:00Z");     // now is past
  EXPECT_EQ(Resolve("11:46:01", clock), "2026-11-21T03:46:01Z");  // else yesterday
  EXPECT_EQ(Resolve("00:00", clock), "2026-11-21T16:00:00Z");
  EXPECT_EQ(Resolve("23:59:59", clock), "2026-11-21T15:59:59Z");
}

TEST(TimeSelector, TimeOfDayAMomentAheadIsYesterdays) {
  EXPECT_EQ(Resolve("12:00", FixedClock("2026-11-22T11:59:59.999999Z")), "2026-11-21T12:00:00Z");
}

TEST(TimeSelector, TimeOfDayOnTheDayClocksGoForward) {
  // At 02:00 local it became 03:00: there was no 02:30 that day, and 01:30 was before the change.
  const Clock noon = BerlinClock("2026-03-29T10:00:00Z");
  EXPECT_EQ(Resolve("01:30", noon), "2026-03-29T00:30:00Z");
  EXPECT_EQ(Resolve("02:30", noon), "2026-03-28T01:30:00Z");
  EXPECT_EQ(Resolve("03:30", noon), "2026-03-29T01:30:00Z");
  EXPECT_EQ(Resolve("12:00", noon), "2026-03-29T10:00:00Z");
  EXPECT_EQ(Resolve("12:01", noon), "2026-03-28T11:01:00Z");  // yesterday's offset, not today's
}

TEST(TimeSelector, TimeOfDayThatCameTwiceIsTheLaterPastOne) {
  // At 03:00 local it became 02:00: 02:30 was at 00:30 UTC and again at 01:30 UTC.
  EXPECT_EQ(Resolve("02:30", BerlinClock("2026-10-25T10:00:00Z")), "2026-10-25T01:30:00Z");
  EXPECT_EQ(Resolve("02:30", BerlinClock("2026-10-25T01:10:00Z")), "2026-10-25T00:30:00Z");
  EXPECT_EQ(Resolve("02:30", BerlinClock("2026-10-25T00:10:00Z")), "2026-10-24T00:30:00Z");
}

TEST(TimeSelector, TimeOfDayAfterClocksWentBackOverMidnight) {
  // At 00:30 on the 25th the clocks went back to 23:30 on the 24th.
  const Clock clock = ZoneClock("2026-10-24T22:35:00Z", 7200, {{At("2026-10-24T22:30:00Z"), 3600}});
  EXPECT_EQ(Resolve("00:10", clock), "2026-10-24T22:10:00Z");
  EXPECT_EQ(Resolve("23:35", clock), "2026-10-24T22:35:00Z");
}

TEST(TimeSelector, TimeOfDayAfterADayThatTheZoneSkipped) {
  // Samoa, 2011: from December 29 24:00 at -10:00 straight to December 31 at +14:00.
  const Clock clock =
      ZoneClock("2011-12-30T12:00:00Z", -36000, {{At("2011-12-30T10:00:00Z"), 50400}});
  EXPECT_EQ(Resolve("01:00", clock), "2011-12-30T11:00:00Z");
  EXPECT_EQ(Resolve("05:00", clock), "2011-12-29T15:00:00Z");
}

TEST(TimeSelector, TakesRfc3339) {
  EXPECT_EQ(Resolve("2026-11-22T11:45:00+08:00", FixedClock("2026-11-23T00:00:00Z")),
            "2026-11-22T03:45:00Z");
}

TEST(TimeSelector, RefusesEverythingElse) {
  const Clock clock = FixedClock("2026-11-22T12:00:00Z");
  for (const char* text :
       {"", "now", "11", "1:30", "11:5", "11:45:0", "11-45", "11:45 ", "-15m", "15", "m", "1.5h",
        "15M", "1h30m", "2026-11-22", "11:45:00:00", "11.45:00"}) {
    const auto time = ParseTimeSelector(text, clock);
    ASSERT_FALSE(time.has_value()) << text;
    EXPECT_EQ(time.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(time.error().message, HasSubstr("HH:MM[:SS]")) << text;
  }
  EXPECT_THAT(Resolve("24:00", clock), HasSubstr("no such time of day"));
  EXPECT_THAT(Resolve("11:60", clock), HasSubstr("no such time of day"));
  EXPECT_THAT(Resolve("015m", clock), HasSubstr("leading zeros"));
  EXPECT_THAT(Resolve("99999999w", clock), HasSubstr("10,000 years"));
  EXPECT_THAT(Resolve("99999999999999999999999s", clock), HasSubstr("10,000 years"));
  EXPECT_THAT(Resolve("110000w", clock), HasSubstr("before the year 0000"));
  EXPECT_THAT(Resolve("2026-02-30T00:00:00Z", clock), HasSubstr("no such day"));
}

}  // namespace
}  // namespace switchback
