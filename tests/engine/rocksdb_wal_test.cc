// The look into a refused log, on bytes that RocksDB itself wrote.
#include "engine/rocksdb_wal.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "engine/engine.h"
#include "engine/engine_fixture.h"

namespace switchback {
namespace {

// The bytes of the largest log that some writes left; small and block-spanning records among them.
std::string LogBytes(const std::string& path) {
  {
    const auto engine = MustOpen(path, {.create = true});
    for (int i = 0; i < 60; ++i) {
      const size_t size = i % 10 == 9 ? 20'000 : 100;
      EXPECT_TRUE(Put(*engine, Space::kChunks, std::to_string(i), std::string(size, 'x')));
    }
  }
  std::string largest;
  for (const auto& file : std::filesystem::directory_iterator(path)) {
    if (file.path().extension() != ".log") continue;
    std::ifstream in(file.path(), std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(in), {});
    if (bytes.size() > largest.size()) largest = std::move(bytes);
  }
  return largest;
}

// The last write's bytes at most, headers and row overhead included.
constexpr size_t kLastRecord = 20'100;

class ExamineLogTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
    bytes_ = LogBytes(folder_ / "db");
    ASSERT_GT(bytes_.size(), 100'000U);
  }
  ScratchFolder folder_;
  std::string bytes_;
};

TEST_F(ExamineLogTest, WhatRocksDbWroteIsWhole) {
  const LogFinding finding = ExamineLog(bytes_);
  EXPECT_EQ(finding.state, LogState::kWhole);
  EXPECT_GE(finding.records, 60U);
  EXPECT_EQ(ExamineLog("").state, LogState::kWhole);
  EXPECT_EQ(ExamineLog(bytes_ + std::string(5000, '\0')).state, LogState::kWhole)
      << "set aside, not written";
}

TEST_F(ExamineLogTest, AnyCutIsATornTailOrAtTheEndOfARecord) {
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    const size_t size = random() % bytes_.size();
    const LogFinding finding = ExamineLog(std::string_view(bytes_).substr(0, size));
    EXPECT_NE(finding.state, LogState::kDamaged) << size;
    EXPECT_LE(finding.fault_offset, size);
  }
}

TEST_F(ExamineLogTest, SectorsThatWereNeverWrittenAtTheEndAreATornTail) {
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    std::string torn = bytes_;
    const size_t from = random() % (torn.size() / 512) * 512;
    std::fill(torn.begin() + static_cast<ptrdiff_t>(from), torn.end(), '\0');
    const LogFinding finding = ExamineLog(torn);
    EXPECT_NE(finding.state, LogState::kDamaged) << from;
    EXPECT_LE(finding.fault_offset, from);
    // ... or one in the middle of the last record, the others of which are there.
    torn = bytes_.substr(0, bytes_.size() - random() % 100);
    const size_t last = torn.size() - kLastRecord / 2;
    std::fill_n(torn.begin() + static_cast<ptrdiff_t>(last / 512 * 512), 512, '\0');
    EXPECT_EQ(ExamineLog(torn).state, LogState::kTorn);
  }
}

TEST_F(ExamineLogTest, AFlippedByteIsDamageInTheLastRecordToo) {
  std::mt19937 random(4);
  for (int i = 0; i < 600; ++i) {
    const size_t at = i % 2 == 0 ? random() % bytes_.size() : bytes_.size() - 1 - random() % 300;
    std::string flipped = bytes_;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    const LogFinding finding = ExamineLog(flipped);
    EXPECT_EQ(finding.state, LogState::kDamaged) << at;
    EXPECT_LE(finding.fault_offset, at);
  }
}

// Every bit of a short log, which is all last record.
TEST_F(ExamineLogTest, AnyFlippedBitOfAShortLogIsDamage) {
  const std::string record = bytes_.substr(0, bytes_.find("xxxxxxxxxx") + 100);
  ASSERT_EQ(ExamineLog(record).state, LogState::kWhole);
  for (size_t bit = 0; bit < record.size() * 8; ++bit) {
    std::string flipped = record;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_EQ(ExamineLog(flipped).state, LogState::kDamaged) << bit;
  }
}

// A device writes a sector whole or not at all: a header is there as it was written, or zeros.
TEST_F(ExamineLogTest, AHeaderThatIsNoneIsDamage) {
  const size_t last = ExamineLog(std::string_view(bytes_).substr(0, bytes_.size() - 1)).good_bytes;
  for (const char garbage : {'\xff', '\x7f', '\x0d'}) {
    for (const size_t count : {7, 8, 64}) {
      std::string broken = bytes_;
      broken.replace(last, count, count, garbage);
      EXPECT_EQ(ExamineLog(broken).state, LogState::kDamaged) << count << " of " << +garbage;
    }
  }
}

TEST(CurrentFile, MayNameAnything) {
  const ScratchFolder folder;
  for (const std::string& name :
       {std::string(), std::string(16, '\0'), std::string("."), std::string("none")}) {
    std::ofstream(folder / "CURRENT") << name << "\n";
    EXPECT_FALSE(ExamineManifest(folder / "").has_value());
    EXPECT_TRUE(CheckManifest(folder / "").has_value()) << "RocksDB tells it";
  }
}

TEST_F(ExamineLogTest, RandomBytesAreNeverGoodRecords) {
  std::mt19937 random(6);
  for (int i = 0; i < 50; ++i) {
    std::string noise(random() % 100'000 + 1, '\0');
    for (char& c : noise) c = static_cast<char>(random());
    EXPECT_EQ(ExamineLog(noise).records, 0U);
  }
}

}  // namespace
}  // namespace switchback
