// Commits that wait together are written together, in order, each as if it had come alone.
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "hooked_engine.h"

namespace switchback {
namespace {

// Holds the first write until `others` callers have had time to queue up behind it, and counts
// writes.
class Gate {
 public:
  explicit Gate(EngineHooks& hooks) {
    hooks.before_write = [this](const WriteBatch&) -> Result<void> {
      std::unique_lock lock(mutex_);
      ++writes_;
      open_.wait(lock, [this] { return is_open_; });
      return fail_ && writes_ > 1 ? Result<void>(Fail(ErrorCode::kIoError, "disk on fire"))
                                  : Result<void>();
    };
  }
  void FailAfterFirst() { fail_ = true; }
  void AwaitFirstWrite() {
    while (true) {
      const std::lock_guard lock(mutex_);
      if (writes_ > 0) return;
    }
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    open_.notify_all();
  }
  int writes() {
    const std::lock_guard lock(mutex_);
    return writes_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable open_;
  bool is_open_ = false;
  bool fail_ = false;
  int writes_ = 0;
};

class GroupCommitTest : public ::testing::Test {
 protected:
  GroupCommitTest() {
    EXPECT_TRUE(store_->Commit(Set("seed", List({"10.0.0.1"})), By("x")));  // interns the origin
    gate_ = std::make_unique<Gate>(lasting_.hooks());
  }
  ~GroupCommitTest() override { lasting_.hooks() = {}; }

  // Runs each change in a thread of its own, all but the first while the first is being written.
  std::vector<Result<CommitResult>> RunTogether(const std::vector<Change>& changes) {
    std::vector<Result<CommitResult>> results(changes.size());
    std::vector<std::thread> threads;
    for (size_t i = 0; i < changes.size(); ++i) {
      threads.emplace_back([&, i] { results[i] = store_->Commit(changes[i], By("x")); });
      if (i == 0) gate_->AwaitFirstWrite();
    }
    // Long enough to be in the queue; were one late, it would only be written on its own.
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    gate_->Open();
    for (std::thread& thread : threads) thread.join();
    return results;
  }

  LastingEngine lasting_;
  std::unique_ptr<Store> store_ = lasting_.Create();
  std::unique_ptr<Gate> gate_;
};

TEST_F(GroupCommitTest, ThoseWhoWaitShareOneWrite) {
  std::vector<Change> changes;
  for (int i = 0; i < 12; ++i) changes.push_back(Set("id-" + std::to_string(i), Range(1000, 5)));
  std::set<uint64_t> revisions;
  for (const auto& result : RunTogether(changes)) {
    ASSERT_TRUE(result.has_value()) << result.error().message;
    revisions.insert(result->revision->value);
  }
  EXPECT_EQ(revisions.size(), 12U);
  EXPECT_EQ(*revisions.begin(), 2U);
  EXPECT_EQ(*revisions.rbegin(), 13U);
  EXPECT_LT(gate_->writes(), 12) << "some must have been written together";
  ExpectSound(*store_);
}

TEST_F(GroupCommitTest, TwoThatTouchOneIdBothCount) {
  std::vector<Change> changes = {Set("first", Range(1, 1))};
  for (int i = 0; i < 6; ++i) {
    changes.push_back(
        Edits("shared", {Edit(EditKind::kAdd, "10.1.0." + std::to_string(i) + ":80")}));
  }
  for (const auto& result : RunTogether(changes)) {
    ASSERT_TRUE(result.has_value()) << result.error().message;
  }
  const ListHandle shared = *store_->Read(Id("shared"));
  EXPECT_EQ(shared->list->size(), 6U);
  EXPECT_EQ(shared->version.value, 6U);
  ExpectSound(*store_);
}

TEST_F(GroupCommitTest, OneOfSeveralWithOneExpectationWins) {
  std::vector<Change> changes = {Set("first", Range(1, 1))};
  for (int i = 0; i < 6; ++i) {
    changes.push_back(Set("seed", Range(100U + static_cast<uint32_t>(i), 3)));
    changes.back().ids[0].expect = Version{1};
  }
  int won = 0;
  for (const auto& result : RunTogether(changes)) {
    if (result) {
      ++won;
    } else {
      EXPECT_EQ(result.error().code, ErrorCode::kConflict) << result.error().message;
    }
  }
  EXPECT_EQ(won, 2) << "the first change, and one of the six";
  EXPECT_EQ((*store_->Read(Id("seed")))->version.value, 2U);
  ExpectSound(*store_);
}

TEST_F(GroupCommitTest, FailedWriteFailsEachOfThem) {
  gate_->FailAfterFirst();
  std::vector<Change> changes;
  for (int i = 0; i < 5; ++i) changes.push_back(Set("id-" + std::to_string(i), Range(1000, 5)));
  int landed = 0;
  for (const auto& result : RunTogether(changes)) {
    if (result) {
      ++landed;
    } else {
      EXPECT_EQ(result.error().code, ErrorCode::kIoError);
    }
  }
  EXPECT_EQ(landed, 1);
  lasting_.hooks() = {};
  const auto next = store_->Commit(Set("later", Range(1, 1)), By("x"));
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->revision->value, 3U) << "what failed left no gap";
  ExpectSound(*store_);
}

}  // namespace
}  // namespace switchback
