#include "switchback/selector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "types/fake_clock.h"

namespace switchback {
namespace {

using ::testing::HasSubstr;

Clock TestClock() {
  return FixedClock("2026-11-22T12:00:00Z", 8 * 3600);
}

// For selectors that are no times: asking the clock fails the test.
Clock ForbiddenClock() {
  return {.now =
              [] {
                ADD_FAILURE() << "the clock was asked";
                return Timestamp{};
              },
          .utc_offset_seconds =
              [](Timestamp) {
                ADD_FAILURE() << "the zone was asked";
                return int32_t{0};
              }};
}

constexpr uint64_t kLargest = uint64_t{1} << 63;

TEST(Selector, ParsesEachFormAndPrintsItBack) {
  const std::vector<std::pair<std::string, Selector>> cases = {
      {"head", HeadSelector{}},
      {"head~1", HeadSelector{1}},
      {"0", Version{0}},
      {"41", Version{41}},
      {"9223372036854775808", Version{kLargest}},
      {"r0", RevisionSelector{Revision{0}, false}},
      {"r88", RevisionSelector{Revision{88}, false}},
      {"r88^", RevisionSelector{Revision{88}, true}},
      {"before-migration_2.0", NameSelector{"before-migration_2.0"}},
      {"2026-11-22", NameSelector{"2026-11-22"}},
      {"r", NameSelector{"r"}},
      {"rx1", NameSelector{"rx1"}},
      {"heads", NameSelector{"heads"}},
      {"15min", NameSelector{"15min"}},
      {std::string(64, 'n'), NameSelector{std::string(64, 'n')}},
  };
  for (const auto& [text, selector] : cases) {
    const auto parsed = ParseSelector(text, ForbiddenClock());
    ASSERT_TRUE(parsed.has_value()) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, selector) << text;
    EXPECT_EQ(FormatSelector(*parsed, ForbiddenClock()), text);
  }
  EXPECT_EQ(*ParseSelector("head~0", ForbiddenClock()), Selector(HeadSelector{}));
}

TEST(Selector, TimesAreResolvedAndPrintedWithTheirOffset) {
  for (const char* text :
       {"2026-11-22T11:45:00+08:00", "2026-11-22T03:45:00Z", "11:45", "11:45:00", "495m"}) {
    const auto parsed = ParseSelector(text, TestClock());
    ASSERT_TRUE(parsed.has_value()) << text << ": " << parsed.error().message;
    EXPECT_EQ(*parsed, Selector(TimeSelector{At("2026-11-22T03:45:00Z")})) << text;
    EXPECT_EQ(FormatSelector(*parsed, TestClock()), "2026-11-22T11:45:00+08:00") << text;
  }
}

TEST(Selector, RefusesMalformedOnesAndListsTheForms) {
  const std::vector<std::string> cases = {"",
                                          " ",
                                          "head~",
                                          "head~x",
                                          "head~-1",
                                          "head~01",
                                          "head^",
                                          "head~1~1",
                                          "HEAD~1",
                                          "007",
                                          "9223372036854775809",
                                          "99999999999999999999",
                                          "r007",
                                          "r1^^",
                                          "r99999999999999999999",
                                          "r^",
                                          "-1^",
                                          "+1",
                                          "a b",
                                          "a@b",
                                          "a/b",
                                          "\xc3\xa9",
                                          std::string(65, 'n'),
                                          "41 ",
                                          " 41",
                                          "41^",
                                          std::string("a\0b", 3)};
  for (const auto& text : cases) {
    const auto parsed = ParseSelector(text, TestClock());
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument) << text;
    EXPECT_THAT(parsed.error().message, HasSubstr("head~N")) << text;
  }
}

TEST(Selector, RefusesMalformedTimesAndNeverTakesThemForNames) {
  for (const char* text :
       {"015m", "99999999999w", "25:00", "11:45:99", "11:5", "2026-02-30T00:00:00Z"}) {
    const auto parsed = ParseSelector(text, TestClock());
    ASSERT_FALSE(parsed.has_value()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument) << text;
  }
}

TEST(SnapshotName, IsAnyNameThatReadsAsNothingElse) {
  for (const char* name :
       {"v1", "release-2026.11", "_", "-", ".", "r", "rc1", "2026-11-22", "1.5h"}) {
    EXPECT_TRUE(CheckSnapshotName(name).has_value()) << name;
    EXPECT_EQ(*ParseSelector(name, ForbiddenClock()), Selector(NameSelector{name})) << name;
  }
  EXPECT_TRUE(CheckSnapshotName(std::string(64, 'n')).has_value());
  for (const std::string& name :
       {std::string(), std::string(65, 'n'), std::string("a b"), std::string("a@b"),
        std::string("a~1"), std::string("a/b"), std::string("11:45"), std::string("h\xc3\xa9")}) {
    const auto checked = CheckSnapshotName(name);
    ASSERT_FALSE(checked.has_value()) << name;
    EXPECT_EQ(checked.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(checked.error().message, HasSubstr("64 bytes")) << name;
  }
  for (const char* name : {"head", "41", "0", "007", "r88", "r007", "99999999999999999999", "15m",
                           "2h", "3d", "45s", "1w", "015m"}) {
    const auto checked = CheckSnapshotName(name);
    ASSERT_FALSE(checked.has_value()) << name;
    EXPECT_THAT(checked.error().message, HasSubstr("another selector")) << name;
  }
}

TEST(VersionAddress, IsAnIdWithOrWithoutASelector) {
  const auto plain = ParseVersionAddress("394521", ForbiddenClock());
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->id.text(), "394521");
  EXPECT_FALSE(plain->selector.has_value());

  const auto version = ParseVersionAddress("eu/web:1@41", ForbiddenClock());
  ASSERT_TRUE(version.has_value());
  EXPECT_EQ(version->id.text(), "eu/web:1");
  EXPECT_EQ(*version->selector, Selector(Version{41}));

  const auto time = ParseVersionAddress("a@11:45", TestClock());
  ASSERT_TRUE(time.has_value());
  EXPECT_EQ(*time->selector, Selector(TimeSelector{At("2026-11-22T03:45:00Z")}));
}

TEST(VersionAddress, RefusesABadIdOrSelector) {
  for (const char* text : {"", "@", "@41", "a@", "a@b@c", "a b@1", "a@ 1"}) {
    const auto address = ParseVersionAddress(text, TestClock());
    ASSERT_FALSE(address.has_value()) << text;
    EXPECT_EQ(address.error().code, ErrorCode::kInvalidArgument) << text;
  }
  EXPECT_EQ(ParseVersionAddress(std::string(129, 'a') + "@1", TestClock()).error().code,
            ErrorCode::kLimitExceeded);
}

}  // namespace
}  // namespace switchback
