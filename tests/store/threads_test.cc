// Writers, readers with views, hot readers and history walks at once. In memory only, so that it
// runs under ThreadSanitizer too.
#include <fmt/format.h>

#include <atomic>
#include <map>
#include <thread>

#include "store_fixture.h"

namespace switchback {
namespace {

constexpr int kWriters = 4;
constexpr int kRounds = 60;
constexpr int kManyIds = 600;  // more than one write takes

BusinessId Own(int writer) {
  return Id(fmt::format("own-{}", writer));
}
BusinessId Many(int i) {
  return Id(fmt::format("many-{:04}", i));
}
std::string Host(uint64_t n) {
  return fmt::format("10.{}.{}.{}", n >> 16 & 255, n >> 8 & 255, n & 255);
}

// What every view must find, whatever commits land meanwhile:
//   own-W has as many endpoints as versions; left and right are always equal; `counter` has as many
//   endpoints as versions, whoever added them; all of many-* are equal.
class ThreadsTest : public ::testing::Test {
 protected:
  void Landed(const Result<CommitResult>& result) {
    ASSERT_TRUE(result.has_value()) << result.error().message;
    ASSERT_TRUE(result->revision.has_value());
    ++landed_;
  }

  void Write(int writer) {
    for (int round = 1; round <= kRounds; ++round) {
      const uint64_t unique = static_cast<uint64_t>(writer) << 16 | static_cast<uint64_t>(round);
      Landed(store_->Commit(Edits(Own(writer).text(), {Edit(EditKind::kAdd, Host(unique))}),
                            By("own")));
      Landed(store_->Commit(Pair(Range(static_cast<uint32_t>(unique) * 8, 1 + round % 5)),
                            By("pair")));
      AddToCounter(Host(unique));
      if (round % 20 == writer * 4) CommitMany(unique);
    }
  }

  static Change Pair(const EndpointList& list) {
    Change change = Set("left", list);
    change.ids.push_back({Id("right"), Replace{list}, std::nullopt});
    return change;
  }

  // Read, then compare-and-set, until nobody came between.
  void AddToCounter(const std::string& endpoint) {
    while (true) {
      const Result<ListHandle> now = store_->Read(Id("counter"));
      ASSERT_TRUE(now.has_value());
      Change change = Edits("counter", {Edit(EditKind::kAdd, endpoint)});
      change.ids[0].expect = (*now)->version;
      const Result<CommitResult> result = store_->Commit(change, By("counter"));
      if (result) return Landed(result);
      ASSERT_EQ(result.error().code, ErrorCode::kConflict) << result.error().message;
      ++conflicts_;
    }
  }

  void CommitMany(uint64_t unique) {
    Change change;
    for (int i = 0; i < kManyIds; ++i) {
      change.ids.push_back({Many(i), Replace{Range(static_cast<uint32_t>(unique), 2)}, {}});
    }
    Landed(store_->Commit(change, By("many")));
    // And one that comes to nothing at its end.
    for (IdChange& one : change.ids) one.action = Replace{Range(1, 1)};
    change.ids.back().expect = Version{1'000'000};
    const Result<CommitResult> refused = store_->Commit(change, By("many"));
    ASSERT_FALSE(refused.has_value());
    ASSERT_EQ(refused.error().code, ErrorCode::kConflict);
  }

  void CheckView(const View& view) {
    ASSERT_EQ((*view.Read(Id("left")))->digest(), (*view.Read(Id("right")))->digest());
    ASSERT_EQ((*view.Read(Id("left")))->revision, (*view.Read(Id("right")))->revision);
    for (int writer = 0; writer < kWriters; ++writer) {
      const Result<ListHandle> own = view.Read(Own(writer));
      ASSERT_TRUE(!own || (*own)->list->size() == (*own)->version.value);
    }
    const ListHandle counter = *view.Read(Id("counter"));
    ASSERT_EQ(counter->list->size() + 1, counter->version.value);
    const Result<ListHandle> first = view.Read(Many(0));
    for (const int i : {1, 300, kManyIds - 1}) {
      const Result<ListHandle> other = view.Read(Many(i));
      ASSERT_EQ(first.has_value(), other.has_value());
      if (!first) continue;
      ASSERT_EQ((*first)->digest(), (*other)->digest());
      ASSERT_EQ((*first)->version, (*other)->version);
    }
    // It is a prefix of all revisions: its own newest is there, the next one is not.
    if (view.revision().value == 0) return;
    ASSERT_TRUE(view.DescribeRevision(view.revision()).has_value());
    ASSERT_EQ(view.DescribeRevision(view.revision().Next()).error().code, ErrorCode::kNotFound);
  }

  void ReadViews() {
    Revision last;
    while (!done_ && !HasFatalFailure()) {
      const auto view = *store_->NewView();
      ASSERT_GE(view->revision(), last);
      last = view->revision();
      CheckView(*view);
    }
  }

