// Revert against a plain walk: what chosen revisions did is undone key by key, all else stays.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "plain_net.h"
#include "switchback/provenance.h"

namespace switchback {
namespace {

using Value = std::optional<std::string>;

Value ValueIn(const PlainList& list, const std::string& key) {
  const auto found = list.find(key);
  return found == list.end() ? Value() : Value(found->second);
}

CommitOptions Reverting(std::string_view author = "reverter") {
  CommitOptions options = By(author);
  options.operation = Operation::kRevert;
  return options;
}

// What a revert should do to one ID.
struct PlainRevert {
  bool changes = false;
  PlainVersion result;
  std::set<std::string> conflicts;  // keys; "*" for the ID
};

class PlainReverter {
 public:
  PlainReverter(const std::vector<PlainVersion>& versions, const std::set<uint64_t>& chosen)
      : versions_(versions), chosen_(chosen) {
    for (size_t v = 1; v <= versions.size(); ++v) {
      if (chosen.contains(versions[v - 1].revision)) own_.push_back(v);
    }
  }
  [[nodiscard]] bool touched() const { return !own_.empty(); }

  [[nodiscard]] PlainRevert Plan() const {
    const PlainNet net = NetOf(versions_, chosen_);
    const bool exists = !versions_.back().deleted;
    const bool existed = own_.front() > 1 && !versions_[own_.front() - 2].deleted;
    const bool exists_after = !versions_[own_.back() - 1].deleted;
    PlainRevert plan;
    PlainList now = exists ? versions_.back().list : PlainList{};
    bool edits = false;
    std::set<std::string> keys;
    for (const auto& [key, value] : net.before) keys.insert(key);
    for (const auto& [key, value] : net.after) keys.insert(key);
    for (const std::string& key : keys) {
      const Value before = ValueIn(net.before, key);
      const Value after = ValueIn(net.after, key);
      const Value current = ValueIn(now, key);
      if (current == before) continue;
      if (current != after || net.changed_between.contains(key)) {
        plan.conflicts.insert(key);
        continue;
      }
      edits = true;
      if (before) {
        now[key] = *before;
      } else {
        now.erase(key);
      }
    }
    const bool comes_back = existed && !exists_after && !exists;
    if (!exists && own_.back() != versions_.size() && (edits || comes_back)) {
      plan.conflicts = {"*"};
      return plan;
    }
    const bool goes = !existed && exists_after && exists && now.empty() && plan.conflicts.empty();
    plan.result.deleted = goes;
    plan.result.list = goes ? PlainList{} : now;
    plan.changes = goes || edits || comes_back;
    return plan;
  }

