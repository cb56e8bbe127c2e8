#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "list/random_lists.h"
#include "list/script.h"
#include "switchback/endpoint_list.h"

namespace switchback {
namespace {

using ::testing::HasSubstr;

bool SameDiff(const ListDiff& a, const ListDiff& b) {
  return a.removed == b.removed && a.changed_from == b.changed_from &&
         a.changed_to == b.changed_to && a.added == b.added;
}

// The diff said plainly, on models.
ListDiff PlainDiff(const Model& from, const Model& to) {
  Model removed;
  Model changed_from;
  Model changed_to;
  Model added;
  for (const auto& [key, value] : from) {
    const auto other = to.find(key);
    if (other == to.end()) {
      removed[key] = value;
    } else if (other->second != value) {
      changed_from[key] = value;
      changed_to[key] = other->second;
    }
  }
  for (const auto& [key, value] : to) {
    if (!from.contains(key)) added[key] = value;
  }
  return {FromModel(removed), FromModel(changed_from), FromModel(changed_to), FromModel(added)};
}

TEST(Diff, IsWhatComparingKeyByKeyGivesAndItsLawsHold) {
  Random random(1);
  for (const Shape& shape : Shapes()) {
    for (const size_t size : Sizes()) {
      for (const size_t edits : {0U, 1U, 10U, 700U}) {
        const Model from_model = RandomModel(shape, size, random);
        const Model to_model = Edit(from_model, shape, edits, random);
        const EndpointList from = FromModel(from_model);
        const EndpointList to = FromModel(to_model);
        const ListDiff diff = Diff(from, to);
        ASSERT_TRUE(SameDiff(diff, PlainDiff(from_model, to_model))) << shape.name;
        EXPECT_TRUE(SameDiff(Diff(to, from), diff.Inverse()));
        const auto applied = Apply(from, diff);
        ASSERT_TRUE(applied.has_value()) << applied.error().message;
        EXPECT_EQ(*applied, to);
        EXPECT_EQ(applied->digest(), to.digest());
        const auto back = Apply(to, diff.Inverse());
        ASSERT_TRUE(back.has_value());
        EXPECT_EQ(*back, from);
        EXPECT_EQ(back->digest(), from.digest());
      }
    }
  }
}

TEST(Diff, OfListsWithNothingInCommon) {
  Random random(2);
  for (const Shape& shape : Shapes()) {
    const Model from = RandomModel(shape, 500, random);
    const Model to = RandomModel(shape, 300, random);
    EXPECT_TRUE(SameDiff(Diff(FromModel(from), FromModel(to)), PlainDiff(from, to)));
    EXPECT_TRUE(SameDiff(Diff(FromModel({}), FromModel(to)), PlainDiff({}, to)));
    EXPECT_TRUE(SameDiff(Diff(FromModel(from), FromModel({})), PlainDiff(from, {})));
  }
}

TEST(Diff, OfOneColumnWhollyChanged) {
  Random random(3);
  Model from = RandomModel(Shapes()[1], 3000, random);
  Model weights = from;
  Model attributes = from;
  for (auto& [key, value] : weights) value.first += 1;
  for (auto& [key, value] : attributes) value.second = "zone=a";
  EXPECT_EQ(Diff(FromModel(from), FromModel(weights)).changed_to, FromModel(weights));
  EXPECT_EQ(Diff(FromModel(from), FromModel(attributes)).changed_to, FromModel(attributes));
}

TEST(Diff, TellsAWeightOfZeroFromNone) {
  const EndpointKey key{{Family::kIPv4, 0, 1}, 32, 0};
  EXPECT_EQ(Diff(FromModel({{key, {0, ""}}}), FromModel({{key, {1, ""}}})).changed_to.size(), 1U);
}

TEST(Apply, RefusesADiffThatIsNotForThisListAndNamesTheEndpoint) {
  const EndpointKey a{{Family::kIPv4, 0, 0x0a000001}, 32, 80};
  const EndpointKey b{{Family::kIPv4, 0, 0x0a000002}, 32, 80};
  const EndpointList none = FromModel({});
  const EndpointList list = FromModel({{a, {101, ""}}});
  const EndpointList other = FromModel({{a, {51, ""}}});
  const EndpointList both = FromModel({{a, {101, ""}}, {b, {101, ""}}});

  const auto gone = Apply(none, Diff(list, none));
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(gone.error().code, ErrorCode::kConflict);
  EXPECT_THAT(gone.error().message, HasSubstr("10.0.0.1:80"));
  EXPECT_THAT(gone.error().message, HasSubstr("not in the list"));

  const auto value = Apply(other, Diff(list, none));
  ASSERT_FALSE(value.has_value());
  EXPECT_EQ(value.error().code, ErrorCode::kConflict);
  EXPECT_THAT(value.error().message, HasSubstr("weight=50"));

  EXPECT_FALSE(Apply(both, Diff(list, other)).value().empty());
  EXPECT_FALSE(Apply(other, Diff(list, other)).has_value());

  const auto there = Apply(both, Diff(list, both));
  ASSERT_FALSE(there.has_value());
  EXPECT_EQ(there.error().code, ErrorCode::kConflict);
  EXPECT_THAT(there.error().message, HasSubstr("cannot add 10.0.0.2:80"));
}

TEST(Compose, DoesWhatBothDo) {
  Random random(4);
  for (const Shape& shape : Shapes()) {
    for (int round = 0; round < 10; ++round) {
      const Model a = RandomModel(shape, 100, random);
      const Model b = Edit(a, shape, 60, random);
      const Model c = Edit(b, shape, 60, random);
      const auto composed =
          Compose(Diff(FromModel(a), FromModel(b)), Diff(FromModel(b), FromModel(c)));
      ASSERT_TRUE(composed.has_value()) << composed.error().message;
      EXPECT_TRUE(SameDiff(*composed, PlainDiff(a, c)));
    }
  }
}

TEST(Compose, RefusesASecondThatDoesNotFollowOnTheFirst) {
  const EndpointKey key{{Family::kIPv4, 0, 1}, 32, 0};
  const ListDiff add = Diff(FromModel({}), FromModel({{key, {1, ""}}}));
  const auto twice = Compose(add, add);
  ASSERT_FALSE(twice.has_value());
  EXPECT_EQ(twice.error().code, ErrorCode::kConflict);
  // In the words of the fold, which does the same to stored scripts.
  ScriptFolder folder;
  folder.Add(add);
  folder.Add(add);
  const auto folded = folder.Finish();
  ASSERT_FALSE(folded.has_value());
  EXPECT_EQ(twice.error().message, folded.error().message);
}

TEST(Compose, TakesOverWhatIsLongAndSaysNothingOfWhatIsTakenBack) {
  Random random(5);
  const Shape& shape = Shapes().back();
  const Model a = RandomModel(shape, 500, random);
  const Model b = Edit(a, shape, 200, random);
  const ListDiff there = Diff(FromModel(a), FromModel(b));
  EXPECT_TRUE(Compose(there, ListDiff(there).Inverse()).value().empty());
  EXPECT_TRUE(SameDiff(ListDiff(there).Inverse(), there.Inverse()));
  EXPECT_TRUE(SameDiff(Compose(there, {}).value(), there));
  EXPECT_TRUE(SameDiff(Compose({}, there).value(), there));
}

}  // namespace
}  // namespace switchback
