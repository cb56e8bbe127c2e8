#include "list/chunk.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "list/block.h"
#include "list/map_chunks.h"
#include "list/random_lists.h"

namespace switchback {
namespace {

bool SameDiff(const ListDiff& a, const ListDiff& b) {
  return a.removed == b.removed && a.changed_from == b.changed_from &&
         a.changed_to == b.changed_to && a.added == b.added;
}

// A list of hosts counted up from an address.
EndpointList Consecutive(uint32_t first, size_t count) {
  EndpointListBuilder builder;
  for (uint32_t i = 0; i < count; ++i) builder.Append({{{Family::kIPv4, 0, first + i}, 32, 0}, {}});
  return builder.Finish();
}

ListRoot Reencode(const ListRoot& root) {
  std::string bytes;
  EncodeRoot(root, bytes);
  auto decoded = DecodeRoot(bytes);
  EXPECT_TRUE(decoded.has_value()) << decoded.error().message;
  return decoded.value();
}

TEST(Split, CoversTheListWithChunksWithinTheLimit) {
  Random random(1);
  for (const Shape& shape : Shapes()) {
    for (const size_t size : {0U, 1U, 1023U, 1024U, 1025U, 20'000U}) {
      const EndpointList list = FromModel(RandomModel(shape, size, random));
      size_t next = 0;
      for (const ChunkRange& range : SplitIntoChunks(list)) {
        ASSERT_EQ(range.begin, next);
        ASSERT_LT(range.begin, range.end);
        ASSERT_LE(range.end - range.begin, kMaxChunkEndpoints);
        next = range.end;
      }
      EXPECT_EQ(next, list.size());
      EXPECT_EQ(SplitIntoChunks(list).size() <= 1, list.size() <= kMaxChunkEndpoints);
    }
  }
}

// Two neighbours that together hold at most the limit must not share a parent: else the parent
// would have been the chunk. For hosts of one family the parent is their common address prefix.
TEST(Split, ChunksAreTheShortestPrefixesThatHoldFewEnough) {
  Random random(2);
  const EndpointList list = FromModel(RandomModel(Shapes()[0], 30'000, random));
  const auto ranges = SplitIntoChunks(list);
  const auto& addresses = list.ipv4_addresses();
  for (size_t i = 0; i < ranges.size(); ++i) {
    // The shortest prefix that holds this chunk but no key of its neighbours...
    const uint32_t first = addresses[ranges[i].begin];
    const uint32_t last = addresses[ranges[i].end - 1];
    unsigned shared = 0;
    if (i > 0) {
      shared = static_cast<unsigned>(std::countl_zero(first ^ addresses[ranges[i].begin - 1]));
    }
    if (i + 1 < ranges.size()) {
      const uint32_t above = addresses[ranges[i + 1].begin];
      shared = std::max(shared, static_cast<unsigned>(std::countl_zero(last ^ above)));
    }
    // ...is one bit longer than a prefix that holds too many.
    const uint32_t mask = shared == 0 ? 0 : ~uint32_t{0} << (32 - shared);
    const auto begin = std::ranges::lower_bound(addresses, first & mask);
    const auto end = std::ranges::upper_bound(addresses, first | ~mask);
    EXPECT_GT(end - begin, static_cast<ptrdiff_t>(kMaxChunkEndpoints));
  }
}

TEST(Chunks, ListsComeBackThroughAnEncodedRoot) {
  Random random(3);
  for (const Shape& shape : Shapes()) {
    for (const size_t size : {0U, 1U, 1024U, 1025U, 12'000U}) {
      const EndpointList list = FromModel(RandomModel(shape, size, random));
      MapChunks chunks;
      const ListRoot root = Reencode(WriteChunks(list, chunks.Sink()).value());
      EXPECT_EQ(root.count, list.size());
      EXPECT_EQ(root.digest, list.digest());
      for (const ChunkCheck check : {ChunkCheck::kDigest, ChunkCheck::kForm}) {
        const auto read = ReadChunkedList(root, chunks, check);
        ASSERT_TRUE(read.has_value()) << read.error().message;
        EXPECT_EQ(*read, list) << shape.name;
        EXPECT_EQ(read->digest(), list.digest());
      }
    }
  }
}

TEST(Chunks, AnyOrderOfEditsEndsInTheSameChunks) {
  Random random(4);
  for (const Shape& shape : Shapes()) {
    const EndpointList goal = FromModel(RandomModel(shape, 6000, random));
    MapChunks direct;
    std::string direct_root;
    EncodeRoot(WriteChunks(goal, direct.Sink()).value(), direct_root);
    for (int round = 0; round < 3; ++round) {
      EndpointList list = FromModel(RandomModel(shape, 4000, random));
      list = Apply(list, Diff(list, FromModel(Edit(ToModel(list), shape, 900, random)))).value();
      list = Apply(list, Diff(list, goal)).value();
      MapChunks roundabout;
      std::string root;
      EncodeRoot(WriteChunks(list, roundabout.Sink()).value(), root);
      EXPECT_EQ(root, direct_root) << shape.name;
      EXPECT_EQ(roundabout.chunks, direct.chunks);
    }
  }
}

TEST(Chunks, OneEditRewritesOneChunk) {
  Random random(5);
  Model model = RandomModel(Shapes()[1], 50'000, random);
  MapChunks chunks;
  ASSERT_TRUE(WriteChunks(FromModel(model), chunks.Sink()).has_value());
  const size_t before = chunks.chunks.size();
  model.erase(model.lower_bound(RandomKey(Shapes()[1], random)));
  ASSERT_TRUE(WriteChunks(FromModel(model), chunks.Sink()).has_value());
  EXPECT_LE(chunks.chunks.size() - before, 2U);
}

TEST(Chunks, DenseRunsStandInTheRoot) {
  const EndpointList list = Consecutive(0x0a000000, 5000);
  MapChunks chunks;
  const ListRoot root = Reencode(WriteChunks(list, chunks.Sink()).value());
  EXPECT_TRUE(chunks.chunks.empty());
  EXPECT_EQ(ReadChunkedList(root, chunks).value(), list);
  EXPECT_EQ(chunks.read, 0U);
}

TEST(Chunks, DiffOfRootsIsTheDiffOfTheListsAndReadsOnlyWhatDiffers) {
  Random random(6);
  for (const Shape& shape : Shapes()) {
    for (const size_t edits : {0U, 1U, 30U, 5000U}) {
      const Model from_model = RandomModel(shape, 9000, random);
      const EndpointList from = FromModel(from_model);
      const EndpointList to = FromModel(Edit(from_model, shape, edits, random));
      MapChunks chunks;
      const ListRoot from_root = Reencode(WriteChunks(from, chunks.Sink()).value());
      const ListRoot to_root = Reencode(WriteChunks(to, chunks.Sink()).value());
      const auto diff = DiffRoots(from_root, to_root, chunks);
      ASSERT_TRUE(diff.has_value()) << diff.error().message;
      EXPECT_TRUE(SameDiff(*diff, Diff(from, to))) << shape.name;
      // An edit touches one chunk; a split or a merge beside it a few more.
      EXPECT_LE(chunks.read, 4 * edits);
    }
  }
}

TEST(Chunks, DiffOfRootsOfVeryDifferentSizes) {
  Random random(7);
  const EndpointList many = FromModel(RandomModel(Shapes()[9], 9000, random));
  const EndpointList few = FromModel(RandomModel(Shapes()[9], 700, random));
  MapChunks chunks;
  const ListRoot many_root = WriteChunks(many, chunks.Sink()).value();
  const ListRoot few_root = WriteChunks(few, chunks.Sink()).value();
  EXPECT_TRUE(SameDiff(DiffRoots(many_root, few_root, chunks).value(), Diff(many, few)));
  EXPECT_TRUE(SameDiff(DiffRoots(few_root, many_root, chunks).value(), Diff(few, many)));
  EXPECT_TRUE(SameDiff(DiffRoots(ListRoot(), few_root, chunks).value(), Diff({}, few)));
}

TEST(Chunks, FindReadsOneChunkAtMost) {
  Random random(8);
  for (const Shape& shape : Shapes()) {
    const Model model = RandomModel(shape, 5000, random);
    const EndpointList list = FromModel(model);
    MapChunks chunks;
    const ListRoot root = WriteChunks(list, chunks.Sink()).value();
    for (int round = 0; round < 200; ++round) {
      const EndpointKey key =
          round % 2 == 0 ? list.Key(random() % list.size()) : RandomKey(shape, random);
      chunks.read = 0;
      const auto found = FindInChunks(root, chunks, key);
      ASSERT_TRUE(found.has_value()) << found.error().message;
      EXPECT_LE(chunks.read, 1U);
      const auto expected = model.find(key);
      ASSERT_EQ(found->found, expected != model.end());
      if (!found->found) continue;
      EXPECT_EQ(found->weight ? uint64_t{*found->weight} + 1 : 0, expected->second.first);
      EXPECT_EQ(found->attributes, expected->second.second);
    }
  }
}

TEST(Chunks, AMissingOrSwappedChunkIsDamage) {
  Random random(9);
  const EndpointList list = FromModel(RandomModel(Shapes()[1], 5000, random));
  MapChunks chunks;
  const ListRoot root = WriteChunks(list, chunks.Sink()).value();
  ASSERT_GT(chunks.chunks.size(), 2U);
  MapChunks missing = chunks;
  missing.chunks.erase(missing.chunks.begin());
  MapChunks swapped = chunks;
  std::swap(swapped.chunks.begin()->second, swapped.chunks.rbegin()->second);
  for (const MapChunks* bad : {&missing, &swapped}) {
    const auto read = ReadChunkedList(root, *bad, ChunkCheck::kForm);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().code, ErrorCode::kDataLoss);
  }
}

TEST(Chunks, AWrongValueInAWellFormedChunkIsFoundByItsDigest) {
  Random random(10);
  const EndpointList list = FromModel(RandomModel(Shapes()[1], 5000, random));
  MapChunks chunks;
  const ListRoot root = WriteChunks(list, chunks.Sink()).value();
  const ChunkRef& chunk = root.chunks[1];
  EndpointListBuilder builder;
  ByteReader in(chunks.chunks[chunk.address]);
  ASSERT_TRUE(DecodeBlock(in, kMaxChunkEndpoints, builder).has_value());
  Model model = ToModel(builder.Finish());
  model.rbegin()->second.first += 1;
  std::string block;
  EncodeBlock(FromModel(model), 0, model.size(), block);
  chunks.chunks[chunk.address] = block;
  const auto read = ReadChunkedList(root, chunks);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, ErrorCode::kDataLoss);
  EXPECT_FALSE(FindInChunks(root, chunks, chunk.first).has_value());
}

}  // namespace
}  // namespace switchback
