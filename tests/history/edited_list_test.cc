// EditedList against a plain map, on a whole list and on chunks; and the cache that keeps them.
#include "history/edited_list.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "history/list_cache.h"
#include "list/map_chunks.h"
#include "list/random_lists.h"

namespace switchback {
namespace {

// A few edits of `model`, which follows them.
ListDiff RandomDiff(const Shape& shape, size_t edits, Model& model, Random& random) {
  const Model before = model;
  for (size_t i = 0; i < edits; ++i) {
    auto at = model.lower_bound(RandomKey(shape, random));
    if (at == model.end()) at = model.begin();
    switch (random() % 3) {
      case 0:
        model[RandomKey(shape, random)] = RandomValue(shape, random);
        break;
      case 1:
        at->second = RandomValue(shape, random);
        break;
      default:
        model.erase(at);
    }
  }
  return Diff(FromModel(before), FromModel(model));
}

// Keys of the list, and keys that are not in it, in order.
std::vector<EndpointKey> SomeKeys(const Shape& shape, const Model& model, Random& random) {
  std::set<EndpointKey> keys;
  for (int i = 0; i < 20; ++i) {
    const EndpointKey key = RandomKey(shape, random);
    keys.insert(key);
    const auto at = model.lower_bound(key);
    if (at != model.end()) keys.insert(at->first);
  }
  return {keys.begin(), keys.end()};
}

void ExpectIsModel(const EditedList& list, const Shape& shape, const Model& model,
                   const ChunkReader& chunks, Random& random) {
  const EndpointList expected = FromModel(model);
  ASSERT_EQ(list.count(), expected.size());
  ASSERT_EQ(list.digest(), expected.digest());
  const std::vector<EndpointKey> keys = SomeKeys(shape, model, random);
  const Result<EndpointList> picked = list.Pick(keys, chunks, ChunkCheck::kDigest);
  ASSERT_TRUE(picked.has_value()) << picked.error().message;
  Model wanted;
  for (const EndpointKey& key : keys) {
    if (const auto at = model.find(key); at != model.end()) wanted.insert(*at);
    const EditedList::Edited edited = list.FindInEdits(key);
    ASSERT_TRUE(!edited.known || edited.value.has_value() == model.contains(key));
  }
  ASSERT_EQ(ToModel(*picked), wanted);
}

TEST(EditedList, IsAsTheMapSaysAfterAnyEdits) {
  Random random(21);
  for (const Shape& shape : Shapes()) {
    for (const bool chunked : {false, true}) {
      Model model = RandomModel(shape, 5000, random);
      const EndpointList first = FromModel(model);
      MapChunks chunks;
      ListBase base;
      if (chunked) {
        base.root = WriteChunks(first, chunks.Sink()).value();
      } else {
        base.list = std::make_shared<const EndpointList>(first);
      }
      ListDiff located = RandomDiff(shape, 30, model, random);
      EditedList list(std::move(base), std::move(located));
      for (int step = 0; step < 60; ++step) {
        const size_t edits = step % 10 == 9 ? 100 : 1 + random() % 12;
        Result<EditedList> after = list.After(RandomDiff(shape, edits, model, random));
        ASSERT_TRUE(after.has_value()) << after.error().message;
        list = std::move(*after);
        ASSERT_NO_FATAL_FAILURE(ExpectIsModel(list, shape, model, chunks, random)) << shape.name;
        if (step % 20 != 19) continue;
        const auto whole = list.PutTogether(chunks, ChunkCheck::kDigest);
        ASSERT_TRUE(whole.has_value()) << whole.error().message;
        ASSERT_EQ(**whole, FromModel(model)) << shape.name;
        ASSERT_EQ((*whole)->digest(), FromModel(model).digest());
      }
    }
  }
}

TEST(EditedList, EditsTakenBackLeaveNothing) {
  const auto whole = std::make_shared<const EndpointList>(FromModel([] {
    Random random(5);
    return RandomModel(Shapes()[1], 2000, random);
  }()));
  const EditedList list(whole);
  EXPECT_EQ(list.whole(), whole);
  ListDiff diff;
  EndpointListBuilder removed;
  removed.AppendRange(*whole, 7, 9);
  diff.removed = removed.Finish();
  const EditedList without = list.After(diff).value();
  EXPECT_EQ(without.whole(), nullptr);
  EXPECT_GT(without.EditBytes(), 0U);
  const EditedList again = without.After(diff.Inverse()).value();
  EXPECT_EQ(again.whole(), whole) << "the base itself, not a copy";
  EXPECT_EQ(again.EditBytes(), 0U);
}

TEST(EditedList, IsLongOnceItsEditsCostMoreThanACopy) {
  Random random(6);
  Model model = RandomModel(Shapes()[1], 1000, random);
  EditedList list(std::make_shared<const EndpointList>(FromModel(model)));
  int commits = 0;
  for (; !list.is_long(); ++commits) {
    ASSERT_LT(commits, 1000);
    Model added;
    while (added.size() < 10) {
      const EndpointKey key = RandomKey(Shapes()[1], random);
      if (!model.contains(key)) added[key] = RandomValue(Shapes()[1], random);
    }
    model.insert(added.begin(), added.end());
    ListDiff diff;
    diff.added = FromModel(added);
    list = list.After(diff).value();
  }
  EXPECT_EQ(commits, 52);
  EXPECT_EQ(list.edits_since(), 520U);
}

TEST(EditedList, AMissingChunkIsDamage) {
  Random random(7);
  const EndpointList list = FromModel(RandomModel(Shapes()[1], 3000, random));
  MapChunks chunks;
  ListBase base;
  base.root = WriteChunks(list, chunks.Sink()).value();
  chunks.chunks.clear();
  const std::vector<EndpointKey> keys = {list.Key(1500)};
  const auto picked = EditedList(base, {}).Pick(keys, chunks, ChunkCheck::kForm);
  ASSERT_FALSE(picked.has_value());
  EXPECT_EQ(picked.error().code, ErrorCode::kDataLoss);
}

class ListCacheTest : public ::testing::Test {
 protected:
  // What comes after `before` by one more endpoint.
  static std::shared_ptr<const EditedList> Edited(const EditedList& before, uint64_t address) {
    EndpointListBuilder added;
    added.Append({{{Family::kIPv4, 0, address}, 32, 1}, {}});
    ListDiff diff;
    diff.added = added.Finish();
    return std::make_shared<const EditedList>(before.After(diff).value());
  }
  const BusinessId id_ = *BusinessId::Parse("a");
  const std::shared_ptr<const EndpointList> whole_ = std::make_shared<const EndpointList>([] {
    EndpointListBuilder builder;
    for (uint64_t i = 0; i < 1000; ++i) builder.Append({{{Family::kIPv4, 0, i}, 32, 0}, {}});
    return builder.Finish();
  }());
};

TEST_F(ListCacheTest, CountsASharedBaseOnce) {
  ListCache cache(size_t{1} << 20);
  cache.Add(id_, Version{1}, whole_);
  const size_t base_bytes = cache.bytes();
  EXPECT_EQ(base_bytes, whole_->MemoryBytes());
  auto edited = cache.FindEdited(id_, Version{1});
  for (uint64_t version = 2; version < 20; ++version) {
    edited = Edited(*edited, 10'000 + version);
    cache.Add(id_, Version{version}, edited);
    EXPECT_EQ(cache.Find(id_, Version{version}), nullptr) << "is not whole";
    EXPECT_EQ(cache.FindEdited(id_, Version{version}), edited);
    EXPECT_EQ(cache.Find(id_, Version{1}), whole_);
    const bool long_past = version > 3;
    EXPECT_TRUE(!long_past || cache.FindEdited(id_, Version{version - 2}) == nullptr) << version;
  }
  EXPECT_LE(cache.bytes(), base_bytes + 2 * edited->EditBytes());
  EXPECT_GT(cache.bytes(), base_bytes + edited->EditBytes());
}

TEST_F(ListCacheTest, AWholeListTakesThePlaceOfAnEditedOne) {
  ListCache cache(size_t{1} << 20);
  const auto edited = Edited(EditedList(whole_), 10'000);
  cache.Add(id_, Version{2}, edited);
  const auto made = edited->PutTogether(MapChunks(), ChunkCheck::kForm).value();
  cache.Add(id_, Version{2}, made);
  EXPECT_EQ(cache.Find(id_, Version{2}), made);
  EXPECT_EQ(cache.bytes(), made->MemoryBytes());
}

TEST_F(ListCacheTest, KeepsToItsBudgetAndForgetsWhatWasUsedLeast) {
  const auto other = std::make_shared<const EndpointList>(*whole_);
  const auto third = std::make_shared<const EndpointList>(*whole_);
  ListCache cache(2 * whole_->MemoryBytes() + 2000);
  cache.Add(id_, Version{1}, whole_);
  cache.Add(id_, Version{10}, other);
  EXPECT_EQ(cache.Find(id_, Version{1}), whole_);
  cache.Add(id_, Version{20}, third);
  EXPECT_EQ(cache.Find(id_, Version{10}), nullptr);
  EXPECT_EQ(cache.Find(id_, Version{1}), whole_);
  EXPECT_LE(cache.bytes(), cache.budget_bytes());

  ListCache none(0);
  none.Add(id_, Version{1}, whole_);
  none.Add(id_, Version{2}, Edited(EditedList(whole_), 10'000));
  EXPECT_EQ(none.FindEdited(id_, Version{1}), nullptr);
  EXPECT_EQ(none.FindEdited(id_, Version{2}), nullptr);
  EXPECT_EQ(none.bytes(), 0U);
}

// A read of a list that is too long to be kept puts it together; the commits after it still want
// the edits.
TEST_F(ListCacheTest, AListBeyondTheBudgetDoesNotDriveOutItsEdits) {
  ListRoot root;
  root.count = whole_->size();
  const auto edited = std::make_shared<const EditedList>(ListBase{nullptr, root}, ListDiff{});
  ListCache cache(whole_->MemoryBytes() - 1);
  cache.Add(id_, Version{1}, edited);
  ASSERT_EQ(cache.FindEdited(id_, Version{1}), edited);
  cache.Add(id_, Version{1}, whole_);
  EXPECT_EQ(cache.FindEdited(id_, Version{1}), edited);
}

TEST_F(ListCacheTest, AListMadeWholeTakesThePlaceOfWhatItWasTwoVersionsBefore) {
  ListCache cache(size_t{1} << 20);
  cache.Add(id_, Version{1}, whole_);
  const auto second = Edited(EditedList(whole_), 10'000);
  cache.Add(id_, Version{2}, second);
  const auto third = Edited(*second, 10'001);
  cache.Add(id_, Version{3}, third);
  const auto made = third->PutTogether(MapChunks(), ChunkCheck::kForm).value();
  cache.Add(id_, Version{4}, std::make_shared<const EditedList>(made));
  EXPECT_EQ(cache.FindEdited(id_, Version{2}), nullptr);
  EXPECT_EQ(cache.FindEdited(id_, Version{3}), third);
  EXPECT_EQ(cache.Find(id_, Version{1}), whole_);
}

}  // namespace
}  // namespace switchback
