// kill -9 in a loop, and power loss as far as it can be played: a torn end of the log.
#include <gmock/gmock.h>

#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <thread>

#include "engine/engine.h"
#include "engine/engine_fixture.h"
#include "engine/writer_process.h"

namespace switchback {
namespace {

class RocksDbCrashTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
    MustOpen(path_, {.create = true});
  }

  // The newest batch of which any row is there; checks that all batches up to it are whole and that
  // the one after has left nothing.
  static uint64_t CheckWhole(const Engine& engine) {
    const std::string text = ValueOf(engine, Space::kState, "last");
    uint64_t last = 0;
    if (text != "(none)") std::from_chars(text.data(), text.data() + text.size(), last);
    for (uint64_t number = 1; number <= last + 1; ++number) {
      int rows = 0;
      for (int row = 0; row < kRowsPerBatch; ++row) {
        if (ValueOf(engine, SpaceOfRow(row), RowKey(number, row)) != "(none)") ++rows;
      }
      EXPECT_EQ(rows, number <= last ? kRowsPerBatch : 0) << "batch " << number << " of " << last;
    }
    return last;
  }

  ScratchFolder folder_;
  const std::string path_ = folder_ / "db";
};

TEST_F(RocksDbCrashTest, KilledAgainAndAgainKeepsWholeBatchesAndEverySyncedOne) {
  std::mt19937 random(11);
  uint64_t last = 0;
  for (int round = 0; round < 25 && !HasFailure(); ++round) {
    WriterProcess writer(SWITCHBACK_WRITER_PROCESS, {"batches", path_, std::to_string(last + 1)});
    uint64_t synced = writer.NextReport().value_or(0);
    for (size_t waits = 1 + random() % 20; waits > 0; --waits) {
      synced = writer.NextReport().value_or(synced);
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 3000));
    writer.Kill();
    while (const auto report = writer.NextReport()) synced = *report;
    ASSERT_GT(synced, last);
    const auto engine = MustOpen(path_, {});
    ASSERT_NE(engine, nullptr);
    last = CheckWhole(*engine);
    EXPECT_GE(last, synced);
  }
}

class TornLogTest : public RocksDbCrashTest {
 protected:
  void SetUp() override {
    RocksDbCrashTest::SetUp();
    if (IsSkipped()) return;
    const auto engine = MustOpen(path_, {});
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(Put(*engine, Space::kHistory, std::to_string(i), std::string(100, 'v')));
    }
  }

  // The only log with anything in it: what close left, since it was little.
  [[nodiscard]] std::filesystem::path Log() const {
    for (const auto& file : std::filesystem::directory_iterator(path_)) {
      if (file.path().extension() == ".log" && file.file_size() > 0) return file.path();
    }
    ADD_FAILURE() << "no log";
    return {};
  }

  // Flips bits of one byte; a second time puts it back.
  void Flip(size_t offset) const {
    std::fstream file(Log(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(offset));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(offset));
    file.put(static_cast<char>(byte ^ 0x55));
  }

  static int CountRows(const Engine& engine) {
    int rows = 0;
    while (ValueOf(engine, Space::kHistory, std::to_string(rows)) != "(none)") ++rows;
    return rows;
  }
};

TEST_F(TornLogTest, ACutTailIsDroppedAndTheRestKept) {
  const auto size = std::filesystem::file_size(Log());
  std::filesystem::resize_file(Log(), size - 30);
  EXPECT_EQ(CountRows(*MustOpen(path_, {.read_only = true})), 49);
  EXPECT_EQ(CountRows(*MustOpen(path_, {})), 49);
  // The torn log is gone: what comes after it is not held against it.
  ASSERT_TRUE(Put(*MustOpen(path_, {}), Space::kHistory, "49", "again"));
  EXPECT_EQ(CountRows(*MustOpen(path_, {})), 50);
}

TEST_F(TornLogTest, ATailThatWasNeverWrittenIsDroppedAndTheRestKept) {
  const auto size = std::filesystem::file_size(Log());
  std::filesystem::resize_file(Log(), (size - 30) / 512 * 512);
  std::filesystem::resize_file(Log(), size);  // zeros
  const int rows = CountRows(*MustOpen(path_, {.read_only = true}));
  EXPECT_GE(rows, 44);
  EXPECT_LE(rows, 49);
  EXPECT_EQ(CountRows(*MustOpen(path_, {})), rows);
}

// Power was lost twice: RocksDB takes zeros at the end of the first log, and goes on in another.
TEST_F(TornLogTest, ZerosAtTheEndOfAnEarlierLogAreNoDamage) {
  const std::filesystem::path first = Log();
  std::filesystem::resize_file(first, std::filesystem::file_size(first) + 5000);
  for (const char* row : {"50", "51"}) {
    ASSERT_TRUE(Put(*MustOpen(path_, {}), Space::kHistory, row, "second"));
  }
  std::filesystem::path last;
  for (const auto& file : std::filesystem::directory_iterator(path_)) {
    const bool is_log = file.path().extension() == ".log" && file.file_size() > 0;
    if (is_log && file.path() > last) last = file.path();
  }
  ASSERT_NE(last, first);
  std::filesystem::resize_file(last, std::filesystem::file_size(last) - 2);
  EXPECT_EQ(CountRows(*MustOpen(path_, {.read_only = true})), 51);
  EXPECT_EQ(CountRows(*MustOpen(path_, {})), 51);
}

// It was written whole, and perhaps synced: no power loss makes that of it.
TEST_F(TornLogTest, AFaultInTheLastRecordIsDamageAndNothingIsChanged) {
  for (size_t back = 1; back < 100; back += 7) {
    SCOPED_TRACE(back);
    Flip(std::filesystem::file_size(Log()) - back);
    const auto engine = OpenRocksDbEngine(path_, {.read_only = back % 2 == 0});
    ASSERT_FALSE(engine);
    EXPECT_EQ(engine.error().code, ErrorCode::kDataLoss);
    Flip(std::filesystem::file_size(Log()) - back);
  }
  EXPECT_EQ(CountRows(*MustOpen(path_, {})), 50);
}

TEST_F(TornLogTest, AFaultBeforeGoodRecordsIsDamageAndNothingIsChanged) {
  const auto middle = std::filesystem::file_size(Log()) / 2;
  // Every byte of a record: its checksum, length, type and payload.
  for (size_t offset = middle; offset < middle + 130; offset += 3) {
    SCOPED_TRACE(offset);
    Flip(offset);
    const auto engine = OpenRocksDbEngine(path_, {.read_only = offset % 2 == 0});
    ASSERT_FALSE(engine);
    EXPECT_EQ(engine.error().code, ErrorCode::kDataLoss);
    EXPECT_THAT(engine.error().message, testing::HasSubstr(Log().filename().string()));
    Flip(offset);
  }
  EXPECT_EQ(CountRows(*MustOpen(path_, {})), 50) << "a refused open must not have cut anything";
}

}  // namespace
}  // namespace switchback
