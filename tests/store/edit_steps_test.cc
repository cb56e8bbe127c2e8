// Several edits of one ID in order, as one version: the same list as of a commit for each step, the
// same conflicts, and nothing where the steps take one another back.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <map>
#include <random>

#include "store_fixture.h"

namespace switchback {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

EditStep Step(std::vector<EndpointEdit> edits, uint64_t line = 0) {
  return {std::move(edits), false, line};
}

EditStep Deletion(const std::vector<std::string>& removes, uint64_t line = 0) {
  EditStep step{{}, true, line};
  for (const std::string& text : removes) {
    step.edits.push_back(Edit(EditKind::kRemove, text, true));
  }
  return step;
}

EndpointEdit Add(std::string_view text) {
  return Edit(EditKind::kAdd, text);
}

EndpointEdit Remove(std::string_view text) {
  return Edit(EditKind::kRemove, text, true);
}

Change Steps(std::string_view id, std::vector<EditStep> steps) {
  return {{{Id(id), EditSteps{std::move(steps)}}}};
}

Change OneStep(std::string_view id, const EditStep& step) {
  if (step.deletes) return {{{Id(id), DeleteId{step.edits}}}};
  return {{{Id(id), EditEndpoints{step.edits}}}};
}

class EditStepsTest : public ::testing::Test {
 protected:
  CommitResult Commit(const Change& change) {
    auto result = store->Commit(change, By("ann"));
    EXPECT_TRUE(result.has_value()) << result.error().message;
    return result.value_or(CommitResult());
  }
  Error Refused(const Change& change) {
    auto result = store->Commit(change, By("ann"));
    EXPECT_FALSE(result.has_value());
    return result ? Error() : result.error();
  }
  std::vector<std::string> Now(std::string_view id) { return Texts(*(*store->Read(Id(id)))->list); }