  void ReadHot() {
    std::map<std::string, uint64_t> newest;
    while (!done_ && !HasFatalFailure()) {
      for (const char* name : {"left", "counter", "own-0", "many-0007"}) {
        const BusinessId id = Id(name);
        uint64_t& known = newest[name];
        const Result<ListHandle> read = store_->Read(id);
        if (!read) {
          ASSERT_EQ(read.error().code, ErrorCode::kNotFound) << read.error().message;
          ASSERT_EQ(known, 0U) << "it was there before";
          continue;
        }
        ASSERT_GE((*read)->version.value, known) << name;
        known = (*read)->version.value;
        const Result<ListHandle> newer = store_->ReadIfNewer(id, Version{known});
        ASSERT_TRUE(newer.has_value()) << newer.error().message;
        if (!*newer) continue;
        ASSERT_GT((*newer)->version.value, known) << name;
        known = (*newer)->version.value;
      }
    }
  }

  void WalkHistory() {
    while (!done_ && !HasFatalFailure()) {
      const auto view = *store_->NewView();
      const auto history = *view->History(Id("counter"));
      uint64_t expected = (*view->Read(Id("counter")))->version.value;
      while (true) {
        const Result<std::optional<VersionInfo>> info = history->Next();
        ASSERT_TRUE(info.has_value()) << info.error().message;
        if (!*info) break;
        ASSERT_EQ((*info)->version.value, expected--);
        ASSERT_EQ((*info)->count + 1, (*info)->version.value);
        ASSERT_FALSE((*info)->commit.author.empty());
      }
      ASSERT_EQ(expected, 0U);
      const auto log = *view->Log();
      Revision at = view->revision();
      for (int i = 0; i < 50 && at.value != 0; ++i, at = at.Previous()) {
        const Result<std::optional<RevisionInfo>> info = log->Next();
        ASSERT_TRUE(info.has_value()) << info.error().message;
        ASSERT_EQ((*info)->revision, at);
      }
    }
  }

  const StoreHolder store_{Kind::kMemory};
  std::atomic<bool> done_ = false;
  std::atomic<uint64_t> landed_ = 0;
  std::atomic<uint64_t> conflicts_ = 0;
};

TEST_F(ThreadsTest, WritersAndReadersAtOnceSeeWholeRevisionsOnly) {
  Landed(store_->Commit(Pair(EndpointList()), By("first")));
  Landed(store_->Commit(Edits("counter", {}), By("first")));
  std::vector<std::thread> writers;
  std::vector<std::thread> readers;
  writers.reserve(kWriters);
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([this, writer] { Write(writer); });
  }
  for (int i = 0; i < 4; ++i) readers.emplace_back([this] { ReadViews(); });
  readers.emplace_back([this] { ReadHot(); });
  readers.emplace_back([this] { WalkHistory(); });
  for (std::thread& writer : writers) writer.join();
  done_ = true;
  for (std::thread& reader : readers) reader.join();

  const auto view = *store_->NewView();
  EXPECT_EQ(view->revision().value, landed_);
  EXPECT_EQ((*view->Read(Id("counter")))->list->size(), uint64_t{kWriters} * kRounds);
  for (int writer = 0; writer < kWriters; ++writer) {
    EXPECT_EQ((*view->Read(Own(writer)))->list->size(), uint64_t{kRounds});
  }
  CheckView(*view);
  ExpectSound(*store_);
}

// The same request from many threads lands once.
TEST_F(ThreadsTest, RequestOfManyThreadsLandsOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> first = 0;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&] {
      CommitOptions options = By("x");
      options.request_id = "once";
      const auto result = store_->Commit(Set("a", Range(0, 700)), options);
      ASSERT_TRUE(result.has_value()) << result.error().message;
      ASSERT_EQ(result->revision, Revision{1});
      if (!result->replayed) ++first;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(first, 1);
  EXPECT_EQ((*store_->NewView())->revision(), Revision{1});
}

// Checkpoints come and go under readers.
TEST_F(ThreadsTest, CheckpointsAreDroppedAndRemadeUnderReaders) {
  ASSERT_TRUE(store_->Commit(Set("a", Range(0x0a000000, 600, 977)), By("x")));
  constexpr uint64_t kEdits = 500;
  for (uint64_t i = 0; i < kEdits; ++i) {
    ASSERT_TRUE(store_->Commit(Edits("a", {Edit(EditKind::kAdd, Host(i))}), By("x")));
  }
  ASSERT_GT(store_->Stats()->checkpoints, 0U);
  std::vector<std::thread> readers;
  for (int reader = 0; reader < 3; ++reader) {
    readers.emplace_back([this, reader] {
      for (uint64_t i = static_cast<uint64_t>(reader); !done_; i = (i + 37) % kEdits) {
        const auto read = (*store_->NewView())->Summarize(Id("a"), Version{i + 1});
        ASSERT_TRUE(read.has_value()) << read.error().message;
        ASSERT_EQ(read->count, 600 + i);
      }
    });
  }
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(store_->DropCheckpoints(/*remake=*/i % 2 == 1));
  done_ = true;
  for (std::thread& reader : readers) reader.join();
  ExpectSound(*store_);
}

}  // namespace
}  // namespace switchback
