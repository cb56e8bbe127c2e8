// An engine that follows a writer: beside one in this process, beside one that compacts, beside
// some that are killed; and what it says where files are really missing.
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.h"
#include "engine/engine_fixture.h"
#include "engine/writer_process.h"

namespace switchback {
namespace {

using std::chrono::steady_clock;

// Names of the files in a folder, with their sizes.
std::vector<std::string> Listing(const std::string& folder) {
  std::vector<std::string> names;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    names.push_back(file.path().filename().string() + " " +
                    (file.is_regular_file() ? std::to_string(file.file_size()) : "folder"));
  }
  std::ranges::sort(names);
  return names;
}

uint64_t Number(const std::string& text) {
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::filesystem::path SomeFile(const std::string& folder, std::string_view ending) {
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == ending && file.file_size() > 0) return file.path();
  }
  ADD_FAILURE() << "no " << ending;
  return {};
}

class RocksDbFollowerTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
  }
  [[nodiscard]] std::unique_ptr<Engine> Follow() const {
    return MustOpen(path_, {.read_only = true, .follow = true});
  }
  // Whether it moved.
  static bool CatchUp(Engine& follower) {
    const Result<bool> moved = follower.CatchUp([](const EngineView&) { return Result<void>(); });
    EXPECT_TRUE(moved) << moved.error().message;
    return moved.value_or(false);
  }
  static Error CatchUpError(Engine& follower) {
    const Result<bool> moved = follower.CatchUp([](const EngineView&) { return Result<void>(); });
    if (!moved) return moved.error();
    ADD_FAILURE() << "caught up";
    return {};
  }

  ScratchFolder folder_;
  const std::string path_ = folder_ / "db";
};

TEST_F(RocksDbFollowerTest, SeesWhatIsOnlyInTheLogOnceItCatchesUp) {
  const auto writer = MustOpen(path_, {.create = true});
  ASSERT_TRUE(Put(*writer, Space::kState, "k", "1"));
  const auto follower = Follow();
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "1");
  ASSERT_TRUE(Put(*writer, Space::kState, "k", "2"));
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "1");
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "2");
  EXPECT_FALSE(CatchUp(*follower)) << "nothing newer";
  ASSERT_TRUE(writer->Compact());
  ASSERT_TRUE(Put(*writer, Space::kHistory, "h", "3"));
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "2");
  EXPECT_EQ(ValueOf(*follower, Space::kHistory, "h"), "3");
}

// What it had read of the log must not stand before the table that the log went into.
TEST_F(RocksDbFollowerTest, AFlushOfMoreThanItHadReadIsSeen) {
  const auto writer = MustOpen(path_, {.create = true});
  const auto follower = Follow();
  for (int round = 0; round < 3; ++round) {
    ASSERT_TRUE(Put(*writer, Space::kState, "k", "read"));
    EXPECT_TRUE(CatchUp(*follower));
    ASSERT_TRUE(Put(*writer, Space::kState, "k", std::to_string(round)));
    ASSERT_TRUE(writer->Compact());
    EXPECT_TRUE(CatchUp(*follower));
    EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), std::to_string(round));
  }
}

TEST_F(RocksDbFollowerTest, DeletedRangesAreGoneForItToo) {
  const auto writer = MustOpen(path_, {.create = true});
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(Put(*writer, Space::kHistory, key, "1"));
  const auto follower = Follow();
  WriteBatch batch;
  batch.DeleteRange(Space::kHistory, "a", "c");
  batch.Delete(Space::kHistory, "c");
  batch.Put(Space::kHistory, "d", "2");
  ASSERT_TRUE(writer->Write(batch, false));
  EXPECT_TRUE(CatchUp(*follower));
  const auto view = *follower->NewView();
  const auto rows = view->Scan(Space::kHistory, "", "");
  rows->SeekToFirst();
  ASSERT_TRUE(rows->valid());
  EXPECT_EQ(rows->key(), "d");
  rows->Next();
  EXPECT_FALSE(rows->valid());
  const std::vector<std::string> keys = {"a", "d"};
  const auto values = *view->MultiGet(Space::kHistory, keys);
  EXPECT_EQ(values[0], std::nullopt);
  EXPECT_EQ(values[1], "2");
}

