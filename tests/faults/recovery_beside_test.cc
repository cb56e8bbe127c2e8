// Writes fail and the engine is opened anew while all else goes on: commits, reads, a feed, prunes,
// compactions, backups, checkpoints dropped and remade.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "faults/faulty_store.h"
#include "store/commit_ledger.h"
#include "switchback/backup.h"

namespace switchback {
namespace {

constexpr size_t kWriters = 3;
constexpr uint64_t kCommits = 250;  // a writer

using Ledger = CommitLedger<kWriters>;

class RecoveryBesideTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto store = faulty_.Create();
    ASSERT_TRUE(store.has_value()) << store.error().message;
    store_ = *std::move(store);
    for (uint32_t i = 0; i < 20; ++i) {
      ASSERT_TRUE(store_->Commit(Set("large", Scattered(i, 20'000)), By("filler")));
    }
    ledger_begins_ = (*store_->NewView())->revision().value;
  }

  // What a fault of the disk may come out as, wherever it is met.
  static void ExpectFault(const Error& error) {
    EXPECT_TRUE(error.code == ErrorCode::kIoError || error.code == ErrorCode::kUnknownOutcome)
        << ErrorCodeName(error.code) << ": " << error.message;
  }

  // Asks until it is told that the commit is there.
  void Write(size_t writer) {
    for (uint64_t n = 1; n <= kCommits; ++n) {
      // A feed tells what is durable: the last one must be.
      const bool synced = n % 4 == 0 || n == kCommits;
      CommitOptions options = By("tester", synced ? Durability::kSynced : Durability::kBuffered);
      options.request_id = Ledger::IdOf(writer) + "-" + std::to_string(n);
      while (true) {
        const auto result = store_->Commit(Ledger::Nth(writer, n), options);
        if (result) {
          ASSERT_TRUE(result->revision.has_value());
          ledger_.Acknowledged(Revision{result->revision->value - ledger_begins_}, writer, n);
          break;
        }
        ExpectFault(result.error());
      }
    }
  }

  void Read() {
    uint64_t last = 0;
    while (!done_) {
      const auto view = store_->NewView();
      ASSERT_TRUE(view.has_value()) << view.error().message;
      ASSERT_GE((*view)->revision().value, last);
      last = (*view)->revision().value;
      for (size_t writer = 0; writer < kWriters; ++writer) {
        const auto list = (*view)->Read(Id(Ledger::IdOf(writer)));
        ASSERT_TRUE(list || list.error().code == ErrorCode::kNotFound) << list.error().message;
      }
      const auto large = (*view)->Read(Id("large"));
      ASSERT_TRUE(large.has_value()) << large.error().message;
      ASSERT_EQ((*large)->list->size(), 20'000U);
    }
  }

  // Every commit comes once, in order.
  void Follow() {
    const auto feed = store_->Subscribe({.after = Revision{ledger_begins_}});
    ASSERT_TRUE(feed.has_value()) << feed.error().message;
    for (uint64_t told = 0; told < kWriters * kCommits;) {
      const auto event = (*feed)->Next(std::chrono::seconds(30));
      ASSERT_TRUE(event.has_value()) << event.error().message;
      ASSERT_TRUE(event->has_value()) << "nothing more after " << told;
      ASSERT_EQ((*event)->commit.revision.value, ledger_begins_ + ++told);
    }
  }

  void Care(const std::function<Result<void>()>& what) {
    while (!done_) {
      if (const Result<void> done = what(); !done) ExpectFault(done.error());
    }
  }

  // One operation of the disk, or all for a while.
  void Fail() {
    std::mt19937_64 random(7);
    while (!done_) {
      faulty_.disk().FailAt(1 + random() % 40,
                            random() % 2 == 0 ? Fault::kIoError : Fault::kNoSpace,
                            Operations::kWrites, random() % 2 == 0 ? 1 : 1'000'000);
      std::this_thread::sleep_for(std::chrono::milliseconds(2 + random() % 20));
      faults_ += faulty_.disk().faults();
      faulty_.disk().Repair();
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 20));
    }
  }

  // REQUIRES: no thread is left.
  void ExpectAllThere(Store& store) {
    const auto view = *store.NewView();
    EXPECT_EQ(view->revision().value, ledger_begins_ + kWriters * kCommits);
    for (size_t writer = 0; writer < kWriters; ++writer) {
      const auto list = view->Read(Id(Ledger::IdOf(writer)));
      ASSERT_TRUE(list.has_value()) << list.error().message;
      EXPECT_EQ((*list)->list->size(), kCommits);
    }
    ExpectSound(store);
  }

  void RunBeside(const std::function<Result<void>()>& care) {
    std::vector<std::thread> writers;
    for (size_t i = 0; i < kWriters; ++i) writers.emplace_back([this, i] { Write(i); });
    std::vector<std::thread> others;
    others.emplace_back([this] { Read(); });
    others.emplace_back([this] { Follow(); });
    others.emplace_back([this, &care] { Care(care); });
    others.emplace_back([this] { Fail(); });
    for (std::thread& writer : writers) writer.join();
    done_ = true;
    for (std::thread& other : others) other.join();
    faulty_.disk().Repair();
    EXPECT_GT(faults_, 0U);
    ledger_.Check(kCommits);
    ASSERT_TRUE(store_->Sync());
    ExpectAllThere(*store_);
    store_.reset();
    const auto again = faulty_.Open();
    ASSERT_TRUE(again.has_value()) << again.error().message;
    ExpectAllThere(**again);
  }

  TempFolder backups_;
  FaultyStore faulty_;
  std::unique_ptr<Store> store_;
  uint64_t ledger_begins_ = 0;
  std::atomic<bool> done_ = false;
  std::atomic<uint64_t> faults_ = 0;
  Ledger ledger_;
};

TEST_F(RecoveryBesideTest, ACompaction) {
  RunBeside([this] { return store_->Compact(); });
}

TEST_F(RecoveryBesideTest, APrune) {
  RunBeside([this]() -> Result<void> {
    const auto pruned = store_->Prune({.keep_last = 2, .glob = "writer*"}, By("pruner"));
    if (!pruned) return std::unexpected(pruned.error());
    return {};
  });
}

TEST_F(RecoveryBesideTest, CheckpointsDroppedAndRemade) {
  bool remake = false;
  RunBeside([this, &remake] { return store_->DropCheckpoints(remake = !remake); });
}

TEST_F(RecoveryBesideTest, ABackup) {
  RunBeside([this]() -> Result<void> {
    const auto made = store_->CreateBackup(backups_.path("backups"), By("keeper"), {});
    if (!made) return std::unexpected(made.error());
    const auto pruned = PruneBackups(backups_.path("backups"), 3);
    if (!pruned) return std::unexpected(pruned.error());
    return {};
  });
  const auto report = VerifyBackups(backups_.path("backups"), std::nullopt, {});
  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_TRUE(report->ok());
}

}  // namespace
}  // namespace switchback
