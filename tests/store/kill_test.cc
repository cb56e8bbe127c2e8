// kill -9 in a loop: every acknowledged commit is wholly there, no other in part, and the store
// goes on.
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "engine/writer_process.h"
#include "store/committing_process.h"

namespace switchback {
namespace {

using std::chrono::steady_clock;

constexpr int kRounds = 64;
constexpr auto kTimeLimit = std::chrono::seconds(20);  // on a slow machine, fewer rounds
constexpr int kMinRounds = 8;
constexpr int kRoundsPerStore = 8;  // checking a store takes longer the more it holds

// Revisions (from, newest], each whole.
void CheckRevisions(const View& view, uint64_t from, uint64_t newest) {
  for (uint64_t number = from + 1; number <= newest; ++number) {
    const auto info = view.DescribeRevision(Revision{number});
    ASSERT_TRUE(info.has_value()) << info.error().message;
    ASSERT_EQ(info->message, "commit " + std::to_string(number));
    ASSERT_EQ(info->id_count, IdsOf(ShapeOf(number)));
    const auto changes = *view.Changes(Revision{number});
    const size_t count = NumberedList(number).size();
    uint64_t ids = 0;
    while (true) {
      const auto one = changes->Next();
      ASSERT_TRUE(one.has_value()) << one.error().message;
      if (!*one) break;
      ASSERT_EQ((*one)->count, count);
      ++ids;
    }
    ASSERT_EQ(ids, info->id_count);
  }
}

class KillTest : public ::testing::Test {
 protected:
  void NewStore() {
    std::filesystem::remove_all(path_);
    ASSERT_TRUE(Store::Create(path_, {"test", {}}).has_value());
    newest_ = 0;
  }

  // Starts a writer, kills it somewhen, and returns the last commit that it acknowledged.
  uint64_t CommitAndKill() {
    WriterProcess writer(SWITCHBACK_COMMITTING_PROCESS, {path_});
    uint64_t acknowledged = newest_;
    // One in eight dies while it opens, which is when it clears what the one before it left.
    if (random_() % 8 != 0) {
      const std::optional<uint64_t> first = writer.NextReport();
      EXPECT_EQ(first, newest_) << "it opened at another revision than the check did";
      for (size_t waits = random_() % 30; waits > 0; --waits) {
        acknowledged = writer.NextReport().value_or(acknowledged);
      }
    }
    std::this_thread::sleep_for(std::chrono::microseconds(random_() % 20'000));
    EXPECT_TRUE(writer.running()) << "it stopped by itself";
    writer.Kill();
    while (const auto report = writer.NextReport()) acknowledged = *report;
    return acknowledged;
  }

  void Check(uint64_t acknowledged, bool whole) {
    const auto store = Store::Open(path_, {});
    ASSERT_TRUE(store.has_value()) << store.error().message;
    const auto view = *(*store)->NewView();
    const uint64_t newest = view->revision().value;
    // Beyond what was acknowledged only the one commit that was under way.
    ASSERT_GE(newest, acknowledged);
    ASSERT_LE(newest, acknowledged + 1);
    CheckHeads(*view, newest);
    CheckRevisions(*view, newest_, newest);
    const auto bookmark = (*store)->ReadBookmark("number");
    ASSERT_EQ(bookmark->value_or("0"), std::to_string(newest));
    if (whole) ExpectSound(**store);
    newest_ = newest;
  }

  const TempFolder folder_;
  std::string path_ = folder_.path("store");
  uint64_t newest_ = 0;  // as of the last check
  std::mt19937 random_{17};
};

TEST_F(KillTest, EveryAcknowledgedCommitIsWholeAndNoOtherIsThereInPart) {
  const auto start = steady_clock::now();
  int rounds = 0;
  uint64_t commits = 0;
  for (; rounds < kRounds && !HasFailure(); ++rounds) {
    if (rounds >= kMinRounds && steady_clock::now() - start > kTimeLimit) break;
    SCOPED_TRACE("round " + std::to_string(rounds));
    if (rounds % kRoundsPerStore == 0) NewStore();
    const uint64_t before = newest_;
    const uint64_t acknowledged = CommitAndKill();
    if (HasFailure()) break;
    const std::string live = path_;
    const std::string copy = folder_.path("copy");
    const bool copied = rounds % 4 == 1;
    if (copied) {  // the folder as the kill left it opens elsewhere too
      std::filesystem::remove_all(copy);
      std::filesystem::copy(live, copy, std::filesystem::copy_options::recursive);
    }
    Check(acknowledged, /*whole=*/rounds % 2 == 1);
    const uint64_t newest = newest_;
    commits += newest - before;
    if (copied && !HasFailure()) {
      newest_ = before;
      path_ = copy;
      Check(acknowledged, /*whole=*/false);
      path_ = live;
      EXPECT_EQ(newest_, newest);
    }
  }
  EXPECT_GT(commits, static_cast<uint64_t>(rounds)) << "it hardly committed anything";
  RecordProperty("rounds", rounds);
  RecordProperty("commits", static_cast<int>(commits));
}

}  // namespace
}  // namespace switchback
