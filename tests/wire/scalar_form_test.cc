// Numbers and short texts, at the ends of their ranges and past them.
#include <gtest/gtest.h>

#include <string>

#include "wire/samples.h"

namespace switchback::wire {
namespace {

// What is said of `text` as a member of an entry of the table.
std::string Fault(std::string_view key, std::string_view text) {
  Json json = ToJson(TableEntry{Id("a"), Version{1}, Revision{1}});
  json[std::string(key)] = ParseJson(text).value();
  const auto read = FromJson<TableEntry>(json, "");
  return read ? "taken" : read.error().message;
}

std::string FaultOfCount(std::string_view text) {
  const auto read = FromJson<PrunePolicy>({{"keep_last", ParseJson(text).value()}}, "");
  return read ? "taken" : read.error().message;
}

TEST(ScalarFormTest, NumbersAreWholeAndInRange) {
  for (const char* good : {"0", "9223372036854775807", "9223372036854775808"}) {
    EXPECT_EQ(Fault("version", good), "taken") << good;
  }
  EXPECT_EQ(Fault("version", "9223372036854775809"),
            "version: expected a whole number of at most 9223372036854775808, found "
            "9223372036854775809");
  EXPECT_EQ(FaultOfCount("18446744073709551615"), "taken");
  for (const char* bad : {"18446744073709551616", "1e3", "1.0", "0.5", "-0.0", "1e400"}) {
    const auto parsed = ParseJson(bad);
    if (!parsed) continue;  // 1e400
    EXPECT_EQ(FaultOfCount(bad),
              "keep_last: expected a whole number, found a number with a fraction or an exponent, "
              "or of more than 64 bits")
        << bad;
  }
  EXPECT_EQ(FaultOfCount("-1"), "keep_last: expected a whole number, found a negative number");
  EXPECT_EQ(FaultOfCount("\"1\""), "keep_last: expected a whole number, found a string");
  EXPECT_EQ(FaultOfCount("true"), "keep_last: expected a whole number, found true");
  EXPECT_EQ(FaultOfCount("null"), "keep_last: expected a whole number, found null");
  EXPECT_EQ(FaultOfCount("[1]"), "keep_last: expected a whole number, found a list");
}

TEST(ScalarFormTest, NumbersOf32BitsStayWithinThem) {
  Json json = ToJson(StoreIdentity{});
  json["format"] = 4294967296U;
  EXPECT_EQ(FromJson<StoreIdentity>(json, "").error().message,
            "format: expected a whole number of at most 4294967295, found 4294967296");
}

TEST(ScalarFormTest, IdsAreWhatTheLibraryTakes) {
  EXPECT_EQ(Fault("id", "\"\""),
            "id: business ID is empty: expected 1 to 128 bytes of [A-Za-z0-9._:/-]");
  EXPECT_TRUE(Fault("id", "\"a b\"").starts_with("id: business ID 'a b' has ' ' as byte 2"));
  EXPECT_EQ(Fault("id", "5"), "id: expected a business ID, found a number");
  const auto long_one =
      FromJson<TableEntry>({{"id", std::string(129, 'a')}, {"version", 1}, {"revision", 1}}, "");
  EXPECT_EQ(long_one.error().code, ErrorCode::kLimitExceeded);
}

TEST(ScalarFormTest, TimesAreWhatTheLibraryTakes) {
  const auto fault = [](const char* text) {
    const auto read = FromJson<PrunePolicy>({{"keep_since", text}}, "");
    return read ? FormatTime(*read->keep_since) : read.error().message;
  };
  EXPECT_EQ(fault("2026-11-22T11:45:00+08:00"), "2026-11-22T03:45:00Z");
  EXPECT_EQ(fault("0000-01-01T00:00:00Z"), "0000-01-01T00:00:00Z");
  EXPECT_EQ(fault("9999-12-31T23:59:59.999999Z"), "9999-12-31T23:59:59.999999Z");
  EXPECT_EQ(fault("soon"),
            "keep_since: time 'soon': expected RFC 3339, such as 2026-11-22T11:45:00+08:00");
  EXPECT_EQ(fault("2026-02-30T00:00:00Z"),
            "keep_since: time '2026-02-30T00:00:00Z': there is no such day in the calendar");
}

TEST(ScalarFormTest, DigestsAre32LowerCaseDigits) {
  const auto fault = [](const char* text) {
    const auto read = FromJson<VersionSummary>({{"count", 1}, {"digest", text}}, "");
    return read ? read->digest.ToHex() : read.error().message;
  };
  EXPECT_EQ(fault("ffffffffffffffff0000000000000001"), "ffffffffffffffff0000000000000001");
  for (const char* bad :
       {"", "fffffffffffffff0000000000000001", "ffffffffffffffff00000000000000011",
        "FFFFFFFFFFFFFFFF0000000000000001", "gfffffffffffffff0000000000000001"}) {
    EXPECT_TRUE(fault(bad).starts_with("digest: expected a digest of 32 lower-case hex digits"));
  }
}

TEST(ScalarFormTest, NamesAreThoseOfTheLibrary) {
  Json holder = ToJson(AddressHolder{Id("a"), AnEndpoint("::1"), AddressMatch::kExact, Version{1},
                                     Version{1}, false});
  for (const auto match : {AddressMatch::kExact, AddressMatch::kCovered, AddressMatch::kCovering}) {
    holder["match"] = AddressMatchName(match);
    EXPECT_EQ(FromJson<AddressHolder>(holder, "").value().match, match);
  }
  holder["match"] = "near";
  EXPECT_EQ(FromJson<AddressHolder>(holder, "").error().message,
            "match: expected exact, covered or covering, found 'near'");
  EXPECT_EQ(FromJson<Error>({{"reason", "bored"}, {"message", ""}}, "error").error().message,
            "error.reason: expected the reason of an error, found 'bored'");
}

}  // namespace
}  // namespace switchback::wire
