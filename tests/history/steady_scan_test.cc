// A scan passes over what can't be read, says what it has passed over, and misses nothing else.
#include "history/steady_scan.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "engine/broken_engine.h"
#include "engine/engine_fixture.h"

namespace switchback {
namespace {

constexpr Space kSpace = Space::kHistory;

std::string Key(int i) {
  std::string key = std::to_string(i);
  key.insert(0, 4 - key.size(), '0');
  return key.insert(0, 1, 'V');
}

class SteadyScanTest : public testing::Test {
 protected:
  static constexpr int kRows = 200;

  void SetUp() override {
    WriteBatch batch;
    for (int i = 0; i < kRows; ++i) batch.Put(kSpace, Key(i), std::to_string(i));
    ASSERT_TRUE(engine_->Write(batch, false));
  }

  [[nodiscard]] BrokenView Broken(const std::vector<std::pair<int, int>>& stretches) const {
    std::vector<BrokenStretch> broken;
    for (const auto& [first, last] : stretches) broken.push_back({kSpace, Key(first), Key(last)});
    return {*engine_->NewView(), broken};
  }

  const std::unique_ptr<Engine> engine_ = NewMemoryEngine();
};

TEST_F(SteadyScanTest, GoesOnBehindEachStretchThatCanNotBeRead) {
  const std::vector<std::pair<int, int>> cases[] = {
      {}, {{0, 0}}, {{5, 9}}, {{199, 199}}, {{0, 30}, {40, 41}, {180, 199}}, {{0, 199}}};
  for (const auto& stretches : cases) {
    const BrokenView view = Broken(stretches);
    SteadyScan rows(view, kSpace, "V", "W");
    std::vector<bool> seen(kRows, false);
    std::vector<bool> passed(kRows, false);
    const auto take_gap = [&] {
      if (!rows.gap()) return;
      EXPECT_EQ(rows.gap()->error.code, ErrorCode::kDataLoss);
      EXPECT_FALSE(rows.gap()->error.where.empty());
      for (int i = 0; i < kRows; ++i) {
        const bool within = Key(i) >= rows.gap()->from &&
                            (rows.gap()->before.empty() || Key(i) < rows.gap()->before);
        if (within) passed[static_cast<size_t>(i)] = true;
      }
    };
    rows.SeekToFirst();
    take_gap();
    while (rows.valid()) {
      seen[static_cast<size_t>(std::stoi(std::string(rows.value())))] = true;
      rows.Next();
      take_gap();
    }
    EXPECT_TRUE(rows.status());
    for (int i = 0; i < kRows; ++i) {
      bool broken = false;
      for (const auto& [first, last] : stretches) broken |= i >= first && i <= last;
      EXPECT_EQ(seen[static_cast<size_t>(i)], !broken) << i;
      EXPECT_EQ(passed[static_cast<size_t>(i)], broken) << i;
    }
  }
}

TEST_F(SteadyScanTest, SeeksIntoAStretchAndComesOutBehindIt) {
  const BrokenView view = Broken({{50, 60}});
  SteadyScan rows(view, kSpace, "V", "W");
  rows.Seek(Key(55));
  ASSERT_TRUE(rows.valid());
  EXPECT_EQ(rows.key(), Key(61));
  ASSERT_TRUE(rows.gap());
  EXPECT_EQ(rows.gap()->from, Key(55));
  EXPECT_EQ(rows.gap()->before, Key(61));
  rows.Seek(Key(49));
  EXPECT_EQ(rows.key(), Key(49));
  EXPECT_FALSE(rows.gap());
}

// A block may end behind the bounds of the scan.
TEST_F(SteadyScanTest, EndsWhereNothingWithinItsBoundsCanBeRead) {
  const BrokenView view = Broken({{90, 150}});
  SteadyScan rows(view, kSpace, Key(80), Key(100));
  int seen = 0;
  for (rows.SeekToFirst(); rows.valid(); rows.Next()) ++seen;
  EXPECT_EQ(seen, 10);
  ASSERT_TRUE(rows.gap());
  EXPECT_EQ(rows.gap()->from, Key(89) + '\0');
  EXPECT_EQ(rows.gap()->before, "");
}

// Of real tables: each row is seen, or can't be read one by one either and lies in a gap.
TEST(SteadyScanOfTablesTest, MissesNoRowThatCanBeRead) {
  if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
  const ScratchFolder folder;
  constexpr int kMany = 9000;
  {
    const auto engine = *OpenRocksDbEngine(folder / "db", {.create = true});
    WriteBatch batch;
    std::mt19937 random(3);
    for (int i = 0; i < kMany; ++i) {
      std::string value;
      while (value.size() < 100) value += static_cast<char>(random());
      batch.Put(kSpace, Key(i), std::move(value));
    }
    ASSERT_TRUE(engine->Write(batch, false));
    ASSERT_TRUE(engine->Compact());
  }
  for (const auto& file : std::filesystem::directory_iterator(folder / "db")) {
    if (file.path().extension() != ".sst") continue;
    std::fstream stream(file.path(), std::ios::in | std::ios::out | std::ios::binary);
    // Some blocks next to one another (of at most 32 KiB), and one farther on.
    const auto size = static_cast<std::streamoff>(file.file_size());
    std::vector<std::streamoff> places{size / 2};
    for (int i = 0; i < 8; ++i) places.push_back(size / 4 + i * 10'000);
    for (const std::streamoff at : places) {
      stream.seekg(at);
      const int byte = stream.get();
      stream.seekp(at);
      stream.put(static_cast<char>(byte ^ 0x5a));
    }
  }
  const auto engine = OpenRocksDbEngine(folder / "db", {});
  ASSERT_TRUE(engine) << engine.error().message;
  const auto view = *(*engine)->NewView();
  SteadyScan rows(*view, kSpace, "V", "W");
  int next = 0;
  int gaps = 0;
  const auto take_gap = [&] {
    if (!rows.gap()) return;
    ++gaps;
    for (; next < kMany && Key(next) != rows.gap()->before; ++next) {
      std::string value;
      ASSERT_FALSE(view->Get(kSpace, Key(next), value)) << next;
    }
  };
  rows.SeekToFirst();
  take_gap();
  for (; rows.valid(); rows.Next(), take_gap()) ASSERT_EQ(rows.key(), Key(next++));
  EXPECT_EQ(next, kMany);
  EXPECT_EQ(gaps, 2);
}

// Not damage, and nothing to go on behind.
TEST_F(SteadyScanTest, AnErrorThatIsNoDamageEndsIt) {
  class FailingIterator final : public Iterator {
   public:
    void SeekToFirst() override {}
    void SeekToLast() override {}
    void Seek(std::string_view /*key*/) override {}
    void SeekForPrev(std::string_view /*key*/) override {}
    void Next() override {}
    void Prev() override {}
    [[nodiscard]] bool valid() const override { return false; }
    [[nodiscard]] std::string_view key() const override { return ""; }
    [[nodiscard]] std::string_view value() const override { return ""; }
    [[nodiscard]] Result<void> status() const override {
      return Fail(ErrorCode::kIoError, "the disk is away");
    }
  };
  class FailingView final : public EngineView {
   public:
    Result<bool> Get(Space /*space*/, std::string_view /*key*/,
                     std::string& /*value*/) const override {
      return false;
    }
    Result<std::vector<std::optional<std::string>>> MultiGet(
        Space /*space*/, std::span<const std::string> /*keys*/) const override {
      return std::vector<std::optional<std::string>>();
    }
    [[nodiscard]] std::unique_ptr<Iterator> Scan(Space /*space*/, std::string_view /*lower*/,
                                                 std::string_view /*upper*/) const override {
      return std::make_unique<FailingIterator>();
    }
  };
  const FailingView view;
  SteadyScan rows(view, kSpace, "V", "W");
  rows.SeekToFirst();
  EXPECT_FALSE(rows.valid());
  EXPECT_FALSE(rows.gap());
  ASSERT_FALSE(rows.status());
  EXPECT_EQ(rows.status().error().code, ErrorCode::kIoError);
}

}  // namespace
}  // namespace switchback
