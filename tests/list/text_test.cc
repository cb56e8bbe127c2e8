#include "switchback/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "list/line_entries.h"
#include "list/radix_sort.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string Print(const EndpointList& list) {
  std::string out;
  for (const Endpoint& endpoint : list) {
    AppendEndpoint(endpoint, out);
    out += '\n';
  }
  return out;
}

TEST(ParseEndpointList, SortsIntoCanonicalOrder) {
  const auto parsed = ParseEndpointList(
      "2001:db8::1\n10.0.0.1:80\n10.0.0.1\n[2001:db8::1]:443\n10.0.0.0/8\n9.9.9.9\n::/0\n", "f");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(Print(parsed->list),
            "9.9.9.9\n10.0.0.0/8\n10.0.0.1\n10.0.0.1:80\n::/0\n2001:db8::1\n[2001:db8::1]:443\n");
  EXPECT_EQ(parsed->lines, 7u);
  EXPECT_EQ(parsed->duplicates, 0u);
}

TEST(ParseEndpointList, SkipsBlankLinesAndNotesAndTakesCrlf) {
  const auto parsed = ParseEndpointList(
      "# head\r\n\r\n \t\r\n10.0.0.2 weight=5\r\n10.0.0.1 # first\r\n  # last", "f");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(Print(parsed->list), "10.0.0.1\n10.0.0.2 weight=5\n");
  EXPECT_EQ(parsed->lines, 6u);
}

TEST(ParseEndpointList, CountsLinesWithOrWithoutALastLineBreak) {
  EXPECT_EQ(ParseEndpointList("", "f")->lines, 0u);
  EXPECT_EQ(ParseEndpointList("\n", "f")->lines, 1u);
  EXPECT_EQ(ParseEndpointList("10.0.0.1", "f")->lines, 1u);
  EXPECT_EQ(ParseEndpointList("10.0.0.1\n", "f")->lines, 1u);
  EXPECT_EQ(ParseEndpointList("10.0.0.1\r", "f")->list.size(), 1u);
  EXPECT_TRUE(ParseEndpointList("\n# nothing\n", "f")->list.empty());
}

TEST(ParseEndpointList, TakesAByteOrderMarkAtTheFrontOnly) {
  const auto parsed = ParseEndpointList(
      "\xef\xbb\xbf"
      "10.0.0.1\n",
      "f");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(Print(parsed->list), "10.0.0.1\n");
  EXPECT_EQ(ParseEndpointList("\xef\xbb\xbf", "f")->lines, 0u);
  const auto later = ParseEndpointList(
      "10.0.0.1\n\xef\xbb\xbf"
      "10.0.0.2\n",
      "f");
  ASSERT_FALSE(later.has_value());
  EXPECT_THAT(later.error().items,
              ElementsAre("f:2: \\xef\\xbb\\xbf10.0.0.2: not an IPv4 or IPv6 address"));
}

TEST(ParseEndpointList, CollapsesExactDuplicatesHoweverTheyAreWritten) {
  const auto parsed = ParseEndpointList(
      "10.0.0.1 a=1 b=2\n10.0.0.1/32  b=2 a=1 # again\n2001:db8::1\n2001:DB8:0::1\n[2001:db8::1]\n"
      "10.0.0.2 weight=1\n10.0.0.2 weight=1\n",
      "f");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(Print(parsed->list), "10.0.0.1 a=1 b=2\n10.0.0.2 weight=1\n2001:db8::1\n");
  EXPECT_EQ(parsed->duplicates, 4u);
}

TEST(ParseEndpointList, NamesBothLinesOfAKeyWithTwoValues) {
  const auto parsed = ParseEndpointList(
      "10.0.0.9\n10.0.0.1 weight=1\n\n10.0.0.1 weight=2\n10.0.0.1 weight=1\n10.0.0.1\n"
      "::1 a=1\n::1 a=2\n",
      "routes.txt");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(parsed.error().message, "3 of 8 lines of routes.txt are bad: nothing was written");
  EXPECT_EQ(parsed.error().item_count, 3u);
  EXPECT_THAT(
      parsed.error().items,
      ElementsAre("routes.txt:4: 10.0.0.1 weight=2: the same endpoint with another value is on "
                  "line 2 (10.0.0.1 weight=1)",
                  "routes.txt:6: 10.0.0.1: the same endpoint with another value is on line 2 "
                  "(10.0.0.1 weight=1)",
                  "routes.txt:8: ::1 a=2: the same endpoint with another value is on line 7 "
                  "(::1 a=1)"));
}

TEST(ParseEndpointList, WeightZeroIsAnotherValueThanNone) {
  EXPECT_FALSE(ParseEndpointList("10.0.0.1\n10.0.0.1 weight=0\n", "f").has_value());
  EXPECT_FALSE(ParseEndpointList("::1 weight=0\n::1\n", "f").has_value());
}

