// Writers and readers while writes fail now and then: every reader sees the
// first so many revisions and nothing else, never fewer than were acknowledged before it looked,
// and every commit lands once, whatever was said of its first attempt.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "api/store_impl.h"
#include "engine/engine.h"
#include "store_fixture.h"

namespace switchback {
namespace {

constexpr int kWriters = 4;
constexpr int kReaders = 3;
constexpr int kCommits = 150;  // a writer
constexpr uint64_t kFailOneIn = 12;

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

// What a reader saw: the revision, and how far each writer had come.
struct Seen {
  uint64_t revision = 0;
  std::array<uint64_t, kWriters> counters{};
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

  static std::string IdOf(int writer) { return "writer" + std::to_string(writer); }

  void Write(int writer) {
    for (uint64_t n = 1; n <= kCommits; ++n) {
      CommitOptions options =
          By("tester", n % 4 == 0 ? Durability::kSynced : Durability::kBuffered);
      options.request_id = IdOf(writer) + "-" + std::to_string(n);
      const Change change = Set(IdOf(writer), Range(1000, n));
      while (true) {
        const Result<CommitResult> result = store_->Commit(change, options);
        if (result) {
          ASSERT_TRUE(result->revision.has_value());
          const std::scoped_lock lock(mutex_);
          commits_.emplace_back(result->revision->value, writer, n);
          acknowledged_ = std::max(acknowledged_.load(), result->revision->value);
          break;
        }
        ASSERT_TRUE(result.error().code == ErrorCode::kIoError ||
                    result.error().code == ErrorCode::kUnknownOutcome)
            << result.error().message;
      }
    }
  }

  void Read() {
    uint64_t last = 0;
    std::vector<Seen> seen;
    while (!done_) {
      const uint64_t acknowledged = acknowledged_;
      const auto view = store_->NewView();
      ASSERT_TRUE(view.has_value()) << view.error().message;
      Seen now{(*view)->revision().value, {}};
      ASSERT_GE(now.revision, acknowledged);
      ASSERT_GE(now.revision, last);
      last = now.revision;
      for (int writer = 0; writer < kWriters; ++writer) {
        const auto list = (*view)->Read(Id(IdOf(writer)));
        if (list) now.counters.at(static_cast<size_t>(writer)) = (*list)->list->size();
        // The hot path: never older than the view that was taken before.
        const auto head = store_->Read(Id(IdOf(writer)));
        if (list) {
          ASSERT_TRUE(head.has_value()) << head.error().message;
          ASSERT_GE((*head)->version, (*list)->version);
        }
      }
      seen.push_back(now);
    }
    const std::scoped_lock lock(mutex_);
    seen_.insert(seen_.end(), seen.begin(), seen.end());
  }

  FailingEngine* engine_ = nullptr;
  std::unique_ptr<Store> store_;
  std::atomic<bool> done_ = false;
  std::atomic<uint64_t> acknowledged_ = 0;
  std::mutex mutex_;
  std::vector<std::tuple<uint64_t, int, uint64_t>> commits_;  // revision, writer, its nth
  std::vector<Seen> seen_;
};

TEST_F(RecoveryThreadsTest, EveryReaderSeesAPrefixAndEveryCommitLandsOnce) {
  std::vector<std::thread> readers;
  std::vector<std::thread> writers;
  for (int i = 0; i < kReaders; ++i) readers.emplace_back([this] { Read(); });
  for (int i = 0; i < kWriters; ++i) writers.emplace_back([this, i] { Write(i); });
  for (std::thread& writer : writers) writer.join();
  done_ = true;
  for (std::thread& reader : readers) reader.join();

  std::sort(commits_.begin(), commits_.end());
  ASSERT_EQ(commits_.size(), size_t{kWriters} * kCommits);
  std::vector<std::array<uint64_t, kWriters>> expected(1);  // by revision
  for (const auto& [revision, writer, n] : commits_) {
    ASSERT_EQ(revision, expected.size()) << "a revision that nobody asked for, or twice";
    expected.push_back(expected.back());
    uint64_t& counter = expected.back().at(static_cast<size_t>(writer));
    ASSERT_EQ(n, counter + 1);
    counter = n;
  }
  for (const Seen& seen : seen_) {
    ASSERT_LT(seen.revision, expected.size());
    EXPECT_EQ(seen.counters, expected[seen.revision]) << "at r" << seen.revision;
  }
  EXPECT_GT(engine_->recoveries(), 10U);
  ExpectSound(*store_);
}

}  // namespace
}  // namespace switchback
