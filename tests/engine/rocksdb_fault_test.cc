// Failing file operations, through the file system that the tests put under RocksDB.
#include <gmock/gmock.h>
#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "engine/engine.h"
#include "engine/engine_fixture.h"
#include "engine/rocksdb_testing.h"

namespace switchback {
namespace {

// What is to fail next: operations on log files count down, the one at 0 and all later ones fail.
struct Faults {
  static constexpr int kNever = 1 << 30;
  std::atomic<int> appends_left = kNever;
  std::atomic<int> syncs_left = kNever;
  std::atomic<bool> no_space = false;
  std::atomic<bool> makes_no_file = false;

  rocksdb::IOStatus Spend(std::atomic<int>& left, const char* what) const {
    if (left.fetch_sub(1) > 0) return rocksdb::IOStatus::OK();
    left = 0;
    if (no_space) return rocksdb::IOStatus::NoSpace(std::string("While ") + what);
    return rocksdb::IOStatus::IOError(std::string("While ") + what);
  }
};

class FaultyFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FaultyFile(std::unique_ptr<rocksdb::FSWritableFile> file, Faults& faults)
      : FSWritableFileOwnerWrapper(std::move(file)), faults_(faults) {}

  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = faults_.Spend(faults_.appends_left, "appending");
    return status.ok() ? FSWritableFileOwnerWrapper::Append(data, options, debug) : status;
  }
  rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                           const rocksdb::DataVerificationInfo& /*info*/,
                           rocksdb::IODebugContext* debug) override {
    return Append(data, options, debug);
  }
  rocksdb::IOStatus Sync(const rocksdb::IOOptions& options,
                         rocksdb::IODebugContext* debug) override {
    rocksdb::IOStatus status = faults_.Spend(faults_.syncs_left, "fdatasync");
    return status.ok() ? FSWritableFileOwnerWrapper::Sync(options, debug) : status;
  }

 private:
  Faults& faults_;
};

class FaultyFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  FaultyFileSystem(const std::shared_ptr<rocksdb::FileSystem>& base, Faults& faults)
      : FileSystemWrapper(base), faults_(faults) {}
  [[nodiscard]] const char* Name() const override { return "FaultyFileSystem"; }
  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* result,
                                    rocksdb::IODebugContext* debug) override {
    if (faults_.makes_no_file) return rocksdb::IOStatus::IOError("While making", name);
    rocksdb::IOStatus status = FileSystemWrapper::NewWritableFile(name, options, result, debug);
    if (status.ok() && name.ends_with(".log")) {
      *result = std::make_unique<FaultyFile>(std::move(*result), faults_);
    }
    return status;
  }

 private:
  Faults& faults_;
};

class RocksDbFaultTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
    Open({.create = true});
    ASSERT_TRUE(Put(*engine_, Space::kState, "before", "kept", true));
  }

  void Open(const RocksDbEngineOptions& options) {
    auto engine = OpenRocksDbEngineForTesting(path_, options, {.env = env_.get()});
    ASSERT_TRUE(engine) << engine.error().message;
    engine_ = *std::move(engine);
  }

  ErrorCode WriteFails(bool sync) {
    const Result<void> written = Put(*engine_, Space::kState, "doubtful", "row", sync);
    if (!written) return written.error().code;
    ADD_FAILURE() << "written";
    return {};
  }

  ScratchFolder folder_;
  const std::string path_ = folder_ / "db";
  Faults faults_;
  std::unique_ptr<rocksdb::Env> env_ = rocksdb::NewCompositeEnv(
      std::make_shared<FaultyFileSystem>(rocksdb::FileSystem::Default(), faults_));
  std::unique_ptr<Engine> engine_;
};