 private:
  const std::vector<PlainVersion>& versions_;
  const std::set<uint64_t>& chosen_;
  std::vector<size_t> own_;
};

class RevertTest : public ::testing::TestWithParam<std::tuple<Kind, uint32_t>> {};

TEST_P(RevertTest, TakesBackWhatWasChosenAndKeepsTheRest) {
  const auto [kind, seed] = GetParam();
  StoreHolder store(kind);
  RandomHistory history(*store, seed);
  int conflicting = 0;
  int landed = 0;
  for (int round = 0; round < 40; ++round) {
    history.Grow(6);
    if (HasFatalFailure()) return;
    RevisionChoice choice;
    std::set<uint64_t> chosen;
    const uint64_t newest = history.revision();
    for (uint32_t i = 0, n = 1 + history.Roll(5); i < n; ++i) {
      const uint64_t revision =
          newest - history.Roll(static_cast<uint32_t>(std::min<uint64_t>(newest, 15)));
      chosen.insert(revision);
      choice.revisions.push_back(Revision{revision});
    }
    std::map<std::string, PlainRevert> expected;
    std::set<std::string> conflicts;
    for (const auto& [id, versions] : history.versions()) {
      const PlainReverter plain(versions, chosen);
      if (!plain.touched()) continue;
      const PlainRevert plan = plain.Plan();
      for (const std::string& key : plan.conflicts) conflicts.insert(id + " " + key);
      if (plan.changes) expected[id] = plan;
    }
    const auto strict = store->Revert(choice, /*skip_conflicts=*/false, Reverting());
    ASSERT_EQ(strict.has_value(), conflicts.empty()) << round;
    if (!strict) {
      ++conflicting;
      EXPECT_EQ(strict.error().code, ErrorCode::kConflict);
      EXPECT_EQ(strict.error().item_count, conflicts.size());
      EXPECT_EQ(strict.error().items.size(), conflicts.size());
      EXPECT_EQ((*store->NewView())->revision().value, newest) << "nothing may be written";
    }
    const auto done = strict ? strict : store->Revert(choice, /*skip_conflicts=*/true, Reverting());
    ASSERT_TRUE(done.has_value()) << done.error().message;
    std::set<std::string> skipped;
    for (const RevertConflict& conflict : done->skipped) {
      skipped.insert(conflict.id.text() + " " +
                     (conflict.key ? FormatEndpointKey(*conflict.key) : "*"));
      EXPECT_FALSE(chosen.contains(conflict.revision.value));
      EXPECT_NE(conflict.version.value, 0U);
    }
    ASSERT_EQ(skipped, conflicts);
    ASSERT_EQ(done->commit.changes.size(), expected.size()) << round;
    for (const ChangedId& changed : done->commit.changes) {
      const PlainRevert& plan = expected.at(changed.id.text());
      ASSERT_EQ(changed.deleted, plan.result.deleted);
      if (!changed.deleted) {
        const ListHandle read = *store->Read(changed.id);
        ASSERT_EQ(ToPlain(*read->list), plan.result.list) << changed.id.text();
      }
      PlainVersion version = plan.result;
      version.revision = done->commit.revision->value;
      history.Landed(changed.id.text(), version);
      ++landed;
    }
    // The same again finds nothing to do.
    const auto again = store->Revert(choice, /*skip_conflicts=*/true, Reverting());
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_FALSE(again->commit.revision.has_value()) << round;
  }
  EXPECT_GT(conflicting, 3);
  EXPECT_GT(landed, 20);
  ExpectSound(*store);
}

INSTANTIATE_TEST_SUITE_P(Seeds, RevertTest,
                         ::testing::Combine(::testing::Values(Kind::kMemory, Kind::kRocksDb),
                                            ::testing::Values(1U, 2U, 3U, 4U)));

class RevertOne : public ::testing::Test {
 protected:
  RevertOne() : store_(Kind::kMemory) {}
  Revision Land(const Change& change, std::string_view author = "ann") {
    const auto done = store_->Commit(change, By(author));
    EXPECT_TRUE(done && done->revision) << (done ? "no revision" : done.error().message);
    return done && done->revision ? *done->revision : Revision{0};
  }
  Result<RevertResult> Back(std::vector<Revision> revisions, bool skip = false) {
    return store_->Revert({.revisions = std::move(revisions)}, skip, Reverting());
  }
  std::vector<std::string> Now(std::string_view id) {
    return Texts(*(*store_->Read(Id(id)))->list);
  }

