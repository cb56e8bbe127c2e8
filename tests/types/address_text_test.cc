#include "types/address_text.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>
#include <random>

namespace switchback {
namespace {

struct Ipv6Case {
  const char* text;
  const char* canonical;  // null: not an address
};

std::string Canonical(std::string_view text) {
  const char* p = text.data();
  const char* end = p + text.size();
  Address address;
  const Refusal* refusal =
      LooksLikeIpv6(p, end) ? ScanIpv6(p, end, address) : ScanIpv4(p, end, address);
  if (refusal != nullptr || p != end) return "";
  std::string out;
  AppendAddress(address, out);
  return out;
}

TEST(AddressText, Ipv6IsWrittenAsRfc5952Says) {
  const Ipv6Case cases[] = {
      {"::", "::"},
      {"::1", "::1"},
      {"1::", "1::"},
      {"0:0:0:0:0:0:0:0", "::"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},    // first of equal runs
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},          // longest run
      {"2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},  // never one group
      {"2001:0DB8::00Aa", "2001:db8::aa"},              // lower case, no leading zeros
      {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
      {"::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"},
      {"0:0:3:4:5:6:0:0", "::3:4:5:6:0:0"},
      {"1:0:0:4:5:0:0:0", "1:0:0:4:5::"},
      {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
      {"::ffff:1.2.3.4", "::ffff:1.2.3.4"},
      {"::ffff:102:304", "::ffff:1.2.3.4"},
      {"::ffff:0:0", "::ffff:0.0.0.0"},
      {"::1.2.3.4", "::102:304"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
      {"1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304"},
  };
  for (const auto& [text, canonical] : cases) EXPECT_EQ(Canonical(text), canonical) << text;
}

TEST(AddressText, RefusesWhatIsNoAddress) {
  const char* const cases[] = {":",
                               ":::",
                               "1",
                               "1:",
                               ":1",
                               "1:2:3:4:5:6:7",
                               "1:2:3:4:5:6:7:8:9",
                               "1:2:3:4:5:6:7:8::",
                               "::1:2:3:4:5:6:7:8",
                               "1::2::3",
                               "12345::",
                               "1:::2",
                               "g::",
                               "::g",
                               "1::2:",
                               "1:2:3:4:5:6:7:1.2.3.4",
                               "::1.2.3",
                               "::1.2.3.256",
                               "::01.2.3.4",
                               "::1.2.3.4:5",
                               "1.2.3.4::",
                               "::ffff:1.2.3.4.5",
                               "1.2.3",
                               "1.2.3.4.",
                               "1.2.3.4.5",
                               "256.1.1.1",
                               "1.2.3.04",
                               "00.1.1.1",
                               "1..2.3",
                               ".1.2.3",
                               "1.2.3.1000",
                               "0x1.2.3.4",
                               "",
                               "a.b.c.d",
                               "fe80::1%eth0"};
  for (const char* text : cases) EXPECT_EQ(Canonical(text), "") << text;
}

// inet_ntop follows RFC 5952 but for ::/96, which it writes with a dotted tail.
TEST(AddressText, AgreesWithTheCLibraryOnRandomAddresses) {
  std::mt19937_64 random(20261122);
  for (int i = 0; i < 20'000; ++i) {
    std::array<uint8_t, 16> bytes;
    for (auto& byte : bytes) byte = static_cast<uint8_t>(random() % 3 == 0 ? random() : 0);
    if (random() % 2 == 0) bytes[0] = 0x20;
    Address address{Family::kIPv6, 0, 0};
    for (size_t k = 0; k < 16; ++k) {
      uint64_t& half = k < 8 ? address.high : address.low;
      half = half << 8 | bytes[k];
    }
    if (address.high == 0 && address.low >> 32 == 0) continue;
    std::array<char, INET6_ADDRSTRLEN> expected;
    ASSERT_NE(inet_ntop(AF_INET6, bytes.data(), expected.data(), expected.size()), nullptr);
    std::string text;
    AppendAddress(address, text);
    ASSERT_EQ(text, expected.data());
    ASSERT_EQ(Canonical(text), text);
  }
}

TEST(AddressText, NetworkClearsTheBitsPastThePrefix) {
  const Address all4{Family::kIPv4, 0, 0xffffffff};
  EXPECT_EQ(Network(all4, 0).low, 0u);
  EXPECT_EQ(Network(all4, 1).low, 0x80000000u);
  EXPECT_EQ(Network(all4, 31).low, 0xfffffffeu);
  EXPECT_EQ(Network(all4, 32), all4);
  const Address all6{Family::kIPv6, ~uint64_t{0}, ~uint64_t{0}};
  EXPECT_EQ(Network(all6, 0), (Address{Family::kIPv6, 0, 0}));
  EXPECT_EQ(Network(all6, 63), (Address{Family::kIPv6, ~uint64_t{1}, 0}));
  EXPECT_EQ(Network(all6, 64), (Address{Family::kIPv6, ~uint64_t{0}, 0}));
  EXPECT_EQ(Network(all6, 65), (Address{Family::kIPv6, ~uint64_t{0}, uint64_t{1} << 63}));
  EXPECT_EQ(Network(all6, 128), all6);
}

}  // namespace
}  // namespace switchback
