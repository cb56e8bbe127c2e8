// Store::Read serves from the cache of heads: whatever is committed in between, it hands out the
// newest published version.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "hooked_engine.h"

namespace switchback {
namespace {

class HeadReads : public ::testing::TestWithParam<Kind> {
 protected:
  // Reads twice, so that the second answer is the cached one.
  [[nodiscard]] std::vector<std::string> Now() const {
    const Result<ListHandle> first = store_->Read(Id("a"));
    const Result<ListHandle> again = store_->Read(Id("a"));
    EXPECT_EQ(first.has_value(), again.has_value());
    if (!again)
      return {std::string("error ") + std::to_string(static_cast<int>(again.error().code))};
    EXPECT_EQ((*first)->version, (*again)->version);
    return Texts(*(*again)->list);
  }
  void Commit(const Change& change) { ASSERT_TRUE(store_->Commit(change, By("x"))); }

  StoreHolder store_{GetParam()};
};

TEST_P(HeadReads, SeeEveryKindOfCommit) {
  using Lines = std::vector<std::string>;
  Commit(Set("a", List({"10.0.0.1"})));
  EXPECT_EQ(Now(), Lines{"10.0.0.1"});
  Commit(Set("a", List({"10.0.0.2"})));
  EXPECT_EQ(Now(), Lines{"10.0.0.2"});
  Commit(Edits("a", {Edit(EditKind::kAdd, "10.0.0.3")}));
  EXPECT_EQ(Now(), (Lines{"10.0.0.2", "10.0.0.3"}));
  ASSERT_TRUE(store_->Restore({{Id("a"), Version{1}, std::nullopt}}, By("x")));
  EXPECT_EQ(Now(), Lines{"10.0.0.1"});
  Commit(Delete("a"));
  EXPECT_FALSE(store_->Read(Id("a")));
  EXPECT_FALSE(store_->Read(Id("a")));
  Commit(Set("a", List({"10.0.0.9"})));
  EXPECT_EQ(Now(), Lines{"10.0.0.9"});
  ASSERT_TRUE(store_->RestoreTable(Revision{2}, "", By("x")));
  EXPECT_EQ(Now(), Lines{"10.0.0.2"});
}

TEST_P(HeadReads, IfNewerAnswersFromTheCacheToo) {
  Commit(Set("a", List({"10.0.0.1"})));
  ASSERT_TRUE(store_->Read(Id("a")));
  EXPECT_EQ(*store_->ReadIfNewer(Id("a"), Version{1}), nullptr);
  Commit(Set("a", List({"10.0.0.2"})));
  EXPECT_EQ((*store_->ReadIfNewer(Id("a"), Version{1}))->version, Version{2});
  EXPECT_EQ(*store_->ReadIfNewer(Id("a"), Version{2}), nullptr);
}

#ifdef SWITCHBACK_TSAN  // RocksDB is not built for it
constexpr Kind kKinds[] = {Kind::kMemory};
#else
constexpr Kind kKinds[] = {Kind::kMemory, Kind::kRocksDb};
#endif
INSTANTIATE_TEST_SUITE_P(Engines, HeadReads, ::testing::ValuesIn(kKinds), [](const auto& made_for) {
  return made_for.param == Kind::kMemory ? "Memory" : "RocksDb";
});

// A large revision's slices overwrite heads long before it is published.
TEST(HeadReadsOfLargeRevisions, AreOfThePublishedVersion) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  const auto all = [](uint32_t round) {
    Change change;
    for (uint32_t i = 0; i < 1500; ++i) {
      change.ids.push_back({Id("id-" + std::to_string(i)), Replace{Range(round, 2)}, std::nullopt});
    }
    return change;
  };
  ASSERT_TRUE(store->Commit(all(1000), By("x")));
  ASSERT_TRUE(store->Read(Id("id-1")));
  int writes = 0;
  lasting.hooks().before_write = [&](const WriteBatch&) -> Result<void> {
    ++writes;
    // One ID that was cached before, one that is read for the first time now.
    for (const std::string id : {"id-1", "id-2"}) {
      const Result<ListHandle> read = store->Read(Id(id));
      EXPECT_TRUE(read.has_value());
      EXPECT_EQ((*read)->version, Version{1});
    }
    return {};
  };
  ASSERT_TRUE(store->Commit(all(2000), By("x")));
  lasting.hooks() = {};
  EXPECT_GT(writes, 2);
  for (const std::string id : {"id-1", "id-2", "id-1499"}) {
    EXPECT_EQ((*store->Read(Id(id)))->version, Version{2}) << id;
  }
}

// A commit that returned is seen by every read that begins afterwards, in any thread.
TEST(HeadReadsAmongThreads, NeverGoBack) {
  CreateOptions options{"test", {}};
  const auto store = *Store::CreateInMemory(options);
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 3)), By("x")));
  std::atomic<uint64_t> landed = 1;
  std::atomic<bool> stop = false;
  std::atomic<int> stale = 0;
  std::vector<std::thread> readers;
  readers.reserve(3);
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      while (!stop) {
        const uint64_t at_least = landed;
        if ((*store->Read(Id("a")))->version.value < at_least) ++stale;
      }
    });
  }
  for (uint32_t i = 2; i < 400; ++i) {
    ASSERT_TRUE(store->Commit(Set("a", Range(i, 3)), By("x")));
    landed = i;
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(stale, 0);
}

}  // namespace
}  // namespace switchback
