// Lists in compact binary form: they come back, and no byte of one can be changed unseen.
#include <gtest/gtest.h>

#include <fmt/format.h>

#include <string>

#include "codec/bytes.h"
#include "wire/binary_list.h"
#include "wire/samples.h"

namespace switchback::wire {
namespace {

// Endpoints of many kinds, of both families.
EndpointList ManyEndpoints(size_t count) {
  EndpointListBuilder builder;
  std::string attributes;
  for (size_t i = 0; i < count; ++i) {
    EndpointKey key;
    if (i < count / 2) {
      key.address.low = 0x0a000000U + 3 * i;
    } else {
      key.address = {Family::kIPv6, 0x20010db800000000U, i * i};
      key.prefix_length = HostPrefixLength(Family::kIPv6);
    }
    key.port = static_cast<uint16_t>(i % 7 * 1000);
    attributes = i % 3 == 0 ? fmt::format("zone={}", i % 5) : "";
    EndpointValue value{{}, attributes};
    if (i % 2 == 0) value.weight = static_cast<uint32_t>(i);
    builder.Append({key, value});
  }
  return builder.Finish();
}

std::string Hex(std::string_view bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("{:02x}", static_cast<uint8_t>(c));
  return out;
}

void ExpectDamaged(std::string_view bytes) {
  const auto list = DecodeBinaryList(bytes);
  ASSERT_FALSE(list) << Hex(bytes);
  EXPECT_EQ(list.error().code, ErrorCode::kDataLoss);
  EXPECT_TRUE(list.error().message.starts_with("a list in binary form is damaged: "))
      << list.error().message;
}

TEST(BinaryListTest, ListsOfAnyLengthComeBack) {
  for (const size_t count : {0, 1, 2, 4095, 4096, 4097, 8192, 20'000}) {
    const EndpointList list = ManyEndpoints(count);
    const auto back = DecodeBinaryList(EncodeBinaryList(list));
    ASSERT_TRUE(back) << count << ": " << back.error().message;
    EXPECT_EQ(*back, list) << count;
    EXPECT_EQ(back->digest(), list.digest()) << count;
  }
}

TEST(BinaryListTest, ItsBytesArePinned) {
  EXPECT_EQ(Hex(EncodeBinaryList(EndpointList())), "010000000000000000000000000000000000");
  const EndpointList one = AList("10.20.1.1:8000 weight=100");
  EXPECT_EQ(Hex(EncodeBinaryList(one)), "010101310a140101c03e65" + one.digest().ToHex());
}

TEST(BinaryListTest, ItIsCompact) {
  EXPECT_LT(EncodeBinaryList(ManyEndpoints(20'000)).size(), 20'000U * 10);
}

TEST(BinaryListTest, EveryTruncationIsAnError) {
  const std::string bytes = EncodeBinaryList(ManyEndpoints(9));
  for (size_t size = 0; size < bytes.size(); ++size) {
    ExpectDamaged(std::string_view(bytes).substr(0, size));
  }
}

TEST(BinaryListTest, EveryChangedByteIsAnErrorOrTheSameList) {
  for (const size_t count : {0, 1, 9}) {
    const EndpointList list = ManyEndpoints(count);
    const std::string bytes = EncodeBinaryList(list);
    for (size_t at = 0; at < bytes.size(); ++at) {
      for (int change = 1; change < 256; ++change) {
        std::string changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ change);
        const auto read = DecodeBinaryList(changed);
        if (read) {
          EXPECT_EQ(*read, list) << Hex(changed);
        } else {
          EXPECT_EQ(read.error().code, ErrorCode::kDataLoss);
        }
      }
    }
  }
}

TEST(BinaryListTest, BytesBehindItAreRefused) {
  const std::string bytes = EncodeBinaryList(ManyEndpoints(3));
  const auto read = DecodeBinaryList(bytes + "x");
  EXPECT_EQ(read.error().message, "a list in binary form is damaged: 1 bytes follow on it");
  ExpectDamaged(bytes + bytes);
}

TEST(BinaryListTest, WhatIsClaimedIsNotBelieved) {
  for (const uint64_t count :
       {uint64_t{10'000'000}, uint64_t{10'000'001}, uint64_t{1} << 40, UINT64_MAX}) {
    std::string bytes(1, '\x01');
    AppendVarint(count, bytes);
    ExpectDamaged(bytes);
    ExpectDamaged(bytes + std::string("\x00", 1));              // an empty block
    ExpectDamaged(bytes + std::string(1000, '\x00'));           // only such
    ExpectDamaged(bytes + "\xff\xff\xff\xff\x7f\x01" + "abc");  // a block of as many
  }
}

TEST(BinaryListTest, ABlockHoldsNoMoreThanItMay) {
  // One block of 4,097 endpoints in a row; what holds it back is the bound, not its bytes.
  std::string bytes("\x01", 1);
  AppendVarint(4097, bytes);
  AppendVarint(4097, bytes);
  ExpectDamaged(bytes + std::string("\x01\x0a\x00\x00\x00", 5) + std::string(600, '\x00'));
}

TEST(BinaryListTest, TheDigestIsThatOfTheEndpoints) {
  std::string bytes = EncodeBinaryList(AList("10.20.1.1"));
  bytes.back() = static_cast<char>(bytes.back() ^ 1);
  const auto read = DecodeBinaryList(bytes);
  ASSERT_FALSE(read);
  EXPECT_TRUE(read.error().message.starts_with("a list in binary form is damaged: its digest is " +
                                               AList("10.20.1.1").digest().ToHex()));
}

}  // namespace
}  // namespace switchback::wire
