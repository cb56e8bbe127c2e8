// What only the RocksDB engine has: folders, reopening, the lock, and few files.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "engine/engine.h"
#include "engine/engine_fixture.h"
#include "engine/writer_process.h"

namespace switchback {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class RocksDbEngineTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
  }

  [[nodiscard]] Error OpenError(const RocksDbEngineOptions& options) const {
    const auto engine = OpenRocksDbEngine(path_, options);
    if (!engine) return engine.error();
    ADD_FAILURE() << "opened";
    return {};
  }

  ScratchFolder folder_;
  const std::string path_ = folder_ / "db";
};

TEST_F(RocksDbEngineTest, ClosedAndOpenedAgainHasEverything) {
  {
    const auto engine = MustOpen(path_, {.create = true});
    ASSERT_TRUE(Put(*engine, Space::kState, "a", "1"));
    ASSERT_TRUE(Put(*engine, Space::kChunks, "b", std::string(3000, 'x')));
  }
  const auto engine = MustOpen(path_, {});
  EXPECT_EQ(ValueOf(*engine, Space::kState, "a"), "1");
  EXPECT_EQ(ValueOf(*engine, Space::kChunks, "b"), std::string(3000, 'x'));
}

TEST_F(RocksDbEngineTest, OpensOnlyWhatIsThereAndCreatesOnlyWhatIsNot) {
  EXPECT_EQ(OpenError({}).code, ErrorCode::kNotFound);
  EXPECT_EQ(OpenError({.read_only = true}).code, ErrorCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path_)) << "asking must not make anything";
  EXPECT_EQ(OpenError({.create = true, .read_only = true}).code, ErrorCode::kInvalidArgument);
  ASSERT_TRUE(Put(*MustOpen(path_, {.create = true}), Space::kState, "a", "1"));
  EXPECT_EQ(OpenError({.create = true}).code, ErrorCode::kAlreadyExists);
  EXPECT_NE(MustOpen(path_, {}), nullptr);
}

TEST_F(RocksDbEngineTest, WhatWasNeverWrittenToIsMadeAgain) {
  MustOpen(path_, {.create = true});
  MustOpen(path_, {.create = true});  // as after a crash before the first row
  const auto holder = MustOpen(path_, {.create = true});
  EXPECT_EQ(OpenError({.create = true}).code, ErrorCode::kHeld);
  ASSERT_TRUE(Put(*holder, Space::kState, "a", "1"));
  EXPECT_EQ(OpenError({.create = true}).code, ErrorCode::kAlreadyExists);
  EXPECT_EQ(ValueOf(*holder, Space::kState, "a"), "1");
}

TEST_F(RocksDbEngineTest, RemainsWithoutCurrentAreDamageNotAnEmptyPlace) {
  {
    const auto engine = MustOpen(path_, {.create = true});
    ASSERT_TRUE(Put(*engine, Space::kState, "a", "1"));
    ASSERT_TRUE(engine->Compact());
  }
  std::filesystem::remove(path_ + "/CURRENT");
  EXPECT_EQ(OpenError({}).code, ErrorCode::kDataLoss);
  EXPECT_EQ(OpenError({.create = true}).code, ErrorCode::kDataLoss);
  EXPECT_EQ(OpenError({.read_only = true}).code, ErrorCode::kDataLoss);
}

TEST_F(RocksDbEngineTest, ASecondOpenInThisProcessNamesIt) {
  const auto holder = MustOpen(path_, {.create = true});
  const Error error = OpenError({});
  EXPECT_EQ(error.code, ErrorCode::kHeld);
  EXPECT_THAT(error.message, HasSubstr(fmt::format("process {}", getpid())));
  ASSERT_TRUE(Put(*holder, Space::kState, "still", "writable", true));
  EXPECT_EQ(OpenError({}).code, ErrorCode::kHeld) << "asking must not drop the holder's lock";
}