TEST_F(RocksDbFollowerTest, AnOpenViewHoldsItWhereItIs) {
  const auto writer = MustOpen(path_, {.create = true});
  ASSERT_TRUE(Put(*writer, Space::kState, "k", "1"));
  const auto follower = Follow();
  auto first = *follower->NewView();
  auto second = *follower->NewView();
  ASSERT_TRUE(Put(*writer, Space::kState, "k", "2"));
  ASSERT_TRUE(writer->Compact());
  EXPECT_FALSE(CatchUp(*follower));
  first.reset();
  EXPECT_FALSE(CatchUp(*follower));
  EXPECT_EQ(ValueOf(*second, Space::kState, "k"), "1");
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "1");
  second.reset();
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "2");
}

TEST_F(RocksDbFollowerTest, WritesNothingAnywhereAndLeavesTheLockFree) {
  {
    const auto writer = MustOpen(path_, {.create = true});
    ASSERT_TRUE(Put(*writer, Space::kState, "k", "1"));
  }
  const auto before = Listing(path_);
  const std::string temporary = folder_ / "temporary";
  std::filesystem::create_directory(temporary);
  setenv("TMPDIR", temporary.c_str(), /*overwrite=*/1);
  {
    const auto follower = Follow();
    CatchUp(*follower);
    EXPECT_EQ(Put(*follower, Space::kState, "k", "2").error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(follower->Sync().error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(follower->Compact().error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(Listing(path_), before);
    EXPECT_NE(MustOpen(path_, {}), nullptr) << "the lock is free";
    EXPECT_TRUE(CatchUp(*follower));
  }
  unsetenv("TMPDIR");
  EXPECT_TRUE(std::filesystem::is_empty(temporary));
}

TEST_F(RocksDbFollowerTest, OnlyWhatIsReadOnlyCanFollow) {
  MustOpen(path_, {.create = true});
  const auto refused = OpenRocksDbEngine(path_, {.follow = true});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  const auto reader = MustOpen(path_, {.read_only = true});
  EXPECT_FALSE(CatchUp(*reader)) << "what does not follow is as of its opening";
}

TEST_F(RocksDbFollowerTest, FollowsOneWriterAfterAnother) {
  MustOpen(path_, {.create = true});
  const auto follower = Follow();
  for (int process = 0; process < 30; ++process) {
    ASSERT_TRUE(Put(*MustOpen(path_, {}), Space::kState, "k", std::to_string(process)));
    EXPECT_TRUE(CatchUp(*follower));
    EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), std::to_string(process));
  }
}

// A deleted table's space is free once no one has it open.
TEST_F(RocksDbFollowerTest, LetsGoOfTablesThatAreGone) {
  const auto writer = MustOpen(path_, {.create = true});
  const auto follower = Follow();
  for (int i = 0; i < 20; ++i) {
    ASSERT_TRUE(Put(*writer, Space::kState, std::to_string(i), "v"));
    ASSERT_TRUE(writer->Compact());
    EXPECT_TRUE(CatchUp(*follower));
  }
  int gone = 0;
  for (const auto& file : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code closed;
    const std::string target = std::filesystem::read_symlink(file.path(), closed).string();
    if (target.starts_with(path_) && target.ends_with(".sst (deleted)")) ++gone;
  }
  EXPECT_LE(gone, 4) << "of some 20, those of the last one or two compactions";
}

TEST_F(RocksDbFollowerTest, BesideACompactingWriterEveryStateIsOne) {
  {
    const auto engine = MustOpen(path_, {.create = true});
    ASSERT_TRUE(Put(*engine, Space::kState, "count", "0"));
  }
  const WriterProcess writer(SWITCHBACK_WRITER_PROCESS, {"compact", path_});
  auto follower = Follow();
  uint64_t last = 0;
  uint64_t moves = 0;
  const auto give_up = steady_clock::now() + std::chrono::minutes(2);
  while (last < kCompactEvery * 20 && !HasFailure() && steady_clock::now() < give_up) {
    moves += CatchUp(*follower) ? 1 : 0;
    const auto view = *follower->NewView();
    const uint64_t count = Number(ValueOf(*view, Space::kState, "count"));
    EXPECT_GE(count, last);
    last = count;
    const auto it = view->Scan(Space::kHistory, "", "");
    uint64_t rows = 0;
    for (it->SeekToFirst(); it->valid(); it->Next()) ++rows;
    EXPECT_TRUE(it->status());
    EXPECT_EQ(rows, count);
  }
  EXPECT_GE(last, kCompactEvery * 20);
  EXPECT_GT(moves, 5U);
  EXPECT_TRUE(writer.running());
}

TEST_F(RocksDbFollowerTest, WritersThatAreKilledLeaveItWithWholeBatches) {
  MustOpen(path_, {.create = true});
  auto follower = Follow();
  uint64_t last = 0;
  for (int round = 0; round < 7 && !HasFailure(); ++round) {
    uint64_t synced = 0;
    {
      WriterProcess writer(SWITCHBACK_WRITER_PROCESS, {"batches", path_, std::to_string(last + 1)});
      synced = writer.NextReport().value_or(0);
      for (int reports = 0; reports < 15; ++reports) {
        synced = writer.NextReport().value_or(synced);
        CatchUp(*follower);
        const auto view = *follower->NewView();
        EXPECT_GE(Number(ValueOf(*view, Space::kState, "last")), synced);
      }
      writer.Kill();
      while (const auto report = writer.NextReport()) synced = *report;
    }
    CatchUp(*follower);
    const auto view = *follower->NewView();
    const uint64_t newest = Number(ValueOf(*view, Space::kState, "last"));
    EXPECT_GE(newest, synced);
    for (uint64_t number = last + 1; number <= newest + 1; ++number) {
      int rows = 0;
      for (int row = 0; row < kRowsPerBatch; ++row) {
        if (ValueOf(*view, SpaceOfRow(row), RowKey(number, row)) != "(none)") ++rows;
      }
      EXPECT_EQ(rows, number <= newest ? kRowsPerBatch : 0) << number << " of " << newest;
    }
    // It is what the next writer finds, too.
    EXPECT_EQ(Number(ValueOf(*MustOpen(path_, {}), Space::kState, "last")), newest);
    last = newest;
  }
}

TEST_F(RocksDbFollowerTest, ReadersViewsAndCatchUpsOfManyThreads) {
  const auto writer = MustOpen(path_, {.create = true});
  const auto write = [&writer](int number) {
    WriteBatch batch;
    batch.Put(Space::kState, "a", std::to_string(number));
    batch.Put(Space::kChunks, "b", std::to_string(number));
    ASSERT_TRUE(writer->Write(batch, false));
  };
  write(0);
  const auto follower = Follow();
  std::atomic<bool> done = false;
  std::atomic<uint64_t> moves = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&] {  // single reads never go back
      uint64_t last = 0;
      while (!done) {
        const uint64_t now = Number(ValueOf(*follower, Space::kState, "a"));
        ASSERT_GE(now, last);
        last = now;
      }
    });
    threads.emplace_back([&] {  // a view is of one state
      while (!done) {
        {
          const auto view = *follower->NewView();
          ASSERT_EQ(ValueOf(*view, Space::kState, "a"), ValueOf(*view, Space::kChunks, "b"));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));  // else it may never catch up
      }
    });
    threads.emplace_back([&] {
      while (!done) moves += CatchUp(*follower) ? 1 : 0;
    });
  }
  int number = 0;
  while (number < 2000 || (moves < 10 && number < 100'000)) {
    write(++number);
    if (number % 300 == 0) {
      // A writer that does nothing but compact leaves no follower the time to open.
      std::this_thread::sleep_for(std::chrono::milliseconds(40));
      ASSERT_TRUE(writer->Compact());
    }
  }
  done = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_GE(moves, 10U);
  CatchUp(*follower);
  EXPECT_EQ(ValueOf(*follower, Space::kState, "a"), std::to_string(number));
}

