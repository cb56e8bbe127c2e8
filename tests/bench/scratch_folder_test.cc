// The folder that benchmarks measure in: others' files stay, ours go.
#include "scratch/scratch_folder.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

namespace switchback::bench {
namespace {

namespace fs = std::filesystem;

TEST(ScratchFolder, GoesWithWhatIsInIt) {
  std::string path;
  {
    const auto folder = ScratchFolder::Make("test");
    ASSERT_TRUE(folder) << folder.error().message;
    path = folder->path();
    EXPECT_TRUE(fs::is_empty(path));
    EXPECT_TRUE(fs::path(path).filename().string().starts_with("switchback-test-")) << path;
    fs::create_directory(*folder / "store");
    std::ofstream(*folder / "store/file") << "some bytes";
    EXPECT_TRUE(fs::exists(path + "/store/file"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(ScratchFolder, IsMadeWhereItIsTold) {
  const auto above = ScratchFolder::Make("test");
  ASSERT_TRUE(above);
  {
    const auto folder = ScratchFolder::Make("test", above->path());
    ASSERT_TRUE(folder);
    EXPECT_EQ(fs::path(folder->path()).parent_path(), above->path());
    EXPECT_NE(folder->path(), above->path());
  }
  EXPECT_TRUE(fs::is_empty(above->path()));
  const auto nowhere = ScratchFolder::Make("test", *above / "none");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, ErrorCode::kIoError);
  EXPECT_NE(nowhere.error().message.find(*above / "none"), std::string::npos);
}

TEST(ScratchFolder, StaysWhereItWasMovedTo) {
  auto made = ScratchFolder::Make("test");
  ASSERT_TRUE(made);
  const std::string path = made->path();
  std::optional<ScratchFolder> moved(*std::move(made));
  made = Fail(ErrorCode::kNotFound, "gone");  // what is left of the first one ends here
  EXPECT_EQ(moved->path(), path);
  EXPECT_TRUE(fs::exists(path));
  moved.reset();
  EXPECT_FALSE(fs::exists(path));
}

TEST(ScratchFolder, GivesAnotherPathEachTime) {
  auto folder = ScratchFolder::Make("test");
  ASSERT_TRUE(folder);
  const std::string first = folder->Fresh("store");
  const std::string second = folder->Fresh("store");
  EXPECT_NE(first, second);
  EXPECT_TRUE(first.starts_with(*folder / "store"));
  EXPECT_FALSE(fs::exists(first));
}

}  // namespace
}  // namespace switchback::bench
