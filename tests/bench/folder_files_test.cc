// What is counted of a folder, and that its files can be had out of the page cache.
#include "scratch/folder_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "scratch/scratch_folder.h"

namespace switchback::bench {
namespace {

TEST(FolderFiles, CountsThoseInFoldersBelow) {
  const auto folder = ScratchFolder::Make("test");
  ASSERT_TRUE(folder) << folder.error().message;
  EXPECT_EQ(SizeOfFolder(folder->path()).files, 0U);
  std::filesystem::create_directories(*folder / "a/b");
  std::ofstream(*folder / "one") << "12345";
  std::ofstream(*folder / "a/b/two") << std::string(10'000, 'x');
  std::ofstream(*folder / "a/empty").flush();
  const FolderSize size = SizeOfFolder(folder->path());
  EXPECT_EQ(size.bytes, 10'005U);
  EXPECT_EQ(size.files, 3U);
}

TEST(FolderFiles, WhatIsMappedStaysInThePageCache) {
  constexpr size_t kBytes = size_t{1} << 20;
  const auto folder = ScratchFolder::Make("test");
  ASSERT_TRUE(folder);
  EXPECT_EQ(DropPageCache(folder->path()), 0);  // nothing is there to stay
  std::ofstream(*folder / "one") << std::string(kBytes, 'x');
  const int file = open((*folder / "one").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  void* const mapped = mmap(nullptr, kBytes, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
  ASSERT_NE(mapped, MAP_FAILED);
  close(file);
  EXPECT_EQ(DropPageCache(folder->path()), 1);
  std::filesystem::create_directory(*folder / "below");
  std::ofstream(*folder / "below/two") << std::string(kBytes, 'y');
  const double share = DropPageCache(folder->path());
  EXPECT_GE(share, 0.5);  // "two" stays on a tmpfs alone
  EXPECT_LE(share, 1);
  munmap(mapped, kBytes);
}

}  // namespace
}  // namespace switchback::bench