TEST(ParseEndpointList, NamesBadLinesOfAllKindsInLineOrder) {
  const auto parsed = ParseEndpointList(
      "10.0.0.1 weight=1\nfoo\r\n10.0.0.1 weight=2\n10.0.0.1/24\n10.0.0.1:0\n", "f");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_THAT(parsed.error().items,
              ElementsAre("f:2: foo: not an IPv4 or IPv6 address",
                          "f:3: 10.0.0.1 weight=2: the same endpoint with another value is on line "
                          "1 (10.0.0.1 weight=1)",
                          "f:4: 10.0.0.1/24: bits are set beyond the prefix length: the network is "
                          "10.0.0.0/24",
                          "f:5: 10.0.0.1:0: port is not a number from 1 to 65535"));
}

TEST(ParseEndpointList, OneBadLineIsSingular) {
  EXPECT_EQ(ParseEndpointList("x\n", "f").error().message,
            "1 of 1 lines of f is bad: nothing was written");
}

TEST(ParseEndpointList, NamesTheFirstTwentyAndCountsAll) {
  // Scanned lines and conflicts mixed; conflicts are found after the scan, yet come in their place.
  std::string text = "10.0.0.1 weight=0\n";
  for (int i = 1; i <= 100; ++i) {
    text += i % 2 == 0 ? "bad\n" : "10.0.0.1 weight=" + std::to_string(i) + "\n";
  }
  const auto parsed = ParseEndpointList(text, "f");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().item_count, 100u);
  ASSERT_EQ(parsed.error().items.size(), 20u);
  for (size_t i = 0; i < 20; ++i) {
    EXPECT_THAT(parsed.error().items[i], HasSubstr("f:" + std::to_string(i + 2) + ": "));
  }
}

TEST(ParseEndpointList, BadTextIsClippedAndEscaped) {
  const auto parsed = ParseEndpointList("\x1b[31m\t\xff\n" + std::string(5000, 'x') + "\n", "f");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_THAT(parsed.error().items[0], HasSubstr("f:1: \\x1b[31m\\t\\xff: "));
  EXPECT_THAT(parsed.error().items[1], HasSubstr("f:2: " + std::string(80, 'x') + "...: "));
}

// The slow and plain way, for comparison.
std::map<EndpointKey, std::string> Model(const std::vector<std::string>& lines) {
  std::map<EndpointKey, std::string> model;
  for (const std::string& line : lines) {
    const auto endpoint = ParseEndpoint(line);
    model[endpoint->key] = FormatEndpoint(endpoint->view());
  }
  return model;
}

std::string RandomLine(std::mt19937_64& random, uint64_t spread) {
  const uint64_t pick = random() % spread;
  Endpoint endpoint;
  if (pick % 4 == 0) {
    endpoint.key = {
        {Family::kIPv6, 0x20010db800000000 + pick % 7, pick * 0x9e3779b97f4a7c15}, 128, 443};
  } else {
    endpoint.key = {
        {Family::kIPv4, 0, pick * 2654435761 & 0xffffff00}, 24, static_cast<uint16_t>(pick % 3)};
  }
  // A function of the key, so that duplicates are exact.
  if (pick % 3 != 0) endpoint.value.weight = static_cast<uint32_t>(pick % 5);
  if (pick % 5 == 0) endpoint.value.attributes = pick % 2 == 0 ? "rack=7 zone=a" : "zone=b";
  return FormatEndpoint(endpoint);
}

TEST(ParseEndpointList, AgreesWithAMapOnRandomInputOfAllSizes) {
  std::mt19937_64 random(46);
  for (const size_t count : {1u, 2u, 63u, 64u, 65u, 1000u, 70'000u, 200'000u}) {
    std::vector<std::string> lines;
    std::string text;
    for (size_t i = 0; i < count; ++i) {
      lines.push_back(RandomLine(random, count * 2));
      text += lines.back() + "\n";
    }
    std::string expected;
    const auto model = Model(lines);
    for (const auto& [key, line] : model) expected += line + "\n";
    const auto parsed = ParseEndpointList(text, "f");
    ASSERT_TRUE(parsed.has_value()) << parsed.error().items.front();
    ASSERT_EQ(Print(parsed->list), expected) << count;
    EXPECT_EQ(parsed->duplicates, count - model.size());
    // The canonical text is sorted already: the path without a sort gives the same list.
    const auto again = ParseEndpointList(expected, "f");
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(again->list, parsed->list);
    EXPECT_EQ(again->list.digest(), parsed->list.digest());
  }
}

TEST(ParseEndpointList, ManyDuplicatesOfOneEndpointAreOne) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "10.0.0.1 weight=7\n";
  const auto parsed = ParseEndpointList(text, "f");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->list.size(), 1u);
  EXPECT_EQ(parsed->duplicates, 99'999u);
}

