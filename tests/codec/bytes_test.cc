#include "codec/bytes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace switchback {
namespace {

std::vector<uint64_t> EdgeNumbers() {
  std::vector<uint64_t> numbers = {0, UINT64_MAX};
  for (unsigned bit = 0; bit < 64; ++bit) {
    const uint64_t power = uint64_t{1} << bit;
    numbers.insert(numbers.end(), {power - 1, power, power + 1});
  }
  return numbers;
}

TEST(Bytes, VarintsComeBackAndAreAsLongAsSaid) {
  for (const uint64_t number : EdgeNumbers()) {
    std::string bytes;
    AppendVarint(number, bytes);
    EXPECT_EQ(bytes.size(), VarintBytes(number));
    ByteReader in(bytes);
    uint64_t read = 0;
    ASSERT_TRUE(in.ReadVarint(read));
    EXPECT_EQ(read, number);
    EXPECT_TRUE(in.empty());
  }
}

TEST(Bytes, VarintsLongerThanNeededOrTooLargeAreRefused) {
  const std::string ff9(9, '\xff');
  for (const std::string& bytes :
       {std::string("\x80\x00", 2), std::string("\x81\x80\x00", 3), ff9 + '\x02', ff9 + "\xff\x01",
        std::string("\x80"), std::string()}) {
    ByteReader in(bytes);
    uint64_t read = 7;
    EXPECT_FALSE(in.ReadVarint(read));
    EXPECT_EQ(in.rest(), bytes) << "a failed read moved the reader";
  }
}

TEST(Bytes, OrderedNumbersSortAsTheirValues) {
  std::vector<uint64_t> numbers = EdgeNumbers();
  std::ranges::sort(numbers);
  std::string last;
  for (size_t i = 0; i < numbers.size(); ++i) {
    std::string bytes;
    AppendOrderedNumber(numbers[i], bytes);
    if (i > 0 && numbers[i] != numbers[i - 1]) {
      EXPECT_LT(last, bytes);
    }
    ByteReader in(bytes);
    uint64_t read = 0;
    ASSERT_TRUE(in.ReadOrderedNumber(read));
    EXPECT_EQ(read, numbers[i]);
    last = bytes;
  }
}

TEST(Bytes, OrderedNumbersHaveOneForm) {
  for (const std::string& bytes : {std::string("\x01\x00", 2), std::string("\x02\x00\x05", 3),
                                   std::string("\x09"
                                               "123456789"),
                                   std::string("\x03\x01\x02"), std::string()}) {
    ByteReader in(bytes);
    uint64_t read = 0;
    EXPECT_FALSE(in.ReadOrderedNumber(read));
    EXPECT_EQ(in.rest(), bytes);
  }
}

TEST(Bytes, FixedNumbersAreInTheByteOrderTheySay) {
  std::string bytes;
  AppendFixed32(0x01020304, bytes);
  AppendBigEndian32(0x01020304, bytes);
  AppendFixed64(0x0102030405060708, bytes);
  AppendBigEndian64(0x0102030405060708, bytes);
  EXPECT_EQ(bytes,
            "\x04\x03\x02\x01\x01\x02\x03\x04\x08\x07\x06\x05\x04\x03\x02\x01\x01\x02\x03\x04"
            "\x05\x06\x07\x08");
  ByteReader in(bytes);
  uint32_t little32 = 0;
  uint32_t big32 = 0;
  uint64_t little64 = 0;
  uint64_t big64 = 0;
  ASSERT_TRUE(in.ReadFixed32(little32) && in.ReadBigEndian32(big32) && in.ReadFixed64(little64) &&
              in.ReadBigEndian64(big64));
  EXPECT_EQ(little32, 0x01020304U);
  EXPECT_EQ(big32, little32);
  EXPECT_EQ(little64, 0x0102030405060708U);
  EXPECT_EQ(big64, little64);
}

TEST(Bytes, EveryTruncationIsRefusedAndLeavesTheReaderWhereItWas) {
  std::string bytes;
  AppendLengthPrefixed("endpoint", bytes);
  for (size_t size = 0; size < bytes.size(); ++size) {
    ByteReader in(std::string_view(bytes).substr(0, size));
    std::string_view text;
    EXPECT_FALSE(in.ReadLengthPrefixed(text));
    EXPECT_EQ(in.rest().size(), size);
  }
  ByteReader in(bytes);
  std::string_view text;
  ASSERT_TRUE(in.ReadLengthPrefixed(text));
  EXPECT_EQ(text, "endpoint");
  uint8_t byte = 0;
  uint32_t fixed = 0;
  EXPECT_FALSE(in.ReadByte(byte));
  EXPECT_FALSE(in.ReadFixed32(fixed));
  EXPECT_FALSE(in.ReadBytes(1, text));
  EXPECT_TRUE(in.ReadBytes(0, text));
}

}  // namespace
}  // namespace switchback
