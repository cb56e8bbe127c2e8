// Every decoder, given cut, flipped and random bytes: an error (kDataLoss) or a well-formed value,
// and never more memory than its limits allow. Run under the asan preset this also shows that no
// byte is read out of bounds.

#include <gtest/gtest.h>

#include "list/block.h"
#include "list/chunk.h"
#include "list/map_chunks.h"
#include "list/random_lists.h"
#include "list/script.h"

namespace switchback {
namespace {

constexpr size_t kMostEndpoints = 5000;

// Keys must increase and values be canonical, whatever the bytes were.
void ExpectWellFormed(const EndpointList& list) {
  for (size_t i = 0; i < list.size(); ++i) {
    const EndpointKey key = list.Key(i);
    ASSERT_TRUE(i == 0 || list.Key(i - 1) < key);
    ASSERT_LE(key.prefix_length, HostPrefixLength(key.address.family));
    const auto parsed = ParseEndpoint(FormatEndpoint(list[i]));
    ASSERT_TRUE(parsed.has_value()) << parsed.error().message;
    ASSERT_EQ(parsed->view(), list[i]);
  }
}

void TryBlock(std::string_view bytes) {
  ByteReader in(bytes);
  EndpointListBuilder builder;
  const auto done = DecodeBlock(in, kMostEndpoints, builder);
  if (!done) {
    ASSERT_EQ(done.error().code, ErrorCode::kDataLoss);
    return;
  }
  ExpectWellFormed(builder.Finish());
}

void TryScript(std::string_view bytes) {
  const auto diff = DecodeScript(bytes);
  if (!diff) {
    ASSERT_EQ(diff.error().code, ErrorCode::kDataLoss);
    return;
  }
  ScriptFolder folder;
  ASSERT_TRUE(folder.Add(bytes).has_value());
  ASSERT_EQ(folder.edit_count(), diff->size());
  // A well-formed script comes back from its own encoding.
  std::string again;
  EncodeScript(*diff, again);
  const auto twice = DecodeScript(again);
  ASSERT_TRUE(twice.has_value()) << twice.error().message;
  ASSERT_EQ(twice->DigestChange(), diff->DigestChange());
  if (diff->size() > kMostEndpoints) return;
  ExpectWellFormed(diff->removed);
  ExpectWellFormed(diff->changed_to);
  ExpectWellFormed(diff->added);
}

void TryRoot(std::string_view bytes) {
  const auto root = DecodeRoot(bytes);
  if (!root) {
    ASSERT_EQ(root.error().code, ErrorCode::kDataLoss);
    return;
  }
  for (size_t i = 1; i < root->chunks.size(); ++i) {
    ASSERT_LT(root->chunks[i - 1].first, root->chunks[i].first);
  }
  (void)ReadChunkedList(*root, MapChunks());
}

template <typename Try>
void Damage(const std::string& bytes, Random& random, const Try& attempt) {
  for (size_t size = 0; size < bytes.size(); size += 1 + bytes.size() / 64) {
    // A copy of exactly this size, so that a read past its end is seen.
    const std::string cut = bytes.substr(0, size);
    attempt(cut);
  }
  for (int round = 0; round < 150; ++round) {
    std::string flipped = bytes;
    const size_t flips = 1 + random() % 3;
    for (size_t i = 0; i < flips && !flipped.empty(); ++i) {
      // Half of the flips hit the front, where the counts and flags stand.
      const size_t place =
          random() % (i % 2 == 0 ? std::min<size_t>(flipped.size(), 16) : flipped.size());
      flipped[place] = static_cast<char>(flipped[place] ^ (1 << random() % 8));
    }
    attempt(flipped);
  }
}

TEST(DamagedBytes, OfBlocks) {
  Random random(1);
  for (const Shape& shape : Shapes()) {
    for (const size_t size : {1U, 3U, 40U, 300U}) {
      const EndpointList list = FromModel(RandomModel(shape, size, random));
      std::string block;
      EncodeBlock(list, 0, list.size(), block);
      Damage(block, random, TryBlock);
    }
  }
}

TEST(DamagedBytes, OfScripts) {
  Random random(2);
  for (const Shape& shape : Shapes()) {
    for (const size_t edits : {1U, 10U, 200U}) {
      const Model from = RandomModel(shape, 200, random);
      std::string script;
      EncodeScript(Diff(FromModel(from), FromModel(Edit(from, shape, edits, random))), script);
      Damage(script, random, TryScript);
    }
  }
}

TEST(DamagedBytes, OfRoots) {
  Random random(3);
  for (const Shape& shape : Shapes()) {
    for (const size_t size : {1U, 5000U}) {
      MapChunks chunks;
      std::string root;
      const EndpointList list = FromModel(RandomModel(shape, size, random));
      EncodeRoot(WriteChunks(list, chunks.Sink()).value(), root);
      Damage(root, random, TryRoot);
    }
  }
}

// A root holds a sum of all addresses, so no flipped bit in one passes for another root.
TEST(DamagedBytes, OfRootsNeverPassForAnotherRoot) {
  Random random(4);
  MapChunks chunks;
  std::string bytes;
  const EndpointList list = FromModel(RandomModel(Shapes()[1], 5000, random));
  EncodeRoot(WriteChunks(list, chunks.Sink()).value(), bytes);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ (1 << i % 8));
    const auto root = DecodeRoot(flipped);
    if (!root) continue;
    const auto read = ReadChunkedList(*root, chunks);
    EXPECT_TRUE(!read.has_value() || *read == list) << "byte " << i;
  }
}

TEST(DamagedBytes, RandomOnesOfEveryLength) {
  Random random(5);
  for (int round = 0; round < 60'000; ++round) {
    std::string bytes(random() % 80, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random() >> random() % 8);
    TryBlock(bytes);
    TryRoot(bytes);
    // Long counts may claim up to the limit of a list in a few bytes: tried apart, and rarely.
    if (!bytes.empty() && bytes[0] != '\xff') TryScript(bytes);
  }
}

TEST(DamagedBytes, AHugeClaimIsRefusedBeforeAnythingIsAllocated) {
  const std::string huge = "\xff\x80\xad\xe2\x04\x80\xad\xe2\x04\x80\xad\xe2\x04";  // 10M of each
  EXPECT_FALSE(DecodeScript(huge).has_value());
  EXPECT_FALSE(DecodeScript(huge + "\x01\x0a\x00\x00\x01\x00\xff\xff\x03").has_value());
  EXPECT_FALSE(DecodeRoot("\xff\xff\xff\xff\x7f").has_value());
  EndpointListBuilder builder;
  ByteReader in("\xff\xff\xff\xff\x7f\x01");
  EXPECT_FALSE(DecodeBlock(in, SIZE_MAX, builder).has_value());
}

}  // namespace
}  // namespace switchback