class FollowedDamageTest : public RocksDbFollowerTest {
 protected:
  void SetUp() override {
    RocksDbFollowerTest::SetUp();
    if (IsSkipped()) return;
    Write("k", "1");
  }
  // By a process of its own, into a table.
  void Write(const std::string& key, const std::string& value) const {
    const auto writer = MustOpen(path_, {.create = !std::filesystem::exists(path_)});
    ASSERT_TRUE(Put(*writer, Space::kState, key, value));
    ASSERT_TRUE(writer->Compact());
  }
};

TEST_F(FollowedDamageTest, AMissingTableIsDataLossAtOpening) {
  std::filesystem::remove(SomeFile(path_, ".sst"));
  const auto follower = OpenRocksDbEngine(path_, {.read_only = true, .follow = true});
  ASSERT_FALSE(follower);
  EXPECT_EQ(follower.error().code, ErrorCode::kDataLoss) << follower.error().message;
}

TEST_F(FollowedDamageTest, ATableWithoutItsEndIsDataLossAtOpening) {
  const auto table = SomeFile(path_, ".sst");
  std::fstream(table, std::ios::in | std::ios::out | std::ios::binary)
      .seekp(-8, std::ios::end)
      .write("damaged.", 8);
  const auto follower = OpenRocksDbEngine(path_, {.read_only = true, .follow = true});
  ASSERT_FALSE(follower);
  EXPECT_EQ(follower.error().code, ErrorCode::kDataLoss) << follower.error().message;
}