// Values that an entry can't hold are read again from their lines; which those are depends on how
// many came before, and must not show.
TEST(ParseEndpointList, ValuesThatFitNoEntryComeBackToo) {
  std::mt19937_64 random(47);
  std::vector<std::string> lines;
  for (size_t i = 0; i < 150'000; ++i) {
    const uint64_t host = random() % 100'000;
    const std::string weight = host % 3 == 0   ? ""
                               : host % 3 == 1 ? " weight=" + std::to_string(65'530 + host % 9)
                                               : " weight=4294967295";
    lines.push_back("10.0." + std::to_string(host / 256 % 256) + "." + std::to_string(host % 256) +
                    ":" + std::to_string(1 + host / 65'536) + weight + " host=h" +
                    std::to_string(host % 80'000));
  }
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  std::string expected;
  const auto model = Model(lines);
  for (const auto& [key, line] : model) expected += line + "\n";
  const auto parsed = ParseEndpointList(text, "f");
  ASSERT_TRUE(parsed.has_value()) << parsed.error().items.front();
  EXPECT_EQ(Print(parsed->list), expected);
  EXPECT_EQ(parsed->duplicates, lines.size() - model.size());
  // Another value for a key is found in every form.
  for (const char* other : {"", " weight=1", " host=h1", " weight=65535 host=h9", " host=new"}) {
    const auto conflicting =
        ParseEndpointList(text + lines[100].substr(0, lines[100].find(' ')) + other + "\n", "f");
    ASSERT_FALSE(conflicting.has_value()) << other;
    EXPECT_EQ(conflicting.error().item_count, 1U);
  }
}

TEST(ParseEndpointList, RandomBytesAreRefusedOrUnderstood) {
  std::mt19937_64 random(7);
  constexpr std::string_view kBytes = "0123456789.:/[]# =a\n\r\t\xff";
  for (int i = 0; i < 20'000; ++i) {
    std::vector<char> text(random() % 60);
    for (char& c : text) c = kBytes[random() % kBytes.size()];
    const auto parsed = ParseEndpointList({text.data(), text.size()}, "f");
    if (parsed.has_value()) continue;
    ASSERT_GT(parsed.error().item_count, 0u);
    ASSERT_EQ(parsed.error().items.size(), std::min<uint64_t>(20, parsed.error().item_count));
  }
}

TEST(ParseEndpointList, RefusesMoreThanTheLimit) {
  std::string text;
  text.reserve((kMaxEndpointsPerList + 1) * 16);
  for (uint64_t i = 0; i <= kMaxEndpointsPerList; ++i) {
    AppendEndpointKey({{Family::kIPv4, 0, i}, 32, 0}, text);
    text += '\n';
  }
  const auto parsed = ParseEndpointList(text, "big.txt");
  ASSERT_FALSE(parsed.has_value());
  EXPECT_EQ(parsed.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ(
      parsed.error().message,
      "big.txt has 10000001 endpoints, and a list holds at most 10000000: nothing was written");
}

template <typename Entry>
void CheckSortAgainstStd(Family family, uint64_t address_mask, size_t count) {
  std::mt19937_64 random(count);
  LineEntries<Entry> entries;
  std::vector<Entry> expected;
  for (size_t i = 0; i < count; ++i) {
    EndpointKey key;
    key.address = {family, family == Family::kIPv6 ? random() & address_mask : 0,
                   random() & address_mask & 0xffffffff};
    key.prefix_length = static_cast<uint8_t>(random() % 33);
    key.port = static_cast<uint16_t>(random());
    const LineValue value{static_cast<ValueForm>(random() % 4), static_cast<uint32_t>(random())};
    // Offsets beyond 32 bits as well, given in no order.
    const Entry entry(key, value, random() & (kMaxTextBytes - 1));
    ASSERT_EQ(entry.Key(), key);
    ASSERT_EQ(entry.value().form, value.form);
    ASSERT_EQ(entry.value().bits, value.bits);
    entries.Append(entry);
    expected.push_back(entry);
  }
  RadixSort(entries);
  std::sort(expected.begin(), expected.end());
  for (size_t i = 0; i < count; ++i) {
    ASSERT_EQ(entries[i].Key(), expected[i].Key()) << i;
    ASSERT_EQ(entries[i].offset(), expected[i].offset()) << i;
    ASSERT_EQ(entries[i].value().form, expected[i].value().form) << i;
    ASSERT_EQ(entries[i].value().bits, expected[i].value().bits) << i;
  }
}

TEST(RadixSort, OrdersByKeyThenOffsetLikeStdSort) {
  for (const size_t count : {0u, 1u, 64u, 65u, 5000u, 150'000u}) {
    for (const uint64_t mask : {~uint64_t{0}, uint64_t{0xff}, uint64_t{0}}) {
      CheckSortAgainstStd<Ipv4Entry>(Family::kIPv4, mask, count);
      CheckSortAgainstStd<Ipv6Entry>(Family::kIPv6, mask, count);
    }
  }
}

}  // namespace
}  // namespace switchback