  StoreHolder store_;
};

TEST_F(RevertOne, OfTheNewestVersionIsACopyOfTheOneBefore) {
  Land(Set("1", List({"10.0.0.1", "10.0.0.2"})));
  const Revision bad = Land(Set("1", List({"172.16.9.4:8000"})));
  ASSERT_TRUE(Back({bad}));
  EXPECT_EQ((*store_->NewView())->Describe(Id("1"), Version{3})->same_as, Version{1});
}

TEST_F(RevertOne, KeepsWhatCameLater) {
  Land(Set("1", List({"10.0.0.1", "10.0.0.2"})));
  const Revision bad = Land(Edits("1", {Edit(EditKind::kRemove, "10.0.0.1")}));
  Land(Edits("1", {Edit(EditKind::kAdd, "10.0.0.9")}));
  ASSERT_TRUE(Back({bad}));
  EXPECT_EQ(Now("1"), (std::vector<std::string>{"10.0.0.1", "10.0.0.2", "10.0.0.9"}));
}

TEST_F(RevertOne, OfABirthDeletesTheIdOnceNothingElseIsLeft) {
  const Revision birth = Land(Set("1", List({"10.0.0.1"})));
  Land(Edits("1", {Edit(EditKind::kAdd, "10.0.0.9")}));
  ASSERT_TRUE(Back({birth}));
  EXPECT_EQ(Now("1"), std::vector<std::string>{"10.0.0.9"});
  const Revision other = Land(Set("2", List({"10.0.0.1"})));
  ASSERT_TRUE(Back({other}));
  EXPECT_EQ(store_->Read(Id("2")).error().code, ErrorCode::kNotFound);
}

// As many edits as endpoints, and yet something of others is left.
TEST_F(RevertOne, OfABirthAndOfARemoveOfWhatAnotherAddedKeepsWhatIsAnothers) {
  const Revision birth = Land(Set("1", List({"10.0.0.1"})));
  Land(Edits("1", {Edit(EditKind::kAdd, "10.0.0.2")}));
  const Revision removed = Land(Edits("1", {Edit(EditKind::kRemove, "10.0.0.2")}));
  Land(Edits("1", {Edit(EditKind::kAdd, "10.0.0.4")}));
  ASSERT_TRUE(Back({birth, removed}));
  EXPECT_EQ(Now("1"), (std::vector<std::string>{"10.0.0.2", "10.0.0.4"}));
}

TEST_F(RevertOne, OfADeleteBringsTheIdBackAlsoAnEmptyOne) {
  Land(Set("1", EndpointList()));
  const Revision gone = Land(Delete("1"));
  ASSERT_TRUE(Back({gone}));
  EXPECT_TRUE(Now("1").empty());
}

TEST_F(RevertOne, AnIdDeletedSinceIsAConflict) {
  Land(Set("1", List({"10.0.0.1", "10.0.0.2"})));
  const Revision bad = Land(Edits("1", {Edit(EditKind::kRemove, "10.0.0.1")}));
  const Revision gone = Land(Delete("1"));
  const auto refused = Back({bad});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().items, (std::vector<std::string>{"1: deleted since, by @3 (r" +
                                                             std::to_string(gone.value) + ")"}));
}

TEST_F(RevertOne, AConflictNamesThenNowAndWhoTouchedIt) {
  Land(Set("1", List({"10.0.0.1 weight=1"})));
  const Revision bad = Land(Edits("1", {Edit(EditKind::kSet, "10.0.0.1 weight=2")}));
  Land(Edits("1", {Edit(EditKind::kSet, "10.0.0.1 weight=3")}));
  Land(Edits("1", {Edit(EditKind::kAdd, "10.0.0.2")}));
  const auto refused = Back({bad});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(
      refused.error().items,
      (std::vector<std::string>{"1 10.0.0.1: weight=2 then, weight=3 now; touched by @3 (r3)"}));
}

TEST_F(RevertOne, WhatOthersChangedBetweenTwoOfThemIsAConflict) {
  Land(Set("1", List({"10.0.0.1 weight=1"})));
  const Revision first = Land(Edits("1", {Edit(EditKind::kSet, "10.0.0.1 weight=2")}));
  Land(Edits("1", {Edit(EditKind::kSet, "10.0.0.1 weight=3")}));
  const Revision second = Land(Edits("1", {Edit(EditKind::kSet, "10.0.0.1 weight=4")}));
  const auto refused = Back({first, second});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(
      refused.error().items,
      (std::vector<std::string>{"1 10.0.0.1: weight=4 then, weight=4 now; touched by @3 (r3)"}));
  ASSERT_TRUE(Back({second}));
  EXPECT_EQ(Now("1"), std::vector<std::string>{"10.0.0.1 weight=3"});
}

TEST_F(RevertOne, ARepeatOfARequestReturnsTheFirstResult) {
  Land(Set("1", List({"10.0.0.1", "10.0.0.2"})));
  const Revision bad = Land(Set("1", List({"10.0.0.3"})));
  CommitOptions options = Reverting();
  options.request_id = "undo-7";
  const auto first = store_->Revert({.revisions = {bad}}, false, options);
  ASSERT_TRUE(first.has_value());
  Land(Set("1", List({"10.0.0.4"})));
  const auto second = store_->Revert({.revisions = {bad}}, false, options);
  ASSERT_TRUE(second.has_value()) << second.error().message;
  EXPECT_TRUE(second->commit.replayed);
  EXPECT_EQ(second->commit.revision, first->commit.revision);
  EXPECT_EQ(store_->Revert({.revisions = {bad}}, true, options).error().code, ErrorCode::kConflict);
}

TEST_F(RevertOne, ThousandsOfIdsAreOneRevisionWrittenInSlices) {
  Change all;
  for (int i = 0; i < 2000; ++i) {
    all.ids.push_back(
        {Id(std::to_string(100000 + i)), Replace{List({"10.0.0.1", "10.0.0.2"})}, {}});
  }
  Land(all);
  std::vector<Revision> bad;
  for (int i = 0; i < 2000; ++i)
    bad.push_back(Land(Set(std::to_string(100000 + i), List({"10.9.9.9"})), "tool"));
  const auto done = Back(bad);
  ASSERT_TRUE(done.has_value()) << done.error().message;
  EXPECT_EQ(done->commit.changes.size(), 2000U);
  EXPECT_EQ(Now("101999"), (std::vector<std::string>{"10.0.0.1", "10.0.0.2"}));
  ExpectSound(*store_);
}

}  // namespace
}  // namespace switchback
