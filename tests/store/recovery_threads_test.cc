// Writers and readers while writes fail now and then, and the store recovers.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "api/store_impl.h"
#include "commit_ledger.h"
#include "engine/engine.h"
#include "store_fixture.h"

namespace switchback {
namespace {

constexpr size_t kWriters = 4;
constexpr int kReaders = 3;
constexpr uint64_t kCommits = 150;  // a writer
constexpr uint64_t kFailOneIn = 12;

using Ledger = CommitLedger<kWriters>;

// Fails as RocksDB does: nothing more is written, what failed is not seen, and recovery tells
// whether it had reached the disk.
class FailingEngine final : public Engine {
 public:
  Result<std::unique_ptr<EngineView>> NewView() const override { return engine_->NewView(); }
  Result<bool> Get(Space space, std::string_view key, std::string& value) const override {
    return engine_->Get(space, key, value);
  }
  Result<void> Write(const WriteBatch& batch, bool sync) override {
    const std::scoped_lock lock(mutex_);
    if (failed_) return Fail(ErrorCode::kIoError, "an earlier write failed");
    if (++writes_ % kFailOneIn != 0) return engine_->Write(batch, sync);
    failed_ = true;
    const uint64_t how = random_() % 3;
    if (how == 0) return Fail(ErrorCode::kIoError, "no space");
    if (how == 1) landed_ = batch;
    return Fail(ErrorCode::kUnknownOutcome, "the sync failed");
  }
  Result<void> Sync() override {
    const std::scoped_lock lock(mutex_);
    if (failed_) return Fail(ErrorCode::kIoError, "an earlier write failed");
    return {};
  }
  bool write_failed() const override { return failed_; }
  Result<void> Recover(const Moved& moved) override {
    const std::scoped_lock lock(mutex_);
    if (!failed_) return {};
    if (random_() % 4 == 0) return Fail(ErrorCode::kIoError, "the disk is still full");
    if (landed_) {
      if (Result<void> written = engine_->Write(*landed_, true); !written) return written;
    }
    landed_.reset();
    const auto view = engine_->NewView();
    if (Result<void> told = moved(**view); !told) return told;
    failed_ = false;
    ++recoveries_;
    return {};
  }
  Result<void> Compact() override { return {}; }
  Result<EngineStats> Stats() const override { return EngineStats{}; }
  [[nodiscard]] uint64_t recoveries() const { return recoveries_; }

 private:
  std::unique_ptr<Engine> engine_ = NewMemoryEngine();
  std::mutex mutex_;
  std::mt19937_64 random_{7};
  uint64_t writes_ = 0;
  std::atomic<bool> failed_ = false;
  std::optional<WriteBatch> landed_;
  std::atomic<uint64_t> recoveries_ = 0;
};

class RecoveryThreadsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto engine = std::make_unique<FailingEngine>();
    engine_ = engine.get();
    Result<std::unique_ptr<Store>> store =
        StoreImpl::Create(std::move(engine), CreateOptions{"test", {}});
    ASSERT_TRUE(store.has_value()) << store.error().message;
    store_ = std::move(*store);
  }

  // Asks until it is told that the commit is there.
  void Write(size_t writer) {
    for (uint64_t n = 1; n <= kCommits; ++n) {
      CommitOptions options =
          By("tester", n % 4 == 0 ? Durability::kSynced : Durability::kBuffered);
      options.request_id = Ledger::IdOf(writer) + "-" + std::to_string(n);
      Result<CommitResult> result = store_->Commit(Ledger::Nth(writer, n), options);
      while (!result) {
        ASSERT_TRUE(result.error().code == ErrorCode::kIoError ||
                    result.error().code == ErrorCode::kUnknownOutcome)
            << result.error().message;
        result = store_->Commit(Ledger::Nth(writer, n), options);
      }
      ASSERT_TRUE(result->revision.has_value());
      ledger_.Acknowledged(*result->revision, writer, n);
    }
  }

  void Read() {
    uint64_t last = 0;
    while (!done_) {
      const uint64_t least = std::max(last, ledger_.acknowledged());
      const auto view = store_->NewView();
      ASSERT_TRUE(view.has_value()) << view.error().message;
      last = (*view)->revision().value;
      ASSERT_GE(last, least);
      ledger_.Saw(**view);
      // The hot path: never older than the view that was taken before.
      for (size_t writer = 0; writer < kWriters; ++writer) {
        const auto list = (*view)->Read(Id(Ledger::IdOf(writer)));
        if (!list) continue;
        const auto head = store_->Read(Id(Ledger::IdOf(writer)));
        ASSERT_TRUE(head.has_value()) << head.error().message;
        ASSERT_GE((*head)->version, (*list)->version);
      }
    }
  }

  FailingEngine* engine_ = nullptr;
  std::unique_ptr<Store> store_;
  std::atomic<bool> done_ = false;
  Ledger ledger_;
};

TEST_F(RecoveryThreadsTest, EveryReaderSeesAPrefixAndEveryCommitLandsOnce) {
  std::vector<std::thread> readers;
  std::vector<std::thread> writers;
  for (int i = 0; i < kReaders; ++i) readers.emplace_back([this] { Read(); });
  for (size_t i = 0; i < kWriters; ++i) writers.emplace_back([this, i] { Write(i); });
  for (std::thread& writer : writers) writer.join();
  done_ = true;
  for (std::thread& reader : readers) reader.join();
  ledger_.Check(kCommits);
  EXPECT_GT(engine_->recoveries(), 10U);
  ExpectSound(*store_);
}

}  // namespace
}  // namespace switchback