// The writer goes on with the table open; RocksDB's own catch-up says nothing.
TEST_F(FollowedDamageTest, ATableThatIsMissingWhileItFollowsIsDataLossUntilItIsBack) {
  const auto writer = MustOpen(path_, {});
  const auto follower = Follow();
  ASSERT_TRUE(Put(*writer, Space::kState, "k", "2"));
  ASSERT_TRUE(writer->Compact());
  const auto table = SomeFile(path_, ".sst");
  const std::string aside = folder_ / "aside";
  std::filesystem::rename(table, aside);
  EXPECT_EQ(CatchUpError(*follower).code, ErrorCode::kDataLoss);
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "1") << "what it has stays readable";
  std::filesystem::rename(aside, table);
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "2");
}

TEST_F(FollowedDamageTest, ATornEndOfTheLogIsLeftOutAsByAnyReader) {
  ASSERT_TRUE(Put(*MustOpen(path_, {}), Space::kState, "k", "2"));
  ASSERT_TRUE(Put(*MustOpen(path_, {}), Space::kState, "k", "3"));
  std::vector<std::filesystem::path> logs;
  for (const auto& file : std::filesystem::directory_iterator(path_)) {
    if (file.path().extension() == ".log" && file.file_size() > 0) logs.push_back(file);
  }
  const std::filesystem::path last = std::ranges::max(logs);
  std::filesystem::resize_file(last, std::filesystem::file_size(last) - 2);
  const auto follower = Follow();
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "2");
  ASSERT_TRUE(Put(*MustOpen(path_, {}), Space::kState, "k", "4"));
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "4");
}

TEST_F(FollowedDamageTest, AnotherDatabaseInItsPlaceIsNotFollowed) {
  const auto follower = Follow();
  std::filesystem::rename(path_, folder_ / "moved");
  EXPECT_EQ(CatchUpError(*follower).code, ErrorCode::kNotFound);
  Write("k", "another's");
  EXPECT_EQ(CatchUpError(*follower).code, ErrorCode::kNotFound);
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "1") << "what it has stays readable";
}

TEST_F(FollowedDamageTest, AnErrorOfWhoIsToldKeepsReadersOutUntilItIsSettled) {
  const auto follower = Follow();
  Write("k", "2");
  const auto refuse = [](const EngineView&) {
    return Result<void>(Fail(ErrorCode::kIoError, "not now"));
  };
  EXPECT_EQ(follower->CatchUp(refuse).error().message, "not now");
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "(error) not now");
  EXPECT_TRUE(CatchUp(*follower));
  EXPECT_EQ(ValueOf(*follower, Space::kState, "k"), "2");
}

}  // namespace
}  // namespace switchback
