#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "files/file_stamp.h"
#include "store/store_fixture.h"

namespace switchback::files {
namespace {

using std::chrono::milliseconds;

class FileChangesTest : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_.path(name)) << text;
  }
  // It looks once a second.
  static bool TakesSoon(FileChanges& changes) {
    for (int i = 0; i < 500; ++i) {
      if (changes.Take()) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }
  // After two looks.
  static bool TakesNothing(FileChanges& changes) {
    for (int i = 0; i < 22; ++i) {
      if (changes.Take()) return false;
      std::this_thread::sleep_for(milliseconds(100));
    }
    return true;
  }

  const TempFolder folder_;
};

TEST_F(FileChangesTest, EachChangeIsTakenOnce) {
  Write("key", "one");
  FileChanges changes({folder_.path("certificate"), "", folder_.path("key")});
  EXPECT_TRUE(TakesNothing(changes)) << "nothing has changed";
  Write("key", "two");  // in place, of the same size
  EXPECT_TRUE(TakesSoon(changes));
  Write("certificate", "made");
  EXPECT_TRUE(TakesSoon(changes));
  Write("next", "made");
  std::filesystem::rename(folder_.path("next"), folder_.path("certificate"));
  EXPECT_TRUE(TakesSoon(changes));
  std::filesystem::remove(folder_.path("key"));
  EXPECT_TRUE(TakesSoon(changes));
  EXPECT_TRUE(TakesNothing(changes));
}

// As those are whose certificates another program renews: a link to a folder is put elsewhere.
TEST_F(FileChangesTest, ALinkThatLeadsElsewhereIsAChange) {
  for (const char* name : {"1", "2"}) {
    std::filesystem::create_directory(folder_.path(name));
    Write(std::string(name) + "/key", "same");
  }
  std::filesystem::create_directory_symlink("1", folder_.path("now"));
  FileChanges changes({folder_.path("now/key")});
  std::filesystem::create_directory_symlink("2", folder_.path("next"));
  std::filesystem::rename(folder_.path("next"), folder_.path("now"));
  EXPECT_TRUE(TakesSoon(changes));
}

TEST_F(FileChangesTest, WhatCouldNotBeDealtWithIsTakenAgain) {
  Write("key", "one");
  FileChanges changes({folder_.path("key")});
  Write("key", "another");
  ASSERT_TRUE(TakesSoon(changes));
  changes.TakeAgain();
  EXPECT_TRUE(TakesSoon(changes));
  EXPECT_TRUE(TakesNothing(changes));
}

TEST_F(FileChangesTest, OneOfManyThreadsTakesIt) {
  Write("key", "one");
  FileChanges changes({folder_.path("key")});
  Write("key", "another");
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 150; ++n) {
        if (changes.Take()) ++taken;
        std::this_thread::sleep_for(milliseconds(10));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(taken, 1);
}

}  // namespace
}  // namespace switchback::files
