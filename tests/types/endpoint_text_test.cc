#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "switchback/endpoint.h"
#include "types/address_text.h"
#include "types/endpoint_scanner.h"

namespace switchback {
namespace {

using ::testing::HasSubstr;

struct GoodCase {
  std::string text;
  std::string canonical;
};

TEST(EndpointText, TakesEveryFormAndWritesTheCanonicalOne) {
  const std::vector<GoodCase> cases = {
      {"10.0.0.1", "10.0.0.1"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255:65535", "255.255.255.255:65535"},
      {"10.0.0.1/32", "10.0.0.1"},
      {"10.0.0.0/8", "10.0.0.0/8"},
      {"0.0.0.0/0", "0.0.0.0/0"},
      {"10.0.0.0/8:1", "10.0.0.0/8:1"},
      {"10.0.0.1/32:80", "10.0.0.1:80"},
      {"2001:DB8::1", "2001:db8::1"},
      {"2001:db8::1/128", "2001:db8::1"},
      {"2001:db8::/32", "2001:db8::/32"},
      {"::/0", "::/0"},
      {"[2001:db8::1]", "2001:db8::1"},
      {"[2001:db8::/32]", "2001:db8::/32"},
      {"[2001:db8::1]:443", "[2001:db8::1]:443"},
      {"[2001:db8::/32]:443", "[2001:db8::/32]:443"},
      {"[::1/128]:443", "[::1]:443"},
      {"::ffff:1.2.3.4", "::ffff:1.2.3.4"},
      {"[::ffff:1.2.3.0/120]:80", "[::ffff:1.2.3.0/120]:80"},
      {"10.0.0.1 weight=0", "10.0.0.1 weight=0"},
      {"10.0.0.1 weight=4294967295", "10.0.0.1 weight=4294967295"},
      {" \t10.0.0.1:80\t weight=5  \t", "10.0.0.1:80 weight=5"},
      {"10.0.0.1 # a note", "10.0.0.1"},
      {"10.0.0.1 #a=b weight=1", "10.0.0.1"},
      {"10.0.0.1 weight=1 zone=a#b # n", "10.0.0.1 weight=1 zone=a#b"},
      {"10.0.0.1 a=1 b=2", "10.0.0.1 a=1 b=2"},
      {"10.0.0.1 b=2 a=1 weight=7", "10.0.0.1 weight=7 a=1 b=2"},
      {"10.0.0.1 a=1  b=2", "10.0.0.1 a=1 b=2"},
      {"10.0.0.1 a=1\tb=2", "10.0.0.1 a=1 b=2"},
      {"10.0.0.1 a=1 weight=3 b=2", "10.0.0.1 weight=3 a=1 b=2"},
      {"10.0.0.1 a-b.c_9=x=y,z;\"~!", "10.0.0.1 a-b.c_9=x=y,z;\"~!"},
      {"10.0.0.1 a=1 a-=2 aa=3", "10.0.0.1 a=1 a-=2 aa=3"},
  };
  for (const auto& [text, canonical] : cases) {
    const auto endpoint = ParseEndpoint(text);
    ASSERT_TRUE(endpoint.has_value()) << text << ": " << endpoint.error().message;
    EXPECT_EQ(FormatEndpoint(endpoint->view()), canonical) << text;
    const auto again = ParseEndpoint(canonical);
    ASSERT_TRUE(again.has_value()) << canonical;
    EXPECT_EQ(again->view(), endpoint->view()) << canonical;
  }
}

struct BadCase {
  std::string text;
  std::string reason;  // part of it
};

TEST(EndpointText, RefusesEverythingElseWithTheReason) {
  const std::vector<BadCase> cases = {
      {"", "no endpoint"},
      {" \t ", "no endpoint"},
      {"# only a note", "no endpoint"},
      {"10.0.0.1\n10.0.0.2", "line break"},
      {"10.0.0.1\r", "unexpected text"},
      {"example.com", "not an IPv4 or IPv6 address"},
      {"10.0.0", "not an IPv4 or IPv6 address"},
      {"10.0.0.256", "above 255"},
      {"10.0.0.01", "leading zero"},
      {"10.0.0.1.2", "unexpected text"},
      {"10.0.0.1#note", "unexpected text"},
      {"10.0.0.1,10.0.0.2", "unexpected text"},
      {"10.0.0.1/", "prefix length"},
      {"10.0.0.0/33", "from 0 to 32"},
      {"10.0.0.0/08", "leading zero"},
      {"10.0.0.0/-1", "prefix length"},
      {"10.0.0.1/24", "the network is 10.0.0.0/24"},
      {"10.0.0.1/0", "the network is 0.0.0.0/0"},
      {"2001:db8::1/32", "the network is 2001:db8::/32"},
      {"2001:db8::/129", "from 0 to 128"},
      {"10.0.0.1:", "port"},
      {"10.0.0.1:0", "from 1 to 65535"},
      {"10.0.0.1:65536", "from 1 to 65535"},
      {"10.0.0.1:99999999999999999999999", "from 1 to 65535"},
      {"10.0.0.1:080", "leading zero"},
      {"10.0.0.1:+80", "port"},
      {"10.0.0.1:80:81", "unexpected text"},
      {"10.0.0.1:80/24", "unexpected text"},
      {"2001:db8::/32:443", "[ADDRESS/PREFIX]:PORT"},
      {"1:2:3:4:5:6:7:8:443", "[ADDRESS]:PORT"},
      {"[10.0.0.1]:80", "brackets are for an IPv6 address"},
      {"[]:80", "brackets"},
      {"[2001:db8::1", "expected ']'"},
      {"[2001:db8::1:443", "expected ']'"},
      {"[2001:db8::]/32", "inside the brackets"},
      {"[2001:db8::1]443", "unexpected text"},
      {"fe80::1%eth0", "unexpected text"},
      {"10.0.0.1 weight=", "weight is not a number"},
      {"10.0.0.1 weight=-1", "weight is not a number"},
      {"10.0.0.1 weight=5x", "weight is not a number"},
      {"10.0.0.1 weight=4294967296", "from 0 to 4294967295"},
      {"10.0.0.1 weight=05", "leading zero"},
      {"10.0.0.1 weight=5 weight=5", "weight is given twice"},
      {"10.0.0.1 weight", "key=value"},
      {"10.0.0.1 10.0.0.2", "key=value"},
      {"10.0.0.1 =x", "attribute key"},
      {"10.0.0.1 Zone=x", "attribute key"},
      {"10.0.0.1 zone=", "value is empty"},
      {"10.0.0.1 zone=\xc3\xa9", "printable ASCII"},
      {"10.0.0.1 zone=a\x01", "printable ASCII"},
      {"10.0.0.1 a=1 a=1", "given twice"},
      {"10.0.0.1 a=1 b=1 a=2", "given twice"},
      {"\xef\xbb\xbf"
       "10.0.0.1",
       "not an IPv4"},
      {std::string("10.0.0.1\0", 9), "unexpected text"},
  };
  for (const auto& [text, reason] : cases) {
    const auto endpoint = ParseEndpoint(text);
    ASSERT_FALSE(endpoint.has_value()) << text;
    EXPECT_EQ(endpoint.error().code, ErrorCode::kInvalidArgument) << text;
    EXPECT_THAT(endpoint.error().message, HasSubstr(reason)) << text;
  }
}

std::string Attributes(size_t count, size_t key_bytes, size_t value_bytes) {
  std::string text = "10.0.0.1";
  for (size_t i = 0; i < count; ++i) {
    text += " " + std::string(key_bytes - 1, 'k') + static_cast<char>('a' + i) + "=" +
            std::string(value_bytes, 'v');
  }
  return text;
}

TEST(EndpointText, HoldsTheLimitsOfAttributes) {
  EXPECT_TRUE(ParseEndpoint(Attributes(16, 2, 2)).has_value());
  EXPECT_TRUE(ParseEndpoint(Attributes(1, 32, 128)).has_value());
  // 16 pairs of 63 bytes and 15 blanks are 1,023 bytes.
  EXPECT_TRUE(ParseEndpoint(Attributes(16, 2, 60)).has_value());
  EXPECT_TRUE(ParseEndpoint(Attributes(15, 2, 60) + " zz=" + std::string(61, 'v')).has_value());

  const std::vector<BadCase> cases = {
      {Attributes(17, 2, 2), "16 attributes"},
      {Attributes(1, 33, 1), "32 bytes"},
      {Attributes(1, 1, 129), "128 bytes"},
      {Attributes(15, 2, 60) + " zz=" + std::string(62, 'v'), "1024 bytes"},
      {Attributes(15, 2, 60) + " a=" + std::string(63, 'v'), "1024 bytes"},  // out of order
  };
  for (const auto& [text, reason] : cases) {
    const auto endpoint = ParseEndpoint(text);
    ASSERT_FALSE(endpoint.has_value()) << text;
    EXPECT_EQ(endpoint.error().code, ErrorCode::kLimitExceeded) << text;
    EXPECT_THAT(endpoint.error().message, HasSubstr(reason));
  }
}

OwnedEndpoint RandomEndpoint(std::mt19937_64& random) {
  OwnedEndpoint endpoint;
  Address address;
  address.family = random() % 2 == 0 ? Family::kIPv4 : Family::kIPv6;
  const unsigned host = HostPrefixLength(address.family);
  const unsigned length = random() % 2 == 0 ? host : static_cast<unsigned>(random() % (host + 1));
  address.low = address.family == Family::kIPv4 ? random() & 0xffffffff : random();
  if (address.family == Family::kIPv6) address.high = random() % 4 == 0 ? 0 : random();
  if (random() % 4 == 0) address.low &= 0xffff0000ffff;
  endpoint.key = {Network(address, length), static_cast<uint8_t>(length),
                  static_cast<uint16_t>(random() % 3 == 0 ? 0 : random())};
  if (endpoint.key.address.family == Family::kIPv4) endpoint.key.address.low &= 0xffffffff;
  if (random() % 2 == 0) endpoint.weight = static_cast<uint32_t>(random());
  for (char key = 'a'; key < 'f'; ++key) {
    if (random() % 3 != 0) continue;
    if (!endpoint.attributes.empty()) endpoint.attributes += ' ';
    endpoint.attributes += key;
    endpoint.attributes += '=';
    endpoint.attributes += static_cast<char>('!' + random() % 94);
  }
  return endpoint;
}

TEST(EndpointText, RoundTripsRandomEndpoints) {
  std::mt19937_64 random(394521);
  for (int i = 0; i < 50'000; ++i) {
    const OwnedEndpoint endpoint = RandomEndpoint(random);
    const std::string text = FormatEndpoint(endpoint.view());
    const auto parsed = ParseEndpoint(text);
    ASSERT_TRUE(parsed.has_value()) << text << ": " << parsed.error().message;
    ASSERT_EQ(parsed->view(), endpoint.view()) << text;
  }
}

// Whatever is taken must be canonical after one round, and never read out of bounds (run under
// AddressSanitizer: each text is a heap block of its own size).
TEST(EndpointText, MutatedTextIsRefusedOrUnderstood) {
  std::mt19937_64 random(46);
  constexpr std::string_view kBytes = "0123456789abf.:/[]#= \t\r\xff-wzeight";
  int taken = 0;
  for (int i = 0; i < 100'000; ++i) {
    std::string text = FormatEndpoint(RandomEndpoint(random).view());
    for (auto edits = random() % 3; edits > 0; --edits) {
      const size_t at = random() % text.size();
      const char byte = kBytes[random() % kBytes.size()];
      if (random() % 2 == 0) {
        text[at] = byte;
      } else {
        text.insert(at, 1, byte);
      }
    }
    if (random() % 8 == 0) text.resize(random() % (text.size() + 1));
    const std::vector<char> exact(text.begin(), text.end());
    const auto parsed = ParseEndpoint({exact.data(), exact.size()});
    if (!parsed.has_value()) continue;
    ++taken;
    const std::string canonical = FormatEndpoint(parsed->view());
    const auto again = ParseEndpoint(canonical);
    ASSERT_TRUE(again.has_value()) << text << " -> " << canonical;
    ASSERT_EQ(FormatEndpoint(again->view()), canonical) << text;
  }
  EXPECT_GT(taken, 10'000);
}

TEST(EndpointText, ValueAloneIsEmptyForNone) {
  std::string out;
  AppendEndpointValue({}, out);
  EXPECT_EQ(out, "");
  AppendEndpointValue({.weight = 50, .attributes = "zone=a"}, out);
  EXPECT_EQ(out, "weight=50 zone=a");
}

TEST(EndpointKey, OrderIsFamilyAddressPrefixPort) {
  const std::vector<std::string> ordered = {
      "0.0.0.0/0",  "9.0.0.0",        "10.0.0.0/8", "10.0.0.0/8:80", "10.0.0.0/9", "10.0.0.0",
      "10.0.0.0:1", "10.0.0.0:65535", "10.0.0.1",   "::/0",          "::1",        "[::1]:1",
      "1::",        "2001:db8::"};
  for (size_t i = 1; i < ordered.size(); ++i) {
    EXPECT_LT(ParseEndpoint(ordered[i - 1])->key, ParseEndpoint(ordered[i])->key) << ordered[i];
  }
}

TEST(EndpointScanner, AttributesAreBorrowedFromALineThatHasThemInOrder) {
  const std::string line = "10.0.0.1 weight=1 a=1 b=2";
  EndpointScanner scanner;
  ASSERT_EQ(scanner.Scan(line), LineKind::kEndpoint);
  EXPECT_EQ(scanner.endpoint().value.attributes.data(), line.data() + line.find("a=1"));
  EXPECT_EQ(scanner.endpoint().value.attributes, "a=1 b=2");
  ASSERT_EQ(scanner.Scan("10.0.0.2"), LineKind::kEndpoint);  // nothing of the line before is left
  EXPECT_EQ(scanner.endpoint().value, EndpointValue{});
}

}  // namespace
}  // namespace switchback
