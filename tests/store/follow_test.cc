// Stores opened to follow: what they see of a writer in this process or in another is always one of
// the writer's states, and never an older one than before.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/writer_process.h"
#include "store/committing_process.h"

namespace switchback {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kNow{0};
constexpr std::chrono::milliseconds kLong{60'000};  // longer than any test waits for what does come

class FollowTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto writer = Store::Create(path_, {"test", {}});
    ASSERT_TRUE(writer.has_value()) << writer.error().message;
    writer_ = std::move(*writer);
  }
  [[nodiscard]] std::unique_ptr<Store> Follow() const {
    auto store = Store::Open(path_, {.read_only = true, .follow = true});
    EXPECT_TRUE(store.has_value()) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  static bool CatchUp(Store& store) {
    const Result<bool> newer = store.CatchUp();
    EXPECT_TRUE(newer.has_value()) << newer.error().message;
    return newer.value_or(false);
  }
  void Commit(const Change& change) const {
    const auto done = writer_->Commit(change, By("ann"));
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  static uint64_t VersionOf(const Store& store, std::string_view id) {
    const Result<ListHandle> read = store.Read(Id(id));
    return read ? (*read)->version.value : 0;
  }

  const TempFolder folder_;
  const std::string path_ = folder_.path("store");
  std::unique_ptr<Store> writer_;
};

TEST_F(FollowTest, SeesCommitsOnceItCatchesUp) {
  Commit(Set("a", List({"10.0.0.1"})));
  Commit(Set("b", List({"10.0.0.2"})));
  const auto follower = Follow();
  EXPECT_FALSE(CatchUp(*follower));
  EXPECT_EQ(VersionOf(*follower, "a"), 1U);
  EXPECT_EQ(VersionOf(*follower, "b"), 1U);  // both are in its cache of heads now
  Commit(Set("a", List({"10.0.0.3"})));
  EXPECT_EQ(VersionOf(*follower, "a"), 1U);
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(VersionOf(*follower, "a"), 2U);
  EXPECT_EQ(VersionOf(*follower, "b"), 1U);
  EXPECT_EQ((*follower->ReadIfNewer(Id("a"), Version{1}))->version, Version{2});
  EXPECT_EQ(*follower->ReadIfNewer(Id("a"), Version{2}), nullptr);
  Commit(Delete("b"));
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(VersionOf(*follower, "b"), 0U);
  EXPECT_FALSE(CatchUp(*follower));
  ExpectSound(*follower);
}

TEST_F(FollowTest, SeesRevisionsOfManyIdsAndManyRevisionsAtOnce) {
  const auto follower = Follow();
  Change wide;
  for (int i = 0; i < 20'000; ++i) {
    wide.ids.push_back({Id("wide-" + std::to_string(100'000 + i)), Replace{Range(1, 2)}, {}});
  }
  Commit(wide);
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(VersionOf(*follower, "wide-100007"), 1U);
  for (IdChange& id : wide.ids) id.action = Replace{Range(5, 2)};
  Commit(wide);
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(VersionOf(*follower, "wide-100007"), 2U);
  for (uint32_t i = 0; i < 1'500; ++i) Commit(Set("wide-100007", Range(100 + i, 3)));
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(VersionOf(*follower, "wide-100007"), 1'502U);
}

TEST_F(FollowTest, SeesWhatWasSaidAndByWhom) {
  Commit(Set("a", List({"10.0.0.1"})));
  const auto follower = Follow();
  ASSERT_TRUE(writer_->CreateSnapshot("friday", Revision{1}, By("ann")));
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(follower->ListSnapshots()->size(), 1U);
  writer_.reset();
  OpenOptions other;
  other.origin = {"zoe", "host-z", "other", "2"};
  writer_ = *Store::Open(path_, other);
  Commit(Set("a", List({"10.0.0.2"})));
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ((*follower->NewView())->DescribeRevision(Revision{2})->origin, other.origin);
  ExpectSound(*follower);
}

TEST_F(FollowTest, AnOpenViewHoldsItWhereItIs) {
  Commit(Set("a", List({"10.0.0.1"})));
  const auto follower = Follow();
  auto view = *follower->NewView();
  Commit(Set("a", List({"10.0.0.2"})));
  ASSERT_TRUE(writer_->Compact());
  EXPECT_FALSE(CatchUp(*follower));
  EXPECT_EQ(view->revision(), Revision{1});
  EXPECT_EQ(Texts(*(*view->Read(Id("a")))->list), std::vector<std::string>{"10.0.0.1"});
  EXPECT_EQ(VersionOf(*follower, "a"), 1U);
  view.reset();
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(VersionOf(*follower, "a"), 2U);
}

TEST_F(FollowTest, OnlyAStoreThatIsReadOnlyFollowsAndNoOtherCatchesUp) {
  Commit(Set("a", List({"10.0.0.1"})));
  const auto refused = Store::Open(path_, {.follow = true});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  const auto reader = *Store::Open(path_, {.read_only = true});
  const auto follower = Follow();
  Commit(Set("a", List({"10.0.0.2"})));
  EXPECT_FALSE(CatchUp(*reader));
  EXPECT_EQ(VersionOf(*reader, "a"), 1U);
  EXPECT_FALSE(CatchUp(*writer_)) << "it sees all there is";
  EXPECT_FALSE(CatchUp(**Store::CreateInMemory({"test", {.follow = true}})));

  EXPECT_EQ(follower->Commit(Set("a", List({})), By("x")).error().code,
            ErrorCode::kInvalidArgument);
  EXPECT_EQ(follower->Sync().error().code, ErrorCode::kInvalidArgument);
  CommitOptions dry = By("x");
  dry.dry_run = true;
  EXPECT_TRUE(CatchUp(*follower));
  const auto planned = follower->Commit(Set("a", List({"10.0.0.9"})), dry);
  ASSERT_TRUE(planned.has_value()) << planned.error().message;
  EXPECT_EQ(planned->changes.at(0).version, Version{3});
}

TEST_F(FollowTest, AnotherStoreInItsPlaceIsNotFollowed) {
  Commit(Set("a", List({"10.0.0.1"})));
  writer_.reset();
  const std::string older = folder_.path("older");
  std::filesystem::copy(path_, older, std::filesystem::copy_options::recursive);
  writer_ = *Store::Open(path_, {});
  Commit(Set("a", List({"10.0.0.2"})));
  const auto follower = Follow();
  writer_.reset();
  std::filesystem::remove_all(path_);
  EXPECT_EQ(follower->CatchUp().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(VersionOf(*follower, "a"), 2U) << "what it has stays readable";
  std::filesystem::rename(older, path_);
  EXPECT_EQ(follower->CatchUp().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(follower->NewView().error().code, ErrorCode::kNotFound);
  EXPECT_EQ(VersionOf(*Follow(), "a"), 1U);
}

TEST_F(FollowTest, APruneIsSeen) {
  // Long enough for the cache of lists.
  for (uint32_t i = 0; i < 6; ++i) Commit(Set("a", Range(i * 1'000, 1'000)));
  const auto follower = Follow();
  EXPECT_TRUE((*follower->NewView())->Read(Id("a"), Version{2}).has_value());
  ASSERT_TRUE(writer_->Prune({.keep_last = 2}, By("ann"), {}, {}));
  EXPECT_TRUE(CatchUp(*follower));
  {
    const auto view = *follower->NewView();
    EXPECT_EQ(view->Read(Id("a"), Version{2}).error().code, ErrorCode::kPruned);
    EXPECT_EQ((*view->Read(Id("a"), Version{5}))->list->size(), 1'000U);
  }
  Commit(Set("a", Range(7, 3)));
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(VersionOf(*follower, "a"), 7U);
  ExpectSound(*follower);
}

TEST_F(FollowTest, WhoWaitsIsToldWithoutCatchingUpHimself) {
  Commit(Set("a", List({"10.0.0.1"})));
  const auto follower = Follow();
  const auto feed = *follower->Subscribe({});
  EXPECT_FALSE(*feed->Next(kNow));
  Commit(Set("a", List({"10.0.0.2"})));
  // Also who does not wait at all, but only looks.
  const auto event = feed->Next(kNow);
  ASSERT_TRUE(event.has_value() && *event);
  EXPECT_EQ((*event)->commit.revision, Revision{2});
  Commit(Set("b", List({"10.0.0.3"})));
  EXPECT_EQ(*follower->Wait(Revision{2}, kLong), Revision{3});
  Commit(Set("b", List({"10.0.0.4"})));
  EXPECT_EQ((*follower->WaitForNewer(Id("b"), Version{1}, kLong))->version, Version{2});
  EXPECT_EQ(*follower->WaitForNewer(Id("b"), Version{2}, kNow), nullptr);
  EXPECT_EQ(follower->durable(), Revision{4});
  // A token of the one is good for the other.
  EXPECT_EQ(*feed->token(), *(*writer_->Subscribe({.after = Revision{2}}))->token());
}

TEST_F(FollowTest, ManyWaitAndAllAreTold) {
  const auto follower = Follow();
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const auto feed = *follower->Subscribe({.after = Revision{0}});
      for (uint64_t told = 1; told <= 200; ++told) {
        const auto event = feed->Next(kLong);
        ASSERT_TRUE(event.has_value()) << event.error().message;
        ASSERT_TRUE(event->has_value());
        ASSERT_EQ((*event)->commit.revision.value, told);
      }
    });
  }
  for (uint32_t i = 0; i < 200; ++i) Commit(Set("a", Range(i, 2)));
  for (std::thread& thread : threads) thread.join();
}

TEST_F(FollowTest, WhoWaitsIsToldOfAStoreThatIsGone) {
  Commit(Set("a", List({"10.0.0.1"})));
  const auto follower = Follow();
  const auto feed = *follower->Subscribe({});
  writer_.reset();
  std::filesystem::remove_all(path_);
  EXPECT_EQ(feed->Next(kLong).error().code, ErrorCode::kNotFound);
}

// While one thread catches up again and again, others read: heads never go back, a view and what is
// read after it fit one another, and views are whole.
TEST_F(FollowTest, ManyThreadsReadWhileItCatchesUp) {
  for (const char* id : {"a", "b"}) Commit(Set(id, Range(0, 1)));
  const auto follower = Follow();
  std::atomic<bool> done = false;
  std::atomic<uint64_t> moves = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {
      uint64_t last = 0;
      while (!done) {
        const uint64_t now = VersionOf(*follower, "a");
        ASSERT_GE(now, last);
        last = now;
      }
    });
    threads.emplace_back([&] {
      while (!done) {
        uint64_t seen = 0;
        {
          const auto view = *follower->NewView();
          seen = (*view->Read(Id("a")))->version.value;
          ASSERT_EQ((*view->Read(Id("b")))->version.value, seen);
          ASSERT_EQ(view->revision().value, 1 + seen);
        }
        ASSERT_GE(VersionOf(*follower, "b"), seen);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));  // else it may never catch up
      }
    });
    threads.emplace_back([&] {
      while (!done) moves += CatchUp(*follower) ? 1 : 0;
    });
  }
  uint32_t commits = 1;
  while (commits < 1000 || (moves < 10 && commits < 100'000)) {
    const uint32_t i = ++commits;
    Change both;
    for (const char* id : {"a", "b"}) both.ids.push_back({Id(id), Replace{Range(i * 8, 3)}, {}});
    Commit(both);
    if (i % 500 == 0) {
      ASSERT_TRUE(writer_->Compact());
    }
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(moves, 10U);
  CatchUp(*follower);
  EXPECT_EQ(VersionOf(*follower, "a"), commits);
  ExpectSound(*follower);
}

class FollowedProcessTest : public FollowTest {
 protected:
  void SetUp() override {
    FollowTest::SetUp();
    writer_.reset();
  }

  // What the view holds is what so many commits make.
  static void CheckView(const Store& store, uint64_t& last) {
    const auto view = *store.NewView();
    const uint64_t revision = view->revision().value;
    ASSERT_GE(revision, last);
    CheckHeads(*view, revision, /*step=*/97);
    if (revision > 0) {
      const auto info = view->DescribeRevision(Revision{revision});
      ASSERT_TRUE(info.has_value()) << info.error().message;
      ASSERT_EQ(info->message, "commit " + std::to_string(revision));
    }
    last = revision;
  }
};

TEST_F(FollowedProcessTest, EveryViewIsAPrefixWhileTheWriterCommitsFlushesAndCompacts) {
  const auto follower = Follow();
  WriterProcess writer(SWITCHBACK_COMMITTING_PROCESS, {path_, "40"});
  uint64_t acknowledged = writer.NextReport().value_or(0);
  uint64_t last = 0;
  int moves = 0;
  const auto give_up = steady_clock::now() + std::chrono::minutes(2);
  while (last < 600 && !HasFailure() && steady_clock::now() < give_up) {
    acknowledged = writer.NextReport().value_or(0);
    moves += CatchUp(*follower) ? 1 : 0;
    CheckView(*follower, last);
    // No view was open when it caught up, after that commit had returned.
    ASSERT_GE(last, acknowledged);
    // What the cache of heads hands out is of that state, too.
    const uint64_t newest = NewestOf(CommitShape::kOneId, last);
    if (newest > 0) {
      const Result<ListHandle> read = follower->Read(IdOf(CommitShape::kOneId, 0));
      ASSERT_TRUE(read.has_value()) << read.error().message;
      ASSERT_EQ((*read)->revision.value, newest);
    }
    if (moves % 100 == 50) ExpectSound(*follower);
  }
  EXPECT_GE(last, 600U);
  EXPECT_GT(moves, 10);
  EXPECT_TRUE(writer.running());
}

TEST_F(FollowedProcessTest, WritersThatAreKilledAndSucceededAreFollowed) {
  const auto follower = Follow();
  uint64_t last = 0;
  for (int round = 0; round < 10 && !HasFailure(); ++round) {
    SCOPED_TRACE(round);
    uint64_t acknowledged = last;
    {
      WriterProcess writer(SWITCHBACK_COMMITTING_PROCESS, {path_, "25"});
      EXPECT_EQ(writer.NextReport(), last) << "it opened at another revision than was followed";
      for (int reports = 0; reports < 12 + round; ++reports) {
        acknowledged = writer.NextReport().value_or(acknowledged);
        CatchUp(*follower);
        CheckView(*follower, last);
        ASSERT_GE(last, acknowledged);
      }
      writer.Kill();
      while (const auto report = writer.NextReport()) acknowledged = *report;
    }
    CatchUp(*follower);
    CheckView(*follower, last);
    ASSERT_GE(last, acknowledged);
    ASSERT_LE(last, acknowledged + 1);
    ExpectSound(*follower);
  }
  EXPECT_TRUE(Store::Open(path_, {}).has_value()) << "the lock is free";
}

TEST_F(FollowedProcessTest, ASubscriberIsToldOfEveryCommitOfWritersThatDieAndIsSucceededItself) {
  auto follower = Follow();
  auto feed = *follower->Subscribe({.after = Revision{0}});
  uint64_t told = 0;
  for (int round = 0; round < 6 && !HasFailure(); ++round) {
    SCOPED_TRACE(round);
    uint64_t acknowledged = told;
    {
      WriterProcess writer(SWITCHBACK_COMMITTING_PROCESS, {path_, "25"});
      while (acknowledged < told + 60) {
        acknowledged = writer.NextReport().value_or(acknowledged);
      }
      writer.Kill();
      while (const auto report = writer.NextReport()) acknowledged = *report;
    }
    while (told < acknowledged) {
      const auto event = feed->Next(kLong);
      ASSERT_TRUE(event.has_value()) << event.error().message;
      ASSERT_TRUE(event->has_value());
      ASSERT_EQ((*event)->commit.revision.value, told + 1);
      ASSERT_EQ((*event)->commit.message, "commit " + std::to_string(told + 1));
      ASSERT_FALSE((*event)->changes.empty());
      if ((*event)->last) ++told;
    }
    // Another process takes the subscription up where this one leaves it.
    const std::string token = *feed->token();
    feed.reset();
    follower = Follow();
    feed = *follower->Subscribe({.token = token});
  }
}

TEST_F(FollowedProcessTest, OpensBesideAWriterThatCompacts) {
  WriterProcess writer(SWITCHBACK_COMMITTING_PROCESS, {path_, "10"});
  uint64_t last = 0;
  for (int opens = 0; opens < 60 && !HasFailure(); ++opens) {
    const uint64_t acknowledged = writer.NextReport().value_or(0);
    const auto follower = Follow();
    ASSERT_NE(follower, nullptr);
    CheckView(*follower, last);
    ASSERT_GE(last, acknowledged);
    CatchUp(*follower);
    CheckView(*follower, last);
  }
  EXPECT_TRUE(writer.running());
}

}  // namespace
}  // namespace switchback
