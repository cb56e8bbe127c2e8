// Threads that keep answers while they are written.
#include "client/cache_keeper.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>

#include "client/list_server.h"

namespace switchback::client {
namespace {

TEST(CacheKeeperTest, AnswersComeWhileItIsWritten) {
  const ScratchFolder folder;
  const std::string path = folder.path() + "/cache";
  constexpr int kThreads = 4;
  constexpr uint64_t kAnswers = 100;
  {
    CacheKeeper keeper(path, size_t{1} << 20);
    keeper.Start(ServedIdentity());
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&keeper, i] {
        for (uint64_t version = 1; version <= kAnswers; ++version) {
          const auto began = keeper.answers().Begin();
          keeper.answers().Keep({*BusinessId::Parse(fmt::format("id{}", i)), Version{version},
                                 Revision{version}, Timestamp{static_cast<int64_t>(version)},
                                 std::make_shared<const std::string>("bytes")},
                                began);
          keeper.NoteContact(Timestamp{static_cast<int64_t>(version)});
          EXPECT_TRUE(version % 20 != 0 || keeper.Flush());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  CacheKeeper again(path, size_t{1} << 20);
  ASSERT_TRUE(again.found() && *again.found());
  EXPECT_EQ(again.contact(), Timestamp{kAnswers});
  const auto all = again.answers().All();
  ASSERT_EQ(all.size(), static_cast<size_t>(kThreads));
  for (const KeptAnswerHandle& answer : all) EXPECT_EQ(answer->version, Version{kAnswers});
}

TEST(CacheKeeperTest, IsNotHeldUpForeverByAnotherProcess) {
  const ScratchFolder folder;
  const std::string path = folder.path() + "/cache";
  CacheKeeper keeper(path, size_t{1} << 20);
  keeper.Start(ServedIdentity());
  const auto lock = files::FileLock::Take(path);
  ASSERT_TRUE(lock);
  keeper.answers().Keep({*BusinessId::Parse("a"), Version{1}, Revision{}, Timestamp{1}, nullptr},
                        keeper.answers().Begin());
  const Result<void> flushed = keeper.Flush();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error().code, ErrorCode::kHeld);
  EXPECT_EQ(keeper.fault()->code, ErrorCode::kHeld);
}

}  // namespace
}  // namespace switchback::client
