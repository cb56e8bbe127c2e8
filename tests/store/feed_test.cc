// The feed: every revision in order and none twice, from wherever it is taken up again; only what
// survives power loss; and tokens of another history are refused.
#include "switchback/feed.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <set>
#include <thread>
#include <tuple>

#include "random_history.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kNow{0};
constexpr milliseconds kLong{20'000};  // longer than any test waits for what does come

CommitOptions Synced(std::string_view author = "x") {
  return By(author, Durability::kSynced);
}

// The IDs and versions that revision `revision` made, as the history has them.
std::map<std::string, uint64_t> MadeBy(const RandomHistory& history, uint64_t revision) {
  std::map<std::string, uint64_t> made;
  for (const auto& [id, versions] : history.versions()) {
    for (uint64_t v = 1; v <= versions.size(); ++v) {
      if (versions[v - 1].revision == revision) made[id] = v;
    }
  }
  return made;
}

class FeedTest : public ::testing::TestWithParam<std::tuple<Kind, uint32_t>> {};

TEST_P(FeedTest, EveryRevisionIsToldOnceAndInOrderWhereverItIsTakenUpAgain) {
  const auto [kind, seed] = GetParam();
  StoreHolder store(kind);
  RandomHistory history(*store, seed);
  std::string token;
  uint64_t told = 0;
  for (int round = 0; round < 12; ++round) {
    history.Grow(12);
    if (HasFatalFailure()) return;
    ASSERT_TRUE(store->Sync());
    if (round % 4 == 3) {
      store.Reopen();
      history.Use(*store);
    }
    const auto feed = store->Subscribe({.token = token, .after = Revision{0}});
    ASSERT_TRUE(feed.has_value()) << feed.error().message;
    // Not always to its end: the next round goes on from there.
    for (uint32_t n = history.Roll(20); n > 0 || round == 11; --n) {
      const auto event = (*feed)->Next(kNow);
      ASSERT_TRUE(event.has_value()) << event.error().message;
      if (!*event) break;
      ASSERT_EQ((*event)->commit.revision.value, ++told);
      const auto made = MadeBy(history, told);
      ASSERT_EQ((*event)->changes.size(), made.size());
      for (const FeedChange& change : (*event)->changes) {
        const uint64_t version = made.at(change.id.text());
        const PlainVersion& plain = history.versions().at(change.id.text())[version - 1];
        ASSERT_EQ(change.version.value, version);
        ASSERT_EQ(change.deleted, plain.deleted);
        ASSERT_EQ(change.count, plain.list.size());
      }
      ASSERT_TRUE((*event)->last);
    }
    token = *(*feed)->token();
  }
  EXPECT_EQ(told, history.revision());
}

TEST_P(FeedTest, FiltersPassOverTheRestAndTheTokenWithIt) {
  const auto [kind, seed] = GetParam();
  StoreHolder store(kind);
  RandomHistory history(*store, seed);
  history.Grow(60);
  ASSERT_TRUE(store->Sync());
  const auto feed = store->Subscribe(
      {.glob = "id-[0-2]", .ids = {{Id("id-2"), Id("id-4"), Id("id-0")}}, .after = Revision{10}});
  for (uint64_t revision = 11; revision <= history.revision(); ++revision) {
    std::vector<std::string> wanted;
    for (const auto& [id, version] : MadeBy(history, revision)) {
      if (id == "id-0" || id == "id-2") wanted.push_back(id);
    }
    if (wanted.empty()) continue;
    const auto event = (*feed)->Next(kNow);
    ASSERT_TRUE(event.has_value() && *event);
    ASSERT_EQ((*event)->commit.revision.value, revision);
    std::vector<std::string> got;
    for (const FeedChange& change : (*event)->changes) got.push_back(change.id.text());
    ASSERT_EQ(got, wanted);
  }
  ASSERT_FALSE((*feed)->Next(kNow)->has_value());
  const std::string end = ":r" + std::to_string(history.revision()) + ":";
  EXPECT_NE((*feed)->token()->find(end), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FeedTest,
                         ::testing::Combine(::testing::Values(Kind::kMemory, Kind::kRocksDb),
                                            ::testing::Values(1U, 2U)));

TEST(FeedDurability, OnlyWhatIsSyncedIsTold) {
  for (const Kind kind : {Kind::kMemory, Kind::kRocksDb}) {
    StoreHolder store(kind);
    const auto feed = store->Subscribe({});
    ASSERT_TRUE(store->Commit(Set("a", Range(0, 1)), By("x", Durability::kBuffered)));
    EXPECT_FALSE((*feed)->Next(kNow)->has_value());
    EXPECT_EQ(store->durable(), Revision{0});
    EXPECT_EQ(*store->Wait(Revision{0}, milliseconds(1)), Revision{0});
    EXPECT_EQ(*store->WaitForNewer(Id("a"), Version{0}, milliseconds(1)), nullptr);
    ASSERT_TRUE(store->Sync());
    EXPECT_EQ((*(*feed)->Next(kNow))->commit.revision, Revision{1});
    ASSERT_TRUE(store->Commit(Set("a", Range(0, 2)), By("x", Durability::kBuffered)));
    ASSERT_TRUE(store->Commit(Set("b", Range(0, 2)), Synced()));  // syncs both
    EXPECT_EQ((*(*feed)->Next(kNow))->commit.revision, Revision{2});
    EXPECT_EQ((*(*feed)->Next(kNow))->commit.revision, Revision{3});
  }
}

TEST(FeedParts, ARevisionOfManyIdsComesInSeveralEvents) {
  StoreHolder store(Kind::kMemory);
  for (const int ids : {1024, 1025, 5000}) {
    Change change;
    for (int i = 0; i < ids; ++i) {
      change.ids.push_back({Id("b" + std::to_string(100000 + i)),
                            Replace{Range(static_cast<uint32_t>(ids), 1)}, std::nullopt});
    }
    const auto feed = store->Subscribe({});
    const std::string before = *(*feed)->token();
    ASSERT_TRUE(store->Commit(change, Synced()));
    size_t got = 0;
    for (bool last = false; !last;) {
      EXPECT_EQ(*(*feed)->token(), before) << "goes on behind it once it was handed out whole";
      const auto event = (*feed)->Next(kNow);
      ASSERT_TRUE(event.has_value() && *event);
      EXPECT_LE((*event)->changes.size(), kMaxChangesPerEvent);
      EXPECT_GT((*event)->changes.size(), 0U);
      got += (*event)->changes.size();
      last = (*event)->last;
    }
    EXPECT_EQ(got, static_cast<size_t>(ids));
    EXPECT_NE(*(*feed)->token(), before);
  }
}

TEST(FeedTokens, OfAnotherStoreOrHistoryAreRefused) {
  StoreHolder store(Kind::kRocksDb);
  ASSERT_TRUE(store->Commit(Set("a", Range(0, 1)), Synced()));
  const auto feed = store->Subscribe({.after = Revision{0}});
  const std::string none = *(*feed)->token();
  ASSERT_TRUE((*feed)->Next(kNow)->has_value());
  const std::string first = *(*feed)->token();
  // A copy, as a restored backup is one.
  store.Close();
  const TempFolder folder;
  std::filesystem::copy(store.path(), folder.path("copy"),
                        std::filesystem::copy_options::recursive);
  store.Reopen();
  ASSERT_TRUE(store->Commit(Set("a", Range(0, 2)), Synced()));
  const auto more = store->Subscribe({.token = first});
  ASSERT_TRUE((*more)->Next(kNow)->has_value());
  const std::string second = *(*more)->token();

  const auto copy = *Store::Open(folder.path("copy"), {});
  EXPECT_TRUE(copy->Subscribe({.token = first}).has_value());
  EXPECT_TRUE(copy->Subscribe({.token = none}).has_value());
  EXPECT_EQ(copy->Subscribe({.token = second}).error().code, ErrorCode::kConflict) << "ahead";
  ASSERT_TRUE(copy->Commit(Set("a", Range(0, 2)), Synced()));
  EXPECT_EQ(copy->Subscribe({.token = second}).error().code, ErrorCode::kConflict) << "forked";
  EXPECT_TRUE(store->Subscribe({.token = second}).has_value());

  StoreHolder other(Kind::kMemory);
  EXPECT_EQ(other->Subscribe({.token = none}).error().code, ErrorCode::kConflict);
  for (const char* bad : {"x", "a:b:c", "a:r1", "a:rx:00000000000000000000000000000000",
                          "a:r01:00000000000000000000000000000000", "::", "a:r:b"}) {
    EXPECT_EQ(store->Subscribe({.token = bad}).error().code, ErrorCode::kInvalidArgument) << bad;
  }
  EXPECT_EQ(store->Subscribe({.after = Revision{99}}).error().code, ErrorCode::kNotFound);
}

TEST(FeedTokens, OutliveThePruneOfWhatTheyName) {
  StoreHolder store(Kind::kMemory);
  const auto feed = store->Subscribe({});
  for (size_t i = 1; i <= 5; ++i) ASSERT_TRUE(store->Commit(Set("a", Range(0, i)), Synced()));
  std::vector<std::string> tokens;
  while (*(*feed)->Next(kNow)) tokens.push_back(*(*feed)->token());
  ASSERT_EQ(tokens.size(), 5U);
  ASSERT_TRUE(store->Prune({.keep_last = 1}, By("x")));
  for (size_t i = 0; i < tokens.size(); ++i) {
    const auto again = store->Subscribe({.token = tokens[i]});
    ASSERT_TRUE(again.has_value()) << again.error().message;
    const auto next = (*again)->Next(kNow);
    if (i < 3) {
      ASSERT_FALSE(next.has_value());
      EXPECT_EQ(next.error().code, ErrorCode::kPruned);
    } else {
      ASSERT_TRUE(next.has_value());
      EXPECT_EQ(next->has_value(), i == 3);
    }
  }
}

TEST(FeedWaiting, ANextThatWaitsIsWokenByACommitAndByCancel) {
  StoreHolder store(Kind::kMemory);
  const auto feed = store->Subscribe({});
  std::thread writer([&] {
    std::this_thread::sleep_for(milliseconds(20));
    EXPECT_TRUE(store->Commit(Set("a", Range(0, 1)), Synced()));
  });
  const auto event = (*feed)->Next(kLong);
  writer.join();
  ASSERT_TRUE(event.has_value() && *event);
  std::thread canceller([&] {
    std::this_thread::sleep_for(milliseconds(20));
    (*feed)->Cancel();
  });
  EXPECT_FALSE((*feed)->Next(kLong)->has_value());
  canceller.join();
  ASSERT_TRUE(store->Commit(Set("a", Range(0, 2)), Synced()));
  EXPECT_FALSE((*feed)->Next(kLong)->has_value()) << "cancelled for good";
  EXPECT_EQ(*store->Wait(Revision{0}, milliseconds::max()), Revision{2});
}

TEST(FeedWaiting, ForWhatIsNewerThanAVersion) {
  StoreHolder store(Kind::kMemory);
  EXPECT_EQ(store->WaitForNewer(Id("a"), Version{0}, kNow).error().code, ErrorCode::kNotFound);
  std::thread writer([&] {
    std::this_thread::sleep_for(milliseconds(10));
    EXPECT_TRUE(store->Commit(Set("other", Range(0, 1)), Synced()));
    EXPECT_TRUE(store->Commit(Set("a", Range(0, 1)), Synced()));
  });
  const auto born = store->WaitForNewer(Id("a"), Version{0}, kLong);
  writer.join();
  ASSERT_TRUE(born.has_value() && *born);
  EXPECT_EQ((*born)->version, Version{1});
  EXPECT_EQ(*store->WaitForNewer(Id("a"), Version{1}, kNow), nullptr);
  EXPECT_NE(*store->WaitForNewer(Id("a"), Version{0}, kNow), nullptr);
}

TEST(FeedOfAReadOnlyStore, EndsAtWhatItSees) {
  StoreHolder store(Kind::kRocksDb);
  ASSERT_TRUE(store->Commit(Set("a", Range(0, 1)), Synced()));
  OpenOptions options;
  options.read_only = true;
  const auto reader = *Store::Open(store.path(), options);
  ASSERT_TRUE(store->Commit(Set("a", Range(0, 2)), Synced()));
  const auto feed = reader->Subscribe({.after = Revision{0}});
  EXPECT_TRUE((*feed)->Next(kNow)->has_value());
  EXPECT_FALSE((*feed)->Next(milliseconds(5))->has_value());
}

}  // namespace
}  // namespace switchback
