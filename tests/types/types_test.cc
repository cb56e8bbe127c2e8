#include "switchback/types.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

namespace switchback {
namespace {

using ::testing::HasSubstr;

TEST(BusinessId, TakesEveryByteOfItsAlphabet) {
  const std::string all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/-";
  const auto id = BusinessId::Parse(all);
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(id->text(), all);
  EXPECT_TRUE(BusinessId::Parse("394521").has_value());
  EXPECT_TRUE(BusinessId::Parse(std::string(128, 'a')).has_value());
}

TEST(BusinessId, RefusesEveryOtherByteAndNamesItsPlace) {
  const std::string alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:/-";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    if (alphabet.find(c) != std::string::npos) continue;
    const auto id = BusinessId::Parse(std::string("ab") + c + "d");
    ASSERT_FALSE(id.has_value()) << byte;
    EXPECT_EQ(id.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(id.error().message, HasSubstr("byte 3"));
  }
}

TEST(BusinessId, RefusesEmptyAndTooLong) {
  EXPECT_EQ(BusinessId::Parse("").error().code, ErrorCode::kInvalidArgument);
  const auto id = BusinessId::Parse(std::string(129, 'a'));
  ASSERT_FALSE(id.has_value());
  EXPECT_EQ(id.error().code, ErrorCode::kLimitExceeded);
  EXPECT_THAT(id.error().message, HasSubstr("limit is 128"));
}

TEST(BusinessId, OrdersBytewise) {
  EXPECT_LT(*BusinessId::Parse("10"), *BusinessId::Parse("9"));
  EXPECT_LT(*BusinessId::Parse("a"), *BusinessId::Parse("aa"));
  EXPECT_LT(*BusinessId::Parse("Z"), *BusinessId::Parse("a"));
}

TEST(Digest, PrintsAs32HexDigitsHighHalfFirst) {
  EXPECT_EQ(Digest{}.ToHex(), "00000000000000000000000000000000");
  EXPECT_EQ((Digest{0x0123456789abcdef, 0xfedcba9876543210}).ToHex(),
            "0123456789abcdeffedcba9876543210");
}

TEST(Digest, AddsAndSubtractsWithCarry) {
  Digest digest{0, ~uint64_t{0}};
  digest += Digest{0, 1};
  EXPECT_EQ(digest, (Digest{1, 0}));
  digest -= Digest{0, 1};
  EXPECT_EQ(digest, (Digest{0, ~uint64_t{0}}));
}

}  // namespace
}  // namespace switchback
