// Read-only engines beside a writer in the same or another process.
#include <gmock/gmock.h>

#include <charconv>
#include <chrono>
#include <string>

#include "engine/engine.h"
#include "engine/engine_fixture.h"
#include "engine/writer_process.h"

namespace switchback {
namespace {

class RocksDbReadersTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
  }
  ScratchFolder folder_;
  const std::string path_ = folder_ / "db";
};

TEST_F(RocksDbReadersTest, AReaderSeesTheLogAndNothingLater) {
  const auto writer = MustOpen(path_, {.create = true});
  ASSERT_TRUE(Put(*writer, Space::kState, "k", "1"));
  const auto reader = MustOpen(path_, {.read_only = true});
  ASSERT_TRUE(Put(*writer, Space::kState, "k", "2"));
  ASSERT_TRUE(writer->Compact());  // deletes files that the reader has open
  EXPECT_EQ(ValueOf(*reader, Space::kState, "k"), "1");
  const auto view = reader->NewView();
  ASSERT_TRUE(view);
  EXPECT_EQ(ValueOf(**view, Space::kState, "k"), "1");
  EXPECT_EQ(ValueOf(*MustOpen(path_, {.read_only = true}), Space::kState, "k"), "2");
}

TEST_F(RocksDbReadersTest, AReaderWritesNothing) {
  MustOpen(path_, {.create = true});
  const auto reader = MustOpen(path_, {.read_only = true});
  EXPECT_EQ(Put(*reader, Space::kState, "k", "1").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(reader->Sync().error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(reader->Compact().error().code, ErrorCode::kInvalidArgument);
  EXPECT_TRUE(reader->Stats());
}

TEST_F(RocksDbReadersTest, OpeningBesideACompactingWriterSeesOneState) {
  {
    const auto engine = MustOpen(path_, {.create = true});
    ASSERT_TRUE(Put(*engine, Space::kState, "count", "0"));
  }
  const WriterProcess writer(SWITCHBACK_WRITER_PROCESS, {"compact", path_});
  uint64_t last = 0;
  // As long as it takes the writer to compact twenty times, on a slow machine too.
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (last < kCompactEvery * 20 && !HasFailure() && std::chrono::steady_clock::now() < give_up) {
    const auto opened = OpenRocksDbEngine(path_, {.read_only = true});
    if (!opened) {
      ADD_FAILURE() << opened.error().message;
      break;
    }
    const std::string text = ValueOf(**opened, Space::kState, "count");
    uint64_t count = 0;
    std::from_chars(text.data(), text.data() + text.size(), count);
    EXPECT_GE(count, last) << "a later open sees no older state";
    last = count;
    // Every row up to the count is there, and none after it.
    const auto view = (*opened)->NewView();
    const auto it = (*view)->Scan(Space::kHistory, "", "");
    uint64_t rows = 0;
    for (it->SeekToFirst(); it->valid(); it->Next()) ++rows;
    EXPECT_TRUE(it->status());
    EXPECT_EQ(rows, count);
  }
  EXPECT_GE(last, kCompactEvery * 20);
  EXPECT_TRUE(writer.running());
}

}  // namespace
}  // namespace switchback