  StoreHolder store{Kind::kMemory};
};

TEST_F(EditStepsTest, MakeOneVersionWithTheirNetEffect) {
  Commit(Set("a", List({"10.0.0.1 weight=1", "10.0.0.2"})));
  const CommitResult result =
      Commit(Steps("a", {Step({Add("10.0.0.3"), Remove("10.0.0.2")}),
                         Step({Remove("10.0.0.1 weight=1"), Add("10.0.0.1 weight=2")}),
                         Step({Remove("10.0.0.3"), Add("10.0.0.2 zone=a")}),
                         Step({Remove("10.0.0.1 weight=2"), Add("10.0.0.1 weight=3")})}));
  EXPECT_EQ(result.revision, Revision{2});
  ASSERT_EQ(result.changes.size(), 1U);
  const ChangedId& changed = result.changes[0];
  EXPECT_EQ(changed.version, Version{2});
  EXPECT_EQ((std::array{changed.added, changed.removed, changed.changed}),
            (std::array{0UL, 0UL, 2UL}));
  EXPECT_THAT(Now("a"), ElementsAre("10.0.0.1 weight=3", "10.0.0.2 zone=a"));
}

TEST_F(EditStepsTest, ThatTakeOneAnotherBackChangeNothingAndMustFitAllTheSame) {
  Commit(Set("a", List({"10.0.0.1"})));
  const Change there_and_back = Steps("a", {Step({Add("10.0.0.2")}), Step({Remove("10.0.0.2")})});
  const CommitResult result = Commit(there_and_back);
  EXPECT_FALSE(result.revision.has_value());
  ASSERT_EQ(result.unchanged.size(), 1U);
  EXPECT_EQ(result.unchanged[0].version, Version{1});
  Commit(Edits("a", {Add("10.0.0.2")}));
  EXPECT_THAT(
      Refused(there_and_back).items,
      ElementsAre("a 10.0.0.2: to be added, is there already with no weight or attributes"));
}

TEST_F(EditStepsTest, AnIdCanBeDeletedAndMadeAnew) {
  Commit(Set("a", List({"10.0.0.1", "10.0.0.2"})));
  const std::vector<EditStep> steps = {Step({Add("10.0.0.3")}),
                                       Deletion({"10.0.0.1", "10.0.0.2", "10.0.0.3"}),
                                       Step({Add("10.0.0.2"), Add("10.0.0.9")})};
  CommitResult result = Commit(Steps("a", {steps[0], steps[1]}));
  EXPECT_TRUE(result.changes.at(0).deleted);
  EXPECT_EQ(store->Read(Id("a")).error().code, ErrorCode::kNotFound);
  Commit(Set("a", List({"10.0.0.1", "10.0.0.2"})));
  result = Commit(Steps("a", steps));
  EXPECT_FALSE(result.changes.at(0).deleted);
  EXPECT_THAT(Now("a"), ElementsAre("10.0.0.2", "10.0.0.9"));
  result = Commit(Steps("a", {Deletion({"10.0.0.2", "10.0.0.9"}), Step({})}));
  EXPECT_THAT(Now("a"), ElementsAre());
  ExpectSound(*store);
}

// What a delete leaves is seen although its keys are none that a later step names.
TEST_F(EditStepsTest, ADeleteMustEmptyTheListExactly) {
  Commit(Set("a", List({"10.0.0.1", "10.0.0.2", "10.0.0.3"})));
  const Error error =
      Refused(Steps("a", {Deletion({"10.0.0.1", "10.0.0.2"}, 4), Step({Add("10.0.0.1")}, 5)}));
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_THAT(error.items, ElementsAre("line 4: a: to be deleted, would have 1 of 3 endpoints left "
                                       "by its removes"));
  EXPECT_THAT(
      Refused(Steps("a", {Deletion({"10.0.0.1", "10.0.0.2", "10.0.0.3"}, 1), Deletion({}, 2)}))
          .items,
      ElementsAre("line 2: a: to be deleted, is not there"));
}

TEST_F(EditStepsTest, AnIdThatIsBornAndDeletedIsNotMade) {
  const CommitResult result =
      Commit(Steps("new", {Step({Add("10.0.0.1")}), Deletion({"10.0.0.1"})}));
  EXPECT_FALSE(result.revision.has_value());
  ASSERT_EQ(result.unchanged.size(), 1U);
  EXPECT_EQ(result.unchanged[0].version, Version{0});
  // One that was there with an empty list is deleted by the same steps.
  Commit(Set("new", List({})));
  EXPECT_TRUE(Commit(Steps("new", {Step({Add("10.0.0.1")}), Deletion({"10.0.0.1"})}))
                  .changes.at(0)
                  .deleted);
}

TEST_F(EditStepsTest, EveryConflictIsNamedWithLineIdAndEndpoint) {
  Commit(Set("a", List({"10.0.0.1 weight=1", "10.0.0.2"})));
  const Error error = Refused(
      Steps("a", {Step({Add("10.0.0.2"), Remove("10.0.0.9")}, 3), Step({Add("10.0.0.3")}, 7),
                  Step({Add("10.0.0.3"), Remove("10.0.0.1")}, 8), Step({Remove("10.0.0.1")}, 9)}));
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_THAT(error.items,
              ElementsAre("line 3: a 10.0.0.2: to be added, is there already with no weight or "
                          "attributes",
                          "line 3: a 10.0.0.9: to be removed, is not there",
                          "line 8: a 10.0.0.1: to be removed with no weight or attributes, is "
                          "there with weight=1",
                          "line 8: a 10.0.0.3: to be added, is there already with no weight or "
                          "attributes",
                          "line 9: a 10.0.0.1: to be removed, is not there"));
  EXPECT_EQ(error.item_count, 5U);
  EXPECT_THAT(error.message, HasSubstr("a: 5 edits do not fit the current list"));
  EXPECT_THAT(Refused(Steps("a", {Step({Add("10.0.0.5"), Add("10.0.0.5")}, 2)})).message,
              HasSubstr("a 10.0.0.5: stands 2 times among the edits of line 2"));
}

TEST_F(EditStepsTest, ARequestIsToldByItsSteps) {
  CommitOptions options = By("ann");
  options.request_id = "k";
  const Change change = Steps("a", {Step({Add("10.0.0.1")}, 1), Step({Add("10.0.0.2")}, 2)});
  ASSERT_TRUE(store->Commit(change, options));
  // It would not fit any more.
  const auto again = store->Commit(change, options);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(
      store->Commit(Steps("a", {Step({Add("10.0.0.1"), Add("10.0.0.2")})}), options).error().code,
      ErrorCode::kConflict);
}

// A list whose edited keys alone are looked up, and one that is read whole.
TEST_F(EditStepsTest, OnLongLists) {
  Commit(Set("a", Range(0x0a000000, 20'000)));
  std::vector<EditStep> steps;
  for (int i = 0; i < 20; ++i) {
    steps.push_back(
        Step({Remove(fmt::format("10.0.0.{}:8000 weight=100", i)),
              Add(fmt::format("10.0.0.{}:8000 weight=7", i)), Add(fmt::format("10.9.0.{}", i))}));
    steps.push_back(Step({Remove(fmt::format("10.0.0.{}:8000 weight=7", i))}));
  }
  CommitResult result = Commit(Steps("a", steps));
  EXPECT_EQ(result.changes.at(0).count, 20'000U);
  EXPECT_EQ((std::array{result.changes[0].added, result.changes[0].removed}),
            (std::array{20UL, 20UL}));
  EXPECT_EQ(Refused(Steps("a", {steps[0]})).item_count, 2U);
  std::vector<std::string> all = Now("a");
  result = Commit(Steps("a", {Step({Add("10.9.9.9")}), Step({Remove("10.9.9.9")}), Deletion(all)}));
  EXPECT_TRUE(result.changes.at(0).deleted);
  ExpectSound(*store);
}

// Random steps on one store, and on another a commit for each of them.
TEST(EditStepsModel, IsTheSameAsACommitForEachStep) {
  std::mt19937 random(20261122);
  const auto pick = [&random](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  const std::vector<std::string> values = {"", " weight=0", " weight=5 zone=a", " note=x"};
  int refused = 0;
  for (int round = 0; round < 400; ++round) {
    StoreHolder stepped(Kind::kMemory);
    StoreHolder single(Kind::kMemory);
    std::map<std::string, std::string> list;  // as the steps so far leave it
    for (uint32_t i = 0; i < pick(5); ++i) list[fmt::format("10.0.0.{}", i)] = values[pick(4)];
    bool exists = pick(4) != 0;
    if (exists) {
      std::vector<std::string> texts;
      texts.reserve(list.size());
      for (const auto& [key, value] : list) texts.push_back(key + value);
      ASSERT_TRUE(stepped->Commit(Set("a", List(texts)), By("x")));
      ASSERT_TRUE(single->Commit(Set("a", List(texts)), By("x")));
    } else {
      list.clear();
    }
    std::vector<EditStep> steps;
    for (uint32_t n = 1 + pick(6); n > 0; --n) {
      EditStep step;
      if (exists && pick(5) == 0) {
        step.deletes = true;
        for (const auto& [key, value] : list) step.edits.push_back(Remove(key + value));
        list.clear();
        exists = false;
      } else {
        for (uint32_t i = 0; i < 5; ++i) {
          if (pick(3) != 0) continue;
          const std::string key = fmt::format("10.0.0.{}", i);
          const auto at = list.find(key);
          if (at != list.end()) step.edits.push_back(Remove(key + at->second));
          const bool add = at == list.end() || pick(2) == 0;
          if (add) step.edits.push_back(Add(key + (list[key] = values[pick(4)])));
          if (!add) list.erase(key);
        }
        exists = true;
      }
      // One in some steps does not fit.
      if (pick(25) == 0) step.edits.push_back(Remove("10.0.0.77"));
      steps.push_back(std::move(step));
    }
    Result<CommitResult> last = CommitResult();
    for (const EditStep& step : steps) {
      if (last) last = single->Commit(OneStep("a", step), By("x"));
    }
    const auto result = stepped->Commit(Steps("a", steps), By("x"));
    ASSERT_EQ(result.has_value(), last.has_value()) << round;
    if (!result) {
      EXPECT_EQ(result.error().code, ErrorCode::kConflict);
      ++refused;
      continue;
    }
    const auto a = stepped->Read(Id("a"));
    const auto b = single->Read(Id("a"));
    ASSERT_EQ(a.has_value(), b.has_value()) << round;
    if (a) {
      EXPECT_EQ(Texts(*(*a)->list), Texts(*(*b)->list)) << round;
    }
    ExpectSound(*stepped);
  }
  EXPECT_GT(refused, 20);
}

}  // namespace
}  // namespace switchback