TEST_F(RocksDbFaultTest, AFailedSyncLeavesTheOutcomeUnknownAndNothingElseIsWritten) {
  faults_.syncs_left = 0;
  EXPECT_EQ(WriteFails(true), ErrorCode::kUnknownOutcome);
  faults_.syncs_left = Faults::kNever;
  // Until it has recovered it takes no more, and says that of those nothing was written.
  const Result<void> next = Put(*engine_, Space::kState, "next", "row", true);
  ASSERT_FALSE(next);
  EXPECT_EQ(next.error().code, ErrorCode::kIoError);
  EXPECT_THAT(next.error().message, testing::HasSubstr("nothing of this one was written"));
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "before"), "kept") << "reading goes on";

  engine_.reset();
  Open({});
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "before"), "kept");
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "next"), "(none)");
  ASSERT_TRUE(Put(*engine_, Space::kState, "after", "row", true));
}

// RocksDB stops taking writes on its own, too; nothing of ours has failed then.
TEST_F(RocksDbFaultTest, AFailedFlushIsRecoveredFromBeforeTheNextWrite) {
  faults_.makes_no_file = true;
  EXPECT_FALSE(engine_->Compact());
  EXPECT_TRUE(engine_->write_failed());
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "before"), "kept") << "reading goes on";
  faults_.makes_no_file = false;
  ASSERT_TRUE(engine_->Recover([](const EngineView&) { return Result<void>(); }));
  EXPECT_FALSE(engine_->write_failed());
  ASSERT_TRUE(Put(*engine_, Space::kState, "after", "row", true));
  EXPECT_TRUE(engine_->Compact());
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "before"), "kept");
}

// What was read before, and what is written after, once a failed write has been recovered from.
TEST_F(RocksDbFaultTest, RecoveryGoesOnWithWhatIsOnDisk) {
  faults_.syncs_left = 0;
  EXPECT_EQ(WriteFails(true), ErrorCode::kUnknownOutcome);
  EXPECT_TRUE(engine_->write_failed());
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "doubtful"), "(none)");
  faults_.syncs_left = Faults::kNever;
  const auto old_view = *engine_->NewView();
  int moves = 0;
  const Result<void> recovered = engine_->Recover([&](const EngineView& view) -> Result<void> {
    ++moves;
    std::string value;
    EXPECT_TRUE(*view.Get(Space::kState, "doubtful", value)) << "it had reached the log";
    return {};
  });
  ASSERT_TRUE(recovered) << recovered.error().message;
  EXPECT_EQ(moves, 1);
  EXPECT_FALSE(engine_->write_failed());
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "doubtful"), "row");
  ASSERT_TRUE(Put(*engine_, Space::kState, "before", "changed", true));
  std::string value;
  ASSERT_TRUE(*old_view->Get(Space::kState, "before", value));
  EXPECT_EQ(value, "kept") << "a view stays what it is";
}

TEST_F(RocksDbFaultTest, RecoveryThatIsRefusedOrFailsLeavesReadsAsTheyWereAndCanBeTriedAgain) {
  faults_.syncs_left = 0;
  EXPECT_EQ(WriteFails(true), ErrorCode::kUnknownOutcome);
  faults_.makes_no_file = true;  // the disk still fails
  const auto moved = [](const EngineView& /*view*/) -> Result<void> { return {}; };
  const Result<void> failed = engine_->Recover(moved);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kIoError);
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "before"), "kept");
  faults_.syncs_left = Faults::kNever;
  faults_.makes_no_file = false;
  const Result<void> refused = engine_->Recover([](const EngineView& /*view*/) {
    return Result<void>(Fail(ErrorCode::kDataLoss, "not what it was"));
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "not what it was");
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "doubtful"), "(none)");
  ASSERT_TRUE(engine_->Recover(moved));
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "doubtful"), "row");
  ASSERT_TRUE(Put(*engine_, Space::kState, "after", "row", true));
}

