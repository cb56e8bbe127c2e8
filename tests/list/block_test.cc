#include "list/block.h"

#include <gtest/gtest.h>

#include "list/random_lists.h"

namespace switchback {
namespace {

std::string Encode(const EndpointList& list) {
  std::string block;
  EncodeBlock(list, 0, list.size(), block);
  return block;
}

TEST(Block, ComesBackInEveryShapeAndSize) {
  Random random(1);
  for (const Shape& shape : Shapes()) {
    for (const size_t size : Sizes()) {
      const EndpointList list = FromModel(RandomModel(shape, size, random));
      const std::string block = Encode(list);
      ByteReader in(block);
      EndpointListBuilder builder;
      const auto done = DecodeBlock(in, list.size(), builder);
      ASSERT_TRUE(done.has_value()) << shape.name << ": " << done.error().message;
      EXPECT_TRUE(in.empty());
      const EndpointList decoded = builder.Finish();
      EXPECT_EQ(decoded, list) << shape.name << " " << size;
      EXPECT_EQ(decoded.digest(), list.digest());
    }
  }
}

TEST(Block, SeveralInARowMakeOneList) {
  Random random(2);
  for (const Shape& shape : Shapes()) {
    const EndpointList list = FromModel(RandomModel(shape, 600, random));
    std::string bytes;
    for (size_t i = 0; i < list.size();) {
      const size_t end = std::min(list.size(), i + 1 + random() % 100);
      EncodeBlock(list, i, end, bytes);
      i = end;
    }
    ByteReader in(bytes);
    EndpointListBuilder builder;
    while (!in.empty()) ASSERT_TRUE(DecodeBlock(in, 100, builder).has_value());
    EXPECT_EQ(builder.Finish(), list) << shape.name;
  }
}

TEST(Block, AsSmallAsPromised) {
  const EndpointKey host{{Family::kIPv4, 0, 0x0a140101}, 32, 0};
  EndpointKey with_port = host;
  with_port.port = 8000;
  EXPECT_EQ(Encode(FromModel({{host, {0, ""}}})).size(), 6U);
  EXPECT_EQ(Encode(FromModel({{with_port, {0, ""}}})).size(), 8U);
  EXPECT_EQ(Encode(FromModel({{with_port, {101, ""}}})).size(), 9U);
  EXPECT_EQ(Encode(FromModel({})).size(), 1U);
}

TEST(Block, BelowTheLastKeyIsRefused) {
  Random random(3);
  const EndpointList list = FromModel(RandomModel(Shapes()[1], 10, random));
  const std::string block = Encode(list);
  EndpointListBuilder builder;
  builder.Append(list[0]);
  ByteReader in(block);
  const auto done = DecodeBlock(in, 100, builder);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::kDataLoss);
}

TEST(Block, MoreThanTheMostAllowedIsRefused) {
  Random random(4);
  const EndpointList list = FromModel(RandomModel(Shapes()[1], 10, random));
  const std::string block = Encode(list);
  EndpointListBuilder builder;
  ByteReader in(block);
  EXPECT_FALSE(DecodeBlock(in, 9, builder).has_value());
}

}  // namespace
}  // namespace switchback
