#include "codec/packed_column.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

namespace switchback {
namespace {

using Values = std::vector<uint64_t>;

std::string Encode(const Values& values, ColumnShape shape = ColumnShape::kNumbers) {
  std::string bytes;
  AppendPackedColumn(values, shape, bytes);
  return bytes;
}

// Reads in batches of `batch`; nothing where the bytes are refused.
std::optional<Values> Decode(std::string_view bytes, size_t count, uint64_t limit, size_t batch) {
  ByteReader in(bytes);
  PackedColumnReader reader;
  if (!reader.Open(in, count, limit)) return std::nullopt;
  Values values(count);
  for (size_t done = 0; done < count;) {
    const size_t now = std::min(batch, count - done);
    if (!reader.Read(values.data() + done, now)) return std::nullopt;
    done += now;
  }
  EXPECT_TRUE(in.empty());
  return values;
}

void ExpectRoundTrip(const Values& values) {
  const uint64_t most = values.empty() ? 0 : *std::ranges::max_element(values);
  for (const ColumnShape shape : {ColumnShape::kNumbers, ColumnShape::kRepeating}) {
    const std::string bytes = Encode(values, shape);
    for (const size_t batch : {256U, 1000U, 7U}) {
      const auto decoded = Decode(bytes, values.size(), most, batch);
      ASSERT_TRUE(decoded.has_value()) << values.size() << " values, batches of " << batch;
      EXPECT_EQ(*decoded, values);
    }
    if (most > 0) {
      EXPECT_FALSE(Decode(bytes, values.size(), most - 1, 256)) << "a value over its limit passed";
    }
  }
}

TEST(PackedColumn, EveryWidthComesBackAtEverySmallCount) {
  std::mt19937_64 random(1);
  for (unsigned width = 0; width <= 64; ++width) {
    for (const size_t count : {0U, 1U, 2U, 3U, 4U, 7U, 8U, 9U, 31U, 64U, 255U, 257U, 1024U}) {
      Values values(count);
      for (uint64_t& value : values) value = width == 0 ? 0 : random() >> (64 - width);
      ExpectRoundTrip(values);
    }
  }
}

TEST(PackedColumn, OutliersShiftsAndBasesComeBack) {
  std::mt19937_64 random(2);
  for (int round = 0; round < 300; ++round) {
    const uint64_t base = random() >> (random() % 64);
    const unsigned shift = static_cast<unsigned>(random() % 20);
    Values values(3 + random() % 600);
    for (uint64_t& value : values) {
      const unsigned width = random() % 50 == 0 ? 40 : static_cast<unsigned>(round % 12);
      value = (base >> 1) + ((width == 0 ? 0 : random() >> (64 - width)) << shift);
    }
    ExpectRoundTrip(values);
  }
}

TEST(PackedColumn, AConstantColumnTakesATagAndItsValue) {
  EXPECT_EQ(Encode(Values(1000, 100)), std::string("\x00\x64", 2));
}

TEST(PackedColumn, FewDistinctValuesTakeADictionary) {
  Values ports;
  for (size_t i = 0; i < 1000; ++i) ports.push_back(i % 3 == 0 ? 80 : i % 3 == 1 ? 443 : 60'000);
  EXPECT_LT(Encode(ports, ColumnShape::kRepeating).size(), 270U);
  EXPECT_GT(Encode(ports, ColumnShape::kNumbers).size(), 1000U);
  ExpectRoundTrip(ports);
}

TEST(PackedColumn, ADictionaryHoldsSmallAndLargeValues) {
  std::mt19937_64 random(3);
  const Values known = {0, 3, 254, 255, 256, 300, uint64_t{1} << 40};
  for (size_t distinct = 2; distinct <= known.size(); ++distinct) {
    Values values(900);
    for (uint64_t& value : values) value = known[known.size() - 1 - random() % distinct];
    ExpectRoundTrip(values);
    EXPECT_LT(Encode(values, ColumnShape::kRepeating).size(), 900U * 3 / 8 + 40);
  }
}

TEST(PackedColumn, FewOthersTakeTheirPlacesAndThemselves) {
  std::mt19937_64 random(4);
  for (const size_t count : {3U, 20U, 64U, 65U, 300U, 1024U, 5000U}) {
    for (const size_t one_in : {3U, 10U, 100U}) {
      Values values(count, 101);
      for (uint64_t& value : values) {
        if (random() % one_in == 0) value = random() % 200;
      }
      ExpectRoundTrip(values);
    }
  }
  Values weights(1024, 101);
  for (size_t i = 0; i < weights.size(); i += 20) weights[i] = i % 199;
  EXPECT_LT(Encode(weights, ColumnShape::kRepeating).size(), 100U);
  EXPECT_GT(Encode(weights, ColumnShape::kNumbers).size(), 900U);
}

TEST(PackedColumn, MalformedSparseColumnsAreRefused) {
  const auto taken = [](std::string_view bytes) { return Decode(bytes, 5, 9, 256).has_value(); };
  const auto bytes = [](std::string_view rest) { return "\x7e" + std::string(rest); };
  EXPECT_EQ(Decode(bytes({"\x07\x02\x01\x02\x03\x04", 6}), 5, 9, 2), (Values{7, 3, 7, 7, 4}));
  EXPECT_FALSE(taken(bytes({"\x07\x02\x01\x03\x03\x04", 6}))) << "a place behind the end";
  EXPECT_FALSE(taken(bytes({"\x07\x02\x01\x02\x03\x07", 6}))) << "the common value itself";
  EXPECT_FALSE(taken(bytes({"\x07\x02\x01\x02\x03\x0a", 6}))) << "past the limit";
  EXPECT_FALSE(taken(bytes({"\x0a\x02\x01\x02\x03\x04", 6}))) << "past the limit";
  EXPECT_FALSE(taken(bytes({"\x07\x00", 2}))) << "no others";
  EXPECT_FALSE(taken(bytes({"\x07\x05\x00\x00\x00\x00\x03", 7}))) << "nothing but others";
  EXPECT_FALSE(taken(bytes({"\x07\x02\x01\x02\x03", 5}))) << "cut off";
}

TEST(PackedColumn, ARareLargeValueDoesNotWidenTheRest) {
  Values values(1000, 0);
  for (size_t i = 0; i < values.size(); ++i) values[i] = i % 8;
  values[500] = uint64_t{1} << 60;
  EXPECT_LT(Encode(values).size(), 375U + 20U);
  ExpectRoundTrip(values);
}

// Worked example of doc/format-lists.md.
TEST(PackedColumn, BytesAreTheDocumentedOnes) {
  // Width 2 on base 5: 0, 1, 2, 3 low first, in one byte.
  EXPECT_EQ(Encode({5, 6, 7, 8}), "\x02\x05\xe4");
  // Width 1, base 0, shift 8, one exception at position 3 whose high bits are 2.
  EXPECT_EQ(Encode({0, 256, 256, 1024, 0, 256, 0, 0, 256, 256}),
            std::string("\x81\x00\x08\x01\x03\x02\x26\x03", 8));
  EXPECT_EQ(Encode({1, 300}), "\x01\xac\x02");
  // 101 but for 7 at position 4 and 300 at position 9.
  Values sparse(40, 101);
  sparse[4] = 7;
  sparse[9] = 300;
  EXPECT_EQ(Encode(sparse, ColumnShape::kRepeating), "\x7e\x65\x02\x04\x04\x07\xac\x02");
}

TEST(PackedColumn, ClaimsPastTheBytesAreRefusedWithoutReading) {
  std::string bytes = Encode({1, 2, 3, 4, 5, 6, 7, 8, 900});
  for (size_t size = 0; size < bytes.size(); ++size) {
    ByteReader in(std::string_view(bytes).substr(0, size));
    PackedColumnReader reader;
    EXPECT_FALSE(reader.Open(in, 9, UINT64_MAX)) << size;
  }
  ByteReader in(bytes);
  PackedColumnReader reader;
  EXPECT_FALSE(reader.Open(in, SIZE_MAX, UINT64_MAX));
}

TEST(PackedColumn, ReservedTagsAreRefused) {
  for (unsigned tag = 0; tag < 256; ++tag) {
    const unsigned width = tag & 127;
    if (width <= 64 || tag == 126 || tag == 127) continue;
    const std::string bytes = std::string(1, static_cast<char>(tag)) + std::string(200, '\0');
    ByteReader in(bytes);
    PackedColumnReader reader;
    EXPECT_FALSE(reader.Open(in, 8, UINT64_MAX)) << tag;
  }
}

TEST(PackedColumn, AnyBytesGiveValuesWithinTheLimitOrNone) {
  std::mt19937_64 random(3);
  for (int round = 0; round < 200'000; ++round) {
    std::string bytes(random() % 40, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    if (!bytes.empty() && round % 4 == 0) bytes[0] = "\x7e\x7f\x83"[round / 4 % 3];
    const size_t count = random() % 300;
    const uint64_t limit = random() >> (random() % 64);
    ByteReader in(bytes);
    PackedColumnReader reader;
    if (!reader.Open(in, count, limit)) continue;
    Values values(count);
    const uint64_t least = reader.LeastPossible();
    if (!reader.Read(values.data(), count)) continue;
    for (const uint64_t value : values) ASSERT_TRUE(value <= limit && value >= least);
  }
}

}  // namespace
}  // namespace switchback