// The failed database lives on for its views; it must not take the new one's files for its own.
TEST_F(RocksDbFaultTest, WhatIsLeftOfAFailedDatabaseDoesNoHarmToTheNewOne) {
  const auto moved = [](const EngineView& /*view*/) -> Result<void> { return {}; };
  for (int round = 0; round < 5; ++round) {
    const auto view = *engine_->NewView();
    faults_.appends_left = 0;
    EXPECT_EQ(WriteFails(true), ErrorCode::kUnknownOutcome);
    faults_.appends_left = Faults::kNever;
    ASSERT_TRUE(engine_->Recover(moved));
    ASSERT_TRUE(Put(*engine_, Space::kHistory, "row" + std::to_string(round), "new"));
    ASSERT_TRUE(engine_->Compact());
    std::string value;
    ASSERT_TRUE(*view->Get(Space::kState, "before", value)) << "of a file that is gone";
  }
  for (int opened = 0; opened < 2; ++opened) {
    for (int round = 0; round < 5; ++round) {
      EXPECT_EQ(ValueOf(*engine_, Space::kHistory, "row" + std::to_string(round)), "new");
    }
    engine_.reset();
    Open({});
  }
}

TEST_F(RocksDbFaultTest, NobodyElseGetsTheLockWhileItRecovers) {
  faults_.syncs_left = 0;
  EXPECT_EQ(WriteFails(true), ErrorCode::kUnknownOutcome);
  faults_.syncs_left = Faults::kNever;
  const auto other = [this] {
    const auto engine = OpenRocksDbEngine(path_, {});
    return engine ? ErrorCode{} : engine.error().code;
  };
  EXPECT_EQ(other(), ErrorCode::kHeld);
  ASSERT_TRUE(engine_->Recover([&](const EngineView& /*view*/) -> Result<void> {
    EXPECT_EQ(other(), ErrorCode::kHeld);
    return {};
  }));
  EXPECT_EQ(other(), ErrorCode::kHeld);
  engine_.reset();
  Open({});
}

TEST_F(RocksDbFaultTest, AFailedAppendIsNotThereAfterwards) {
  faults_.appends_left = 0;
  EXPECT_EQ(WriteFails(false), ErrorCode::kUnknownOutcome);
  faults_.appends_left = Faults::kNever;
  engine_.reset();
  Open({});
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "before"), "kept");
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "doubtful"), "(none)");
}

TEST_F(RocksDbFaultTest, NoSpaceIsAnIoErrorAndNothingWasWritten) {
  faults_.no_space = true;
  faults_.appends_left = 0;
  const Result<void> written = Put(*engine_, Space::kState, "doubtful", "row", true);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::kIoError);
  EXPECT_THAT(written.error().message, testing::HasSubstr("no space"));
  // RocksDB itself would abort the process here.
  const Result<void> synced = engine_->Sync();
  ASSERT_FALSE(synced);
  EXPECT_EQ(synced.error().code, ErrorCode::kIoError);
  faults_.appends_left = Faults::kNever;
  engine_.reset();
  Open({});
  EXPECT_EQ(ValueOf(*engine_, Space::kState, "doubtful"), "(none)");
  ASSERT_TRUE(Put(*engine_, Space::kState, "doubtful", "again", true));
}

TEST_F(RocksDbFaultTest, WhicheverOperationFailsNoAcknowledgedWriteIsLost) {
  for (int fail_at = 0; fail_at < 12; ++fail_at) {
    SCOPED_TRACE(fail_at);
    (fail_at % 2 == 0 ? faults_.appends_left : faults_.syncs_left) = fail_at / 2;
    int acknowledged = 0;
    while (acknowledged < 20 && Put(*engine_, Space::kState, std::to_string(acknowledged),
                                    std::to_string(fail_at), true)) {
      ++acknowledged;
    }
    EXPECT_LT(acknowledged, 20);
    faults_.appends_left = faults_.syncs_left = Faults::kNever;
    engine_.reset();
    Open({});
    for (int i = 0; i < acknowledged; ++i) {
      EXPECT_EQ(ValueOf(*engine_, Space::kState, std::to_string(i)), std::to_string(fail_at));
    }
  }
}

}  // namespace
}  // namespace switchback