TEST_F(RocksDbEngineTest, AnotherHolderIsNamedByProcessAndHost) {
  MustOpen(path_, {.create = true});
  WriterProcess child(SWITCHBACK_WRITER_PROCESS, {"hold", path_});
  ASSERT_TRUE(child.NextReport());
  std::array<char, 257> host{};
  gethostname(host.data(), host.size() - 1);
  const std::string holder = fmt::format("process {} on {}", child.process(), host.data());
  EXPECT_THAT(OpenError({}).message, HasSubstr(holder));
  EXPECT_EQ(OpenError({}).code, ErrorCode::kHeld);

  // The kernel's word goes before the note's: it may be a killed holder's, or garbage.
  for (const char* note : {"pid 1\nhost elsewhere\n", "garbage", "", "pid -5\nhost x\n"}) {
    std::ofstream(path_ + "/HOLDER", std::ios::trunc) << note;
    EXPECT_THAT(OpenError({}).message, HasSubstr(holder)) << note;
  }
  EXPECT_NE(MustOpen(path_, {.read_only = true}), nullptr) << "readers need no lock";

  child.Kill();
  EXPECT_NE(MustOpen(path_, {}), nullptr) << "a killed holder holds nothing";
  EXPECT_FALSE(std::filesystem::exists(path_ + "/HOLDER")) << "closed";
}

TEST_F(RocksDbEngineTest, ACopyOfAClosedFolderOpens) {
  {
    const auto engine = MustOpen(path_, {.create = true});
    for (int i = 0; i < 1000; ++i) {
      ASSERT_TRUE(Put(*engine, Space::kHistory, std::to_string(i), "v"));
    }
  }
  std::filesystem::copy(path_, folder_ / "copy", std::filesystem::copy_options::recursive);
  const auto copy = MustOpen(folder_ / "copy", {});
  const auto original = MustOpen(path_, {});
  EXPECT_EQ(ValueOf(*copy, Space::kHistory, "999"), "v");
  ASSERT_TRUE(Put(*copy, Space::kHistory, "999", "of the copy"));
  EXPECT_EQ(ValueOf(*original, Space::kHistory, "999"), "v");
}

TEST_F(RocksDbEngineTest, ManyShortProcessesLeaveFewFiles) {
  MustOpen(path_, {.create = true});
  size_t most = 0;
  for (int i = 0; i < 150; ++i) {
    {
      const auto engine = MustOpen(path_, {});
      WriteBatch batch;
      batch.Put(Space::kState, "head", std::to_string(i));
      batch.Put(Space::kHistory, std::to_string(i), std::to_string(i));
      batch.Put(Space::kChunks, std::to_string(i), std::to_string(i));
      ASSERT_TRUE(engine->Write(batch, true));
    }
    size_t files = 0;
    for ([[maybe_unused]] const auto& file : std::filesystem::directory_iterator(path_)) ++files;
    most = std::max(most, files);
  }
  // 8 logs, 3 x (4 sorted runs and one being merged), and 5 small ones.
  EXPECT_LE(most, 28U);
  const auto engine = MustOpen(path_, {});
  EXPECT_EQ(ValueOf(*engine, Space::kState, "head"), "149");
  for (int i = 0; i < 150; ++i) {
    ASSERT_EQ(ValueOf(*engine, Space::kHistory, std::to_string(i)), std::to_string(i));
  }
}

TEST_F(RocksDbEngineTest, CompactMakesTheFolderSmallAndStatsCountIt) {
  const auto engine = MustOpen(path_, {.create = true});
  for (int i = 0; i < 20'000; ++i) {
    ASSERT_TRUE(Put(*engine, Space::kHistory, fmt::format("{:09}", i),
                    fmt::format("change {} of pool {}", i, i % 7)));
  }
  const Result<EngineStats> before = engine->Stats();
  ASSERT_TRUE(engine->Compact());
  const Result<EngineStats> after = engine->Stats();
  ASSERT_TRUE(before && after);
  EXPECT_LT(after->disk_bytes, before->disk_bytes / 4);
  uint64_t bytes = 0;
  uint64_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(path_)) {
    bytes += file.file_size();
    ++files;
  }
  EXPECT_EQ(after->disk_bytes, bytes);
  EXPECT_EQ(after->files, files);
  // CURRENT, IDENTITY, LOCK, HOLDER, MANIFEST, OPTIONS, one log, one table.
  EXPECT_LE(files, 8U);
}

}  // namespace
}  // namespace switchback
