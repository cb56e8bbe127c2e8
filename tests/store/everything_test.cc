// All at once on RocksDB: writers, readers, a follower, a prune, backups and compactions. Everyone
// sees the first so many revisions, and what is left is sound.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "commit_ledger.h"
#include "store_fixture.h"
#include "switchback/backup.h"

namespace switchback {
namespace {

constexpr size_t kWriters = 3;
constexpr uint64_t kCommits = 250;  // a writer
using Ledger = CommitLedger<kWriters>;

class EverythingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto made = Store::Create(folder_.path(), {"test", SlicingEarly()});
    ASSERT_TRUE(made.has_value()) << made.error().message;
    store_ = std::move(*made);
  }

  void Write(size_t writer) {
    for (uint64_t n = 1; n <= kCommits; ++n) {
      const auto result =
          store_->Commit(Ledger::Nth(writer, n),
                         By("tester", n % 8 == 0 ? Durability::kSynced : Durability::kBuffered));
      ASSERT_TRUE(result.has_value()) << result.error().message;
      ledger_.Acknowledged(*result->revision, writer, n);
    }
  }

  void Read() {
    const uint64_t least = ledger_.acknowledged();
    const auto view = store_->NewView();
    ASSERT_TRUE(view.has_value()) << view.error().message;
    ASSERT_GE((*view)->revision().value, least);
    ledger_.Saw(**view);
  }

  void Follow() {
    OpenOptions options;
    options.read_only = options.follow = true;
    const auto follower = Store::Open(folder_.path(), options);
    ASSERT_TRUE(follower.has_value()) << follower.error().message;
    uint64_t last = 0;
    while (!done_) {
      const auto moved = (*follower)->CatchUp();
      ASSERT_TRUE(moved.has_value()) << moved.error().message;
      const auto view = (*follower)->NewView();
      ASSERT_TRUE(view.has_value()) << view.error().message;
      ASSERT_GE((*view)->revision().value, last);
      last = (*view)->revision().value;
      ledger_.Saw(**view);
    }
  }

  void Prune() {
    PrunePolicy policy;
    policy.keep_last = 20;
    const auto pruned = store_->Prune(policy, By("pruner"));
    ASSERT_TRUE(pruned.has_value()) << pruned.error().message;
  }

  void BackUp() {
    const auto made = store_->CreateBackup(folder_.path("backups"), By("keeper"), {});
    ASSERT_TRUE(made.has_value()) << made.error().message;
  }

  void Compact() {
    const auto compacted = store_->Compact();
    ASSERT_TRUE(compacted.has_value()) << compacted.error().message;
  }

  // Until the writers are done, or it has failed.
  std::thread Again(std::function<void()> work) {
    return std::thread([this, work = std::move(work)] {
      while (!done_ && !HasFatalFailure()) work();
    });
  }

  TempFolder folder_;
  std::unique_ptr<Store> store_;
  std::atomic<bool> done_ = false;
  Ledger ledger_;
};

TEST_F(EverythingTest, EveryoneSeesAPrefixAndWhatIsLeftIsSound) {
  std::vector<std::thread> others;
  for (int i = 0; i < 2; ++i) others.push_back(Again([this] { Read(); }));
  others.push_back(Again([this] { Prune(); }));
  others.push_back(Again([this] { BackUp(); }));
  others.push_back(Again([this] { Compact(); }));
  others.emplace_back([this] { Follow(); });
  std::vector<std::thread> writers;
  for (size_t i = 0; i < kWriters; ++i) writers.emplace_back([this, i] { Write(i); });
  for (std::thread& writer : writers) writer.join();
  done_ = true;
  for (std::thread& other : others) other.join();
  ledger_.Check(kCommits);
  ExpectSound(*store_);
  const auto backups = VerifyBackups(folder_.path("backups"), std::nullopt, {});
  ASSERT_TRUE(backups.has_value()) << backups.error().message;
  EXPECT_TRUE(backups->ok());
  EXPECT_GT(backups->backups, 0U);
}

}  // namespace
}  // namespace switchback
