// Calls that meet at awkward moments, played step by step: each test holds one side still.
#include <chrono>
#include <thread>

#include "hooked_engine.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;

// A commit is visible once it is written, before its caller is told: all of it must then be
// readable.
TEST(Interleaving, RevisionIsWholeForWhoReadsItBeforeItsCommitReturns) {
  const LastingEngine lasting;
  OpenOptions options;
  options.origin = {"ann", "host", "tool", "1"};
  const auto store = lasting.Create(options);
  int looks = 0;
  lasting.hooks().after_write = [&] {
    const auto view = *store->NewView();
    if (view->revision() != Revision{1}) return;
    ++looks;
    const auto info = view->DescribeRevision(Revision{1});
    ASSERT_TRUE(info.has_value()) << info.error().message;
    EXPECT_EQ(info->origin.user, "ann");
    EXPECT_TRUE(view->Describe(Id("a"), Version{1}).has_value());
    EXPECT_EQ((*view->Read(Id("a")))->version, Version{1});
    EXPECT_EQ((*store->Read(Id("a")))->version, Version{1});
    EXPECT_EQ((*store->ReadIfNewer(Id("a"), Version{0}))->version, Version{1});
    ExpectSound(*store);
  };
  ASSERT_TRUE(store->Commit(Set("a", List({"10.0.0.1"})), By("ann")));
  EXPECT_EQ(looks, 1);
}

// A view's own revision counts, also for lists that the store has in memory.
TEST(Interleaving, OldViewKnowsNothingOfListsThatAreCachedSince) {
  const StoreHolder store(Kind::kMemory);
  ASSERT_TRUE(store->Commit(Set("a", Range(0x0a000000, 6000, 977)), By("x")));
  const auto old = *store->NewView();
  ASSERT_TRUE(store->Commit(Set("a", Range(0x0a000000, 7000, 977)), By("x")));
  ASSERT_EQ((*(*store->NewView())->Read(Id("a"), Version{2}))->list->size(), 7000U);
  const auto not_found = [](const auto& result) {
    return !result.has_value() && result.error().code == ErrorCode::kNotFound;
  };
  EXPECT_TRUE(not_found(old->Read(Id("a"), Version{2})));
  EXPECT_TRUE(not_found(old->Describe(Id("a"), Version{2})));
  EXPECT_TRUE(not_found(old->Summarize(Id("a"), Version{2})));
  EXPECT_TRUE(not_found(old->Diff({Id("a"), Version{1}}, {Id("a"), Version{2}})));
  EXPECT_TRUE(not_found(old->Diff({Id("b"), Version{0}}, {Id("a"), Version{2}})));
  EXPECT_TRUE(not_found(old->Resolve(Id("a"), Version{2})));
  EXPECT_TRUE(not_found(old->History(Id("a"), Version{2})));
}

// A commit that is prepared while a large one is under way finds its IDs' heads taken. When the
// large one comes to nothing, what the rows say about reading costs must not start from nothing.
TEST(Interleaving, CommitPreparedBesideALargeOneThatFailsKeepsReadingCosts) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  ASSERT_TRUE(store->Commit(Set("a", Range(0x0a000000, 6000, 977)), By("x")));
  for (int i = 0; i < 20; ++i) {
    const std::string endpoint = "11.0.0." + std::to_string(i);
    ASSERT_TRUE(store->Commit(Edits("a", {Edit(EditKind::kAdd, endpoint)}), By("x")));
  }
  Change large = Set("a", Range(0x0b000000, 3));
  for (int i = 0; i < 2000; ++i) {
    large.ids.push_back({Id("b" + std::to_string(100000 + i)), Replace{Range(0, 1)}, std::nullopt});
  }
  large.ids.back().expect = Version{9};
  std::thread other;
  int writes = 0;
  lasting.hooks().before_write = [&](const WriteBatch&) -> Result<void> {
    if (writes++ != 1) return {};
    other = std::thread([&] {
      const auto added = store->Commit(Edits("a", {Edit(EditKind::kAdd, "11.1.0.0")}), By("y"));
      EXPECT_TRUE(added.has_value());
    });
    std::this_thread::sleep_for(milliseconds(100));  // it is prepared by now, most likely
    return {};
  };
  ASSERT_FALSE(store->Commit(large, By("x")).has_value());
  other.join();
  lasting.hooks() = {};
  const std::string bytes = lasting.Value(Space::kState, HeadKey(Id("a")));
  EXPECT_GE(DecodeHeadRow(bytes)->read_cost,
            PlainReader(lasting).content().Locate(Id("a"), Version{22})->cost);
  ExpectSound(*store);
}

// Commits that are prepared while a prune writes stand on rows that it drops, and must not land so.
// Played at each of its writes, with an edit and with a restore of a version that goes. False: the
// prune has no such write.
bool PruneMetAtItsWrite(int nth) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  for (uint32_t version = 0; version < 8; ++version) {
    EXPECT_TRUE(store->Commit(Set("a", Scattered(version, 3000)), By("x")));
    EXPECT_TRUE(store->Commit(Set("b", Scattered(version + 10, 3000)), By("x")));
  }
  std::vector<std::thread> others;
  int writes = 0;
  lasting.hooks().before_write = [&](const WriteBatch&) -> Result<void> {
    if (writes++ != nth) return {};
    others.emplace_back([&] {
      const auto added = store->Commit(Edits("a", {Edit(EditKind::kAdd, "11.1.0.0")}), By("y"));
      EXPECT_TRUE(added.has_value()) << added.error().message;
    });
    others.emplace_back([&] {
      const auto restored = store->Restore({{Id("b"), Version{2}}}, By("y"));
      EXPECT_TRUE(restored || restored.error().code == ErrorCode::kPruned)
          << restored.error().message;
    });
    std::this_thread::sleep_for(milliseconds(50));  // they are prepared by now, most likely
    return {};
  };
  EXPECT_TRUE(store->Prune({.keep_last = 2}, By("pruner")));
  for (std::thread& other : others) other.join();
  lasting.hooks() = {};
  ExpectSound(*store);
  EXPECT_TRUE((*store->NewView())->Read(Id("b")).has_value());
  return !others.empty();
}

TEST(Interleaving, CommitsThatMeetAPruneStandOnWhatItLeaves) {
  int nth = 0;
  while (PruneMetAtItsWrite(nth)) ++nth;
  EXPECT_GE(nth, 2);
}

// A prune makes checkpoints first, of which nothing tells that they will be needed.
TEST(Interleaving, CheckpointsThatAPruneMakesAreNotDroppedBesideIt) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  ASSERT_TRUE(store->Commit(Set("a", Scattered(1, 3000)), By("x")));
  for (int i = 0; i < 8; ++i) {
    const std::string endpoint = "11.0.0." + std::to_string(i);
    ASSERT_TRUE(store->Commit(Edits("a", {Edit(EditKind::kAdd, endpoint)}), By("x")));
  }
  std::thread other;
  lasting.hooks().after_write = [&] {
    if (other.joinable() || !PlainReader(lasting).HasCheckpoint(Id("a"), 8)) return;
    other = std::thread([&] { EXPECT_TRUE(store->DropCheckpoints(/*remake=*/false)); });
    std::this_thread::sleep_for(milliseconds(50));
  };
  ASSERT_TRUE(store->Prune({.keep_last = 2}, By("pruner")));
  ASSERT_TRUE(other.joinable());
  other.join();
  lasting.hooks() = {};
  ExpectSound(*store);
  EXPECT_EQ((*(*store->NewView())->Read(Id("a"), Version{8}))->list->size(), 3007U);
}

}  // namespace
}  // namespace switchback
