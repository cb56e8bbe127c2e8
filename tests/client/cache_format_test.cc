// The bytes of a cache file: a promise to the next program that reads it; and what becomes of them
// when they are damaged.
#include "client/cache_format.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "client/list_server.h"

namespace switchback::client {
namespace {

KeptAnswerHandle Kept(std::string_view id, uint64_t version, std::string_view endpoint) {
  KeptAnswer answer{*BusinessId::Parse(id), Version{version}, Revision{version + 1},
                    Timestamp{1'700'000'001'000'000}, nullptr};
  answer.list = std::make_shared<const std::string>(wire::EncodeBinaryList(OneEndpoint(endpoint)));
  return std::make_shared<const KeptAnswer>(std::move(answer));
}
KeptAnswerHandle NotThere(std::string_view id, uint64_t version) {
  return std::make_shared<const KeptAnswer>(KeptAnswer{*BusinessId::Parse(id), Version{version},
                                                       Revision{}, Timestamp{1'700'000'002'000'000},
                                                       nullptr});
}

std::string Sample() {
  return EncodeCache(ServedIdentity(), Timestamp{1'700'000'003'000'000},
                     {Kept("394521", 300, "10.0.0.1:80"), NotThere("394522", 4)});
}

std::string Hex(std::string_view bytes) {
  std::string hex;
  for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<uint8_t>(byte));
  return hex;
}

// As in doc/format-cache.md.
TEST(CacheFormatTest, HasItsBytes) {
  EXPECT_EQ(Hex(Sample()),
            // magic, format, UUID, environment, created, its format, pruned, last contact, answers
            "5357424341434845"
            "01000000"
            "0437663063"
            "0a70726f64756374696f6e"
            "00401e18240a0600"
            "02000000"
            "00"
            "c0064c18240a0600"
            "02"
            // checksum
            "92b8f2777d7fc2771663bd14ce60289f"
            // a list: kind, ID, version, heard, revision, list, checksum
            "02"
            "06333934353231"
            "ac02"
            "40822d18240a0600"
            "ad02"
            "19"
            "010101110a00000150daa42f936ddebcd41d39082a47c631be"
            "da3616f5905a1fce1bd10a1dff309a8e"
            // not there: kind, ID, version, heard, checksum
            "01"
            "06333934353232"
            "04"
            "80c43c18240a0600"
            "fd6ffd3d7806bfe7be4f287cb94fded0");
}

TEST(CacheFormatTest, ComesBack) {
  const Result<CacheContent> content = DecodeCache(Sample());
  ASSERT_TRUE(content) << content.error().message;
  EXPECT_EQ(content->identity.uuid, "7f0c");
  EXPECT_EQ(content->identity.environment, "production");
  EXPECT_EQ(content->identity.created, ServedIdentity().created);
  EXPECT_EQ(content->identity.format, 2U);
  EXPECT_FALSE(content->identity.pruned);
  EXPECT_EQ(content->contact, Timestamp{1'700'000'003'000'000});
  ASSERT_EQ(content->answers.size(), 2U);
  const KeptAnswer& list = content->answers.front();
  EXPECT_EQ(list.id.text(), "394521");
  EXPECT_EQ(list.version, Version{300});
  EXPECT_EQ(list.revision, Revision{301});
  EXPECT_EQ(list.heard, Timestamp{1'700'000'001'000'000});
  ASSERT_NE(list.list, nullptr);
  EXPECT_EQ(*wire::DecodeBinaryList(*list.list), OneEndpoint("10.0.0.1:80"));
  const KeptAnswer& gone = content->answers.back();
  EXPECT_EQ(gone.id.text(), "394522");
  EXPECT_EQ(gone.version, Version{4});
  EXPECT_EQ(gone.heard, Timestamp{1'700'000'002'000'000});
  EXPECT_EQ(gone.list, nullptr);
}

TEST(CacheFormatTest, MayBeEmpty) {
  StoreIdentity identity = ServedIdentity();
  identity.pruned = true;
  const Result<CacheContent> content = DecodeCache(EncodeCache(identity, {}, {}));
  ASSERT_TRUE(content) << content.error().message;
  EXPECT_TRUE(content->identity.pruned);
  EXPECT_TRUE(content->answers.empty());
}

TEST(CacheFormatTest, IsRefusedWhereItIsCutOff) {
  const std::string whole = Sample();
  for (size_t size = 0; size < whole.size(); ++size) {
    const Result<CacheContent> content = DecodeCache(std::string_view(whole).substr(0, size));
    ASSERT_FALSE(content) << size;
    EXPECT_EQ(content.error().code, ErrorCode::kDataLoss) << size;
  }
  EXPECT_FALSE(DecodeCache(whole + '\0'));
}

TEST(CacheFormatTest, IsRefusedWhereABitIsAnother) {
  const std::string whole = Sample();
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string bytes = whole;
    bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(DecodeCache(bytes)) << bit;
  }
}

TEST(CacheFormatTest, OfAnotherFormatItIsNotCalledDamaged) {
  std::string bytes = Sample();
  bytes[8] = 2;
  EXPECT_EQ(DecodeCache(bytes).error().code, ErrorCode::kInvalidArgument);
}

TEST(CacheFormatTest, IdsStandInOrderAndOnce) {
  EXPECT_FALSE(
      DecodeCache(EncodeCache(ServedIdentity(), {}, {NotThere("b", 1), NotThere("a", 1)})));
  EXPECT_FALSE(
      DecodeCache(EncodeCache(ServedIdentity(), {}, {NotThere("a", 1), NotThere("a", 2)})));
}

TEST(CacheFormatTest, AnAnswerTakesNoMoreThanIsCounted) {
  const std::string empty = EncodeCache(ServedIdentity(), {}, {});
  for (const KeptAnswerHandle& answer : {Kept("a", ~uint64_t{0} - 1, "::1"), NotThere("b", 1)}) {
    const std::string one = EncodeCache(ServedIdentity(), {}, {answer});
    EXPECT_LE(one.size() - empty.size(), CacheBytesOf(*answer));
  }
}

}  // namespace
}  // namespace switchback::client
