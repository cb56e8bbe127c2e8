// Logs that do not follow on one another: a hole between them must never be served.
#include "engine/rocksdb_log_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "engine/engine_fixture.h"
#include "engine/rocksdb_wal.h"

namespace switchback {
namespace {

std::string BytesOf(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void Write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

// Six opens with a write each: as many logs, as every run of the program leaves them.
class LogOrderTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
    MustOpen(path_, {.create = true});
    for (int i = 0; i < 6; ++i) {
      ASSERT_TRUE(Put(*MustOpen(path_, {}), Space::kHistory, std::to_string(i), "value"));
    }
    for (const LogFile& log : ListLogFiles(path_)) {
      if (std::filesystem::file_size(log.path) > 0) logs_.push_back(log.path);
    }
    ASSERT_EQ(logs_.size(), 6U);
  }

  // In every way in which it can be opened, and nothing is changed by that.
  void ExpectRefused(const std::string& how) {
    for (const RocksDbEngineOptions& options :
         {RocksDbEngineOptions{.read_only = true},
          RocksDbEngineOptions{.read_only = true, .follow = true}, RocksDbEngineOptions{}}) {
      const auto engine = OpenRocksDbEngine(path_, options);
      ASSERT_FALSE(engine) << how;
      EXPECT_EQ(engine.error().code, ErrorCode::kDataLoss) << how;
      EXPECT_THAT(engine.error().message, testing::HasSubstr(".log")) << how;
    }
  }
  void ExpectWhole() {
    const auto engine = MustOpen(path_, {});
    for (int i = 0; i < 6; ++i) {
      EXPECT_EQ(ValueOf(*engine, Space::kHistory, std::to_string(i)), "value");
    }
  }

  ScratchFolder folder_;
  std::string path_ = folder_ / "db";
  std::vector<std::filesystem::path> logs_;
};

TEST_F(LogOrderTest, LogsFollowOnOneAnother) {
  std::optional<uint64_t> end;
  for (const auto& log : logs_) {
    const std::optional<LogSequences> found = ReadSequences(BytesOf(log));
    ASSERT_TRUE(found.has_value());
    EXPECT_FALSE(found->gap_offset);
    if (end) EXPECT_EQ(found->first, *end);
    EXPECT_GT(found->end, found->first);
    end = found->end;
  }
  EXPECT_FALSE(ReadSequences("").has_value());
  ExpectWhole();
}

TEST_F(LogOrderTest, AHoleInTheMiddleIsDamage) {
  for (size_t i = 1; i + 1 < logs_.size(); ++i) {
    const std::string bytes = BytesOf(logs_[i]);
    Write(logs_[i], "");
    ExpectRefused("emptied");
    Write(logs_[i], std::string(bytes.size(), '\0'));
    ExpectRefused("zeros");
    std::filesystem::remove(logs_[i]);
    ExpectRefused("removed");
    Write(logs_[i], bytes);
  }
  ExpectWhole();
}

TEST_F(LogOrderTest, AWriteThatIsThereTwiceIsDamage) {
  const std::string bytes = BytesOf(logs_[2]);
  Write(logs_[2], BytesOf(logs_[4]));
  ExpectRefused("another log in its place");
  Write(logs_[2], bytes + bytes);
  ExpectRefused("twice in one log");
  Write(logs_[2], bytes);
  ExpectWhole();
}

// Whole blocks of zeros between good ones: RocksDB passes over them without a word.
TEST_F(LogOrderTest, AHoleWithinALogIsDamage) {
  path_ = folder_ / "one";
  {
    const auto engine = MustOpen(path_, {.create = true});
    for (int i = 0; i < 120; ++i) {
      ASSERT_TRUE(Put(*engine, Space::kHistory, std::to_string(i),
                      std::string(1000, static_cast<char>('a' + i % 26))));
    }
  }
  std::filesystem::path log;
  for (const LogFile& one : ListLogFiles(path_)) {
    if (std::filesystem::file_size(one.path) > 0) log = one.path;
  }
  std::string bytes = BytesOf(log);
  ASSERT_GT(bytes.size(), 3U * 32768) << "it was kept at the close";
  const std::optional<LogSequences> whole = ReadSequences(bytes);
  ASSERT_TRUE(whole && !whole->gap_offset);
  bytes.replace(32768, size_t{2} * 32768, size_t{2} * 32768, '\0');
  const std::optional<LogSequences> broken = ReadSequences(bytes);
  EXPECT_TRUE(!broken || broken->gap_offset || broken->end < whole->end);
  Write(log, bytes);
  ExpectRefused("zeros over two blocks");
}

}  // namespace
}  // namespace switchback
