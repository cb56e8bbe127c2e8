// A MANIFEST that has lost its end: what it does not name any more must not be deleted.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/engine_fixture.h"

namespace switchback {
namespace {

class CutManifestTest : public testing::Test {
 protected:
  void SetUp() override {
    if (kThreadSanitizer) GTEST_SKIP() << "RocksDB is not built for ThreadSanitizer";
    MustOpen(made_, {.create = true});
    for (int round = 0; round < kRounds; ++round) {
      const auto engine = MustOpen(made_, {});
      for (const Space space : {Space::kState, Space::kHistory, Space::kChunks}) {
        for (int i = 0; i < kRows; ++i) ASSERT_TRUE(Put(*engine, space, Key(round, i), "value"));
      }
      // The last one is flushed at the close, since it is large, and merged with nothing.
      const bool last = round + 1 == kRounds;
      if (last) ASSERT_TRUE(Put(*engine, Space::kChunks, "x", std::string(size_t{300} << 10, 'x')));
      if (!last) ASSERT_TRUE(engine->Compact());
    }
  }

  static std::string Key(int round, int i) {
    return std::to_string(round) + "/" + std::to_string(i);
  }
  static int CountRows(const Engine& engine) {
    int rows = 0;
    for (const Space space : {Space::kState, Space::kHistory, Space::kChunks}) {
      for (int round = 0; round < kRounds; ++round) {
        for (int i = 0; i < kRows; ++i) {
          rows += ValueOf(engine, space, Key(round, i)) == "value" ? 1 : 0;
        }
      }
    }
    return rows;
  }
  static std::filesystem::path Manifest(const std::string& folder) {
    std::ifstream current(folder + "/CURRENT");
    std::string name;
    std::getline(current, name);
    return folder + "/" + name;
  }

  static constexpr int kRounds = 3;
  static constexpr int kRows = 40;
  static constexpr int kAll = 3 * kRounds * kRows;
  ScratchFolder folder_;
  const std::string made_ = folder_ / "made";
};

TEST_F(CutManifestTest, NothingThatIsNowhereElseIsDeleted) {
  const std::string cut = folder_ / "cut";
  const auto size = std::filesystem::file_size(Manifest(made_));
  int refused = 0;
  for (uintmax_t bytes = 1; bytes < size; bytes += 3) {
    SCOPED_TRACE(bytes);
    std::filesystem::remove_all(cut);
    std::filesystem::copy(made_, cut);
    const std::filesystem::path manifest = Manifest(cut);
    std::filesystem::resize_file(manifest, bytes);
    {
      const auto engine = OpenRocksDbEngine(cut, {});
      if (engine) EXPECT_EQ(CountRows(**engine), kAll) << "rows are gone without a word";
      refused += engine ? 0 : 1;
    }
    // Refused for good, until the file is as it was.
    if (const auto again = OpenRocksDbEngine(cut, {})) EXPECT_EQ(CountRows(**again), kAll);
    for (const char* name : {"CURRENT"}) {
      std::filesystem::copy_file(made_ + "/" + name, cut + "/" + name,
                                 std::filesystem::copy_options::overwrite_existing);
    }
    std::filesystem::copy_file(Manifest(made_), Manifest(cut),
                               std::filesystem::copy_options::overwrite_existing);
    const auto whole = OpenRocksDbEngine(cut, {.read_only = true});
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_EQ(CountRows(**whole), kAll) << "a table was deleted";
    if (HasFailure()) return;
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace switchback
