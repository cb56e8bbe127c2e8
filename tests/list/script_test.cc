#include "list/script.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "list/random_lists.h"

namespace switchback {
namespace {

bool SameDiff(const ListDiff& a, const ListDiff& b) {
  return a.removed == b.removed && a.changed_from == b.changed_from &&
         a.changed_to == b.changed_to && a.added == b.added && a.DigestChange() == b.DigestChange();
}

std::string Encode(const ListDiff& diff) {
  std::string script;
  EncodeScript(diff, script);
  return script;
}

TEST(Script, ComesBackWithItsCountsInFront) {
  Random random(1);
  for (const Shape& shape : Shapes()) {
    for (const size_t size : Sizes()) {
      for (const size_t edits : {0U, 1U, 3U, 10U, 2000U}) {
        const Model from = RandomModel(shape, size, random);
        const Model to = Edit(from, shape, edits, random);
        const ListDiff diff = Diff(FromModel(from), FromModel(to));
        const std::string script = Encode(diff);
        const auto decoded = DecodeScript(script);
        ASSERT_TRUE(decoded.has_value()) << shape.name << ": " << decoded.error().message;
        EXPECT_TRUE(SameDiff(*decoded, diff)) << shape.name;
        const auto counts = ReadScriptCounts(script);
        ASSERT_TRUE(counts.has_value());
        EXPECT_EQ(counts->removed, diff.removed.size());
        EXPECT_EQ(counts->changed, diff.changed_to.size());
        EXPECT_EQ(counts->added, diff.added.size());
      }
    }
  }
}

TEST(Script, AsSmallAsPromised) {
  Random random(2);
  const Shape& shape = Shapes()[1];
  const Model from = RandomModel(shape, 1000, random);
  const EndpointKey key = from.begin()->first;
  Model removed = from;
  removed.erase(key);
  Model changed = from;
  changed[key].first = 51;
  EXPECT_LE(Encode(Diff(FromModel(from), FromModel(removed))).size(), 9U);
  EXPECT_LE(Encode(Diff(FromModel(removed), FromModel(from))).size(), 9U);
  EXPECT_LE(Encode(Diff(FromModel(from), FromModel(changed))).size(), 10U);

  Model ten = from;
  for (int i = 0; i < 5; ++i) {
    ten.erase(ten.lower_bound(RandomKey(shape, random)));
    ten[RandomKey(shape, random)] = {101, ""};
  }
  EXPECT_LE(Encode(Diff(FromModel(from), FromModel(ten))).size(), 60U);
}

TEST(Script, TrailingBytesAreRefused) {
  Random random(3);
  const std::string script =
      Encode(Diff(FromModel({}), FromModel(RandomModel(Shapes()[1], 20, random))));
  EXPECT_TRUE(DecodeScript(script).has_value());
  EXPECT_FALSE(DecodeScript(script + '\0').has_value());
}

TEST(ScriptFolder, FoldsToWhatApplyingOneByOneGives) {
  Random random(4);
  for (const Shape& shape : Shapes()) {
    for (const size_t steps : {0U, 1U, 2U, 10U, 60U}) {
      Model model = RandomModel(shape, 200, random);
      const EndpointList start = FromModel(model);
      EndpointList list = start;
      ScriptFolder folder;
      size_t edits = 0;
      for (size_t step = 0; step < steps; ++step) {
        model = Edit(model, shape, 1 + random() % 20, random);
        const EndpointList next = FromModel(model);
        const ListDiff diff = Diff(list, next);
        edits += diff.size();
        if (step % 3 == 0) {
          folder.Add(diff);
        } else {
          ASSERT_TRUE(folder.Add(Encode(diff)).has_value());
        }
        list = Apply(list, diff).value();
      }
      EXPECT_EQ(folder.edit_count(), edits);
      const auto folded = folder.Finish();
      ASSERT_TRUE(folded.has_value()) << folded.error().message;
      EXPECT_TRUE(SameDiff(*folded, Diff(start, list))) << shape.name;
      EXPECT_EQ(Apply(start, *folded).value(), list);
    }
  }
}

TEST(ScriptFolder, ARunThatGoesThereAndBackFoldsToNothing) {
  Random random(5);
  const Shape& shape = Shapes()[9];
  const Model from = RandomModel(shape, 100, random);
  const Model to = Edit(from, shape, 50, random);
  const ListDiff diff = Diff(FromModel(from), FromModel(to));
  ScriptFolder folder;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(folder.Add(Encode(diff)).has_value());
    ASSERT_TRUE(folder.Add(Encode(diff.Inverse())).has_value());
  }
  const auto folded = folder.Finish();
  ASSERT_TRUE(folded.has_value());
  EXPECT_TRUE(folded->empty());
}

TEST(ScriptFolder, AScriptThatDoesNotFollowIsDamageAndNamesTheKey) {
  const EndpointKey key{{Family::kIPv4, 0, 0x0a000001}, 32, 80};
  const EndpointList none = FromModel({});
  const EndpointList one = FromModel({{key, {101, ""}}});
  const EndpointList other = FromModel({{key, {51, ""}}});
  const std::vector<std::pair<ListDiff, ListDiff>> runs = {
      {Diff(none, one), Diff(none, one)},
      {Diff(one, none), Diff(one, none)},
      {Diff(none, one), Diff(other, none)},
      {Diff(none, one), Diff(other, one)},
  };
  for (const auto& [first, second] : runs) {
    ScriptFolder folder;
    ASSERT_TRUE(folder.Add(Encode(first)).has_value());
    ASSERT_TRUE(folder.Add(Encode(second)).has_value());
    const auto folded = folder.Finish();
    ASSERT_FALSE(folded.has_value());
    EXPECT_EQ(folded.error().code, ErrorCode::kDataLoss);
    EXPECT_THAT(folded.error().message, ::testing::HasSubstr("10.0.0.1:80"));
  }
}

}  // namespace
}  // namespace switchback
