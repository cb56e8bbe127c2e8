// Revisions of more IDs than one write takes: all there or nothing, and nobody sees the middle.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <set>

#include "hooked_engine.h"

namespace switchback {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

BusinessId NumberedId(size_t i) {
  return Id(fmt::format("id-{:06}", i));
}
// One to three endpoints that only ID i has, and only in this round.
EndpointList ListOf(size_t i, uint32_t round) {
  return Range(0x0a000000 + static_cast<uint32_t>(i) * 4, 1 + i % 3, 1, round);
}

Change ReplaceAll(size_t begin, size_t end, uint32_t round) {
  Change change;
  for (size_t i = begin; i < end; ++i) {
    change.ids.push_back({NumberedId(i), Replace{ListOf(i, round)}, std::nullopt});
  }
  return change;
}

std::map<std::string, uint64_t> TableOf(const View& view, std::optional<Revision> at = {}) {
  std::map<std::string, uint64_t> table;
  const auto cursor = *view.Table(at);
  while (const auto entry = *cursor->Next()) table[entry->id.text()] = entry->version.value;
  return table;
}

void ExpectRange(const View& view, size_t begin, size_t end, uint32_t round) {
  for (size_t i = begin; i < end; ++i) {
    const Result<ListHandle> read = view.Read(NumberedId(i));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    ASSERT_EQ(*(*read)->list, ListOf(i, round)) << i;
  }
}

class SlicedSizes : public ::testing::TestWithParam<std::tuple<Kind, size_t>> {};

TEST_P(SlicedSizes, AllOfALargeRevisionIsThere) {
  const auto [kind, count] = GetParam();
  StoreHolder store(kind);
  ASSERT_TRUE(store->Commit(ReplaceAll(10, 60, 1), By("x")));
  const Result<CommitResult> result = store->Commit(ReplaceAll(0, count, 2), By("large"));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->revision, Revision{2});
  ASSERT_EQ(result->changes.size(), count);
  EXPECT_EQ(result->changes[9].version, Version{1});
  EXPECT_EQ(result->changes[10].version, Version{2});
  EXPECT_EQ(result->changes[10].changed, result->changes[10].count);
  store.Reopen();
  const auto view = *store->NewView();
  ExpectRange(*view, 0, count, 2);
  EXPECT_EQ(TableOf(*view).size(), count);
  EXPECT_EQ(TableOf(*view, Revision{1}).size(), 50U);
  const auto info = view->DescribeRevision(Revision{2});
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->id_count, count);
  EXPECT_EQ(info->author, "large");
  const auto changes = *view->Changes(Revision{2});
  for (size_t i = 0; i < count; ++i) {
    const auto one = *changes->Next();
    ASSERT_TRUE(one.has_value());
    ASSERT_EQ(one->id, NumberedId(i));
  }
  EXPECT_FALSE((*changes->Next()).has_value());
  ExpectSound(*store);
}

INSTANTIATE_TEST_SUITE_P(Sizes, SlicedSizes,
                         ::testing::Combine(::testing::Values(Kind::kMemory, Kind::kRocksDb),
                                            ::testing::Values(kIdsAtOnce, kIdsAtOnce + 1, 3000,
                                                              20000)));

// Old lists of every kind under the IDs that a large revision then touches.
void CommitOldTable(Store& store) {
  ASSERT_TRUE(store.Commit(ReplaceAll(0, 40, 1), By("old")));
  ASSERT_TRUE(store.Commit(Set("id-000040", Range(0x0b000000, 700, 3)), By("old")));
  ASSERT_TRUE(store.Commit(Set("id-000041", Range(0x0c000000, 6000, 977)), By("old")));
  ASSERT_TRUE(
      store.Commit(Edits("id-000041", {Edit(EditKind::kRemove, "12.0.0.0:8000")}), By("old")));
  ASSERT_TRUE(store.Commit(Set("id-000042", Range(0x0d000000, 3)), By("old")));
  ASSERT_TRUE(store.Commit(Delete("id-000042"), By("old")));
}
constexpr uint64_t kOldRevisions = 6;

// What readers are told of the old table, as one text.
std::string Told(const Store& store, const View& view) {
  std::string told = fmt::format("r{}\n", view.revision().value);
  for (const size_t i : {0, 39, 40, 41, 42, 43, 2999}) {
    const BusinessId id = NumberedId(i);
    for (const Result<ListHandle>& read : {view.Read(id), store.Read(id)}) {
      told += read ? fmt::format("{}@{} r{} {} {}\n", id.text(), (*read)->version.value,
                                 (*read)->revision.value, (*read)->list->size(),
                                 (*read)->digest().ToHex())
                   : fmt::format("{}: {}\n", id.text(), ErrorCodeName(read.error().code));
    }
    const auto resolved = view.Resolve(id, HeadSelector{});
    told += resolved ? fmt::format("v{}{}\n", resolved->version.value, resolved->deleted)
                     : "unresolved\n";
    const auto summary = view.Summarize(id, Version{2});
    told += summary ? summary->digest.ToHex() + "\n" : "none\n";
    const auto history = view.History(id);
    for (int n = 0; history && (*(*history)->Next()).has_value(); ++n) told += "+";
    told += view.Contains(id, ParseEndpoint("12.0.3.209:8000")->key).value_or(false) ? "y" : "n";
  }
  for (const auto& [id, version] : TableOf(view)) told += fmt::format("{}@{} ", id, version);
  const auto log = *view.Log();
  while (const auto revision = *log->Next()) told += fmt::format("r{} ", revision->revision.value);
  return told;
}

TEST(Sliced, ConflictInTheLastIdLeavesNothing) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  CommitOldTable(*store);
  const std::string told = Told(*store, **store->NewView());
  const RowMap before = lasting.Rows();
  Change change = ReplaceAll(0, 3000, 2);
  change.ids.back().expect = Version{7};
  const Result<CommitResult> refused = store->Commit(change, By("x"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  EXPECT_THAT(refused.error().items, ElementsAre(HasSubstr("id-002999: expected version 7")));
  EXPECT_EQ(Told(*store, **store->NewView()), told);
  RowMap after = lasting.Rows();
  EXPECT_EQ(after.size(), before.size());
  // But for how much a rebuilt head says its base takes, every row is as it was.
  for (const auto& [at, value] : before) {
    const bool head = at.first == Space::kState && at.second.front() == kHeadPrefix;
    EXPECT_TRUE(head || after[at] == value) << at.second;
  }
  ExpectSound(*store);
  change.ids.back().expect = Version{0};
  EXPECT_EQ(store->Commit(change, By("x"))->revision, Revision{kOldRevisions + 1});
  ExpectRange(**store->NewView(), 0, 3000, 2);
  ExpectSound(*store);
}

TEST(Sliced, EveryConflictIsCountedAndAnEarlyErrorEndsIt) {
  const StoreHolder store(Kind::kMemory);
  Change change = ReplaceAll(0, 1500, 1);
  for (size_t i = 0; i < change.ids.size(); i += 10) change.ids[i].expect = Version{1};
  const Result<CommitResult> refused = store->Commit(change, By("x"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().item_count, 150U);
  EXPECT_EQ(refused.error().items.size(), 20U);
  change = ReplaceAll(0, 1500, 1);
  change.ids.push_back({Id("unknown"), DeleteId{}, std::nullopt});
  EXPECT_EQ(store->Commit(change, By("x")).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(TableOf(**store->NewView()).empty());
  ExpectSound(*store);
}

TEST(Sliced, ReadersInTheMiddleSeeTheOldTable) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  CommitOldTable(*store);
  const auto early = *store->NewView();
  const std::string told = Told(*store, *early);
  int looks = 0;
  lasting.hooks().before_write = [&](const WriteBatch&) -> Result<void> {
    ++looks;
    EXPECT_EQ(Told(*store, *early), told);
    EXPECT_EQ(Told(*store, **store->NewView()), told) << "write " << looks;
    ExpectSound(*store);
    return {};
  };
  ASSERT_TRUE(store->Commit(ReplaceAll(0, 5000, 2), By("x")));
  EXPECT_GE(looks, 5) << "the revision was not sliced";
  lasting.hooks() = {};
  // The hot path goes on to the newest; the view does not.
  EXPECT_EQ((*store->Read(NumberedId(41)))->version, Version{3});
  EXPECT_EQ((*early->Read(NumberedId(41)))->version, Version{2});
  EXPECT_EQ(TableOf(*early).size(), 42U);
  EXPECT_EQ(early->Read(NumberedId(41), Version{3}).error().code, ErrorCode::kNotFound);
  ExpectRange(**store->NewView(), 0, 5000, 2);
}

Result<void> Died() {
  return Fail(ErrorCode::kIoError, "the writer died");
}

// From the `survives + 1`-th write on, all fail.
void DieAfter(const LastingEngine& lasting, int survives) {
  lasting.hooks().before_write = [survives, n = 0](const WriteBatch&) mutable -> Result<void> {
    return n++ < survives ? Result<void>() : Died();
  };
}

void CheckNothingLandedAndGoOn(const LastingEngine& lasting, const std::string& told) {
  const auto reopened = lasting.Open();
  ASSERT_TRUE(reopened.has_value()) << reopened.error().message;
  Store& store = **reopened;
  EXPECT_EQ(Told(store, **store.NewView()), told);
  ExpectSound(store);
  EXPECT_EQ(store.ReadBookmark("line")->has_value(), false);
  const Result<CommitResult> next = store.Commit(ReplaceAll(20, 2600, 3), By("next"));
  ASSERT_TRUE(next.has_value()) << next.error().message;
  EXPECT_EQ(next->revision, Revision{kOldRevisions + 1});
  ExpectRange(**store.NewView(), 0, 20, 1);
  ExpectRange(**store.NewView(), 20, 2600, 3);
  ExpectSound(store);
}

// The writer dies at write N, and the one that clears up after it at its write M.
TEST(Sliced, WriterThatDiesInTheMiddleLeavesNothing) {
  bool passed = false;
  int deaths = 0;
  for (int writes = 0; !passed && !::testing::Test::HasFailure(); ++writes) {
    bool cleared = false;
    for (int clearing = 0; !cleared && !::testing::Test::HasFailure(); ++clearing) {
      SCOPED_TRACE(fmt::format("died after {} writes, then after {}", writes, clearing));
      const LastingEngine lasting;
      auto store = lasting.Create();
      CommitOldTable(*store);
      const std::string told = Told(*store, **store->NewView());
      DieAfter(lasting, writes);
      CommitOptions options = By("dying");
      options.bookmark = Bookmark{"line", "1"};
      passed = store->Commit(ReplaceAll(0, 2600, 2), options).has_value();
      if (passed) {
        ExpectRange(**store->NewView(), 0, 2600, 2);
        break;
      }
      ++deaths;
      EXPECT_EQ(Told(*store, **store->NewView()), told);
      store.reset();
      DieAfter(lasting, clearing);
      const auto next = lasting.Open();
      ASSERT_TRUE(next.has_value()) << "an open writes nothing";
      // The next commit clears first what the dead one left, whatever becomes of itself.
      const auto refused =
          (*next)->Commit(Edits("none", {Edit(EditKind::kRemove, "10.9.9.9")}), By("x"));
      cleared = !refused && refused.error().code == ErrorCode::kConflict;
      lasting.hooks() = {};
      CheckNothingLandedAndGoOn(lasting, told);
    }
  }
  EXPECT_TRUE(passed);
  EXPECT_GE(deaths, 8) << "it was to die in the middle";
}

// The same process goes on after its writes failed for a while.
TEST(Sliced, FailedWritesInOneProcessAreForgottenByTheNextCommit) {
  for (int writes = 0; writes < 4; ++writes) {
    const LastingEngine lasting;
    const auto store = lasting.Create();
    CommitOldTable(*store);
    const std::string told = Told(*store, **store->NewView());
    DieAfter(lasting, writes);
    ASSERT_FALSE(store->Commit(ReplaceAll(0, 2600, 2), By("x")).has_value()) << writes;
    lasting.hooks() = {};
    EXPECT_EQ(Told(*store, **store->NewView()), told);
    // A snapshot may come between.
    ASSERT_TRUE(store->CreateSnapshot("now", Revision{1}, By("x")));
    ASSERT_TRUE(store->Commit(Edits("id-000041", {Edit(EditKind::kAdd, "10.0.0.1")}), By("x")));
    EXPECT_EQ((*store->NewView())->revision(), Revision{kOldRevisions + 1});
    EXPECT_FALSE(store->Read(NumberedId(2000)).has_value());
    ExpectSound(*store);
  }
}

TEST(Sliced, TenThousandIdsAreRestoredAtOnce) {
  const StoreHolder store(Kind::kRocksDb);
  constexpr size_t kIds = 10000;
  ASSERT_TRUE(store->Commit(ReplaceAll(0, kIds, 1), By("x")));
  ASSERT_TRUE(store->Commit(ReplaceAll(0, kIds, 2), By("x")));
  std::vector<RestoreTarget> targets;
  for (size_t i = 0; i < kIds; ++i) targets.push_back({NumberedId(i), Version{1}, Version{2}});
  ASSERT_EQ(store->Restore(targets, By("back"))->revision, Revision{3});
  ExpectRange(**store->NewView(), 0, kIds, 1);
  for (RestoreTarget& target : targets) target.expect.reset();
  const Result<CommitResult> again = store->Restore(targets, By("back"));
  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE(again->revision.has_value());
  EXPECT_EQ(again->unchanged.size(), kIds);
  EXPECT_EQ(again->unchanged[5].version, Version{3});
  ExpectSound(*store);
}

TEST(Sliced, TableIsRestoredOverBirthsAndDeletions) {
  StoreHolder store(Kind::kRocksDb);
  ASSERT_TRUE(store->Commit(ReplaceAll(0, 2000, 1), By("x")));
  Change change = ReplaceAll(1000, 3000, 2);
  for (size_t i = 0; i < 500; ++i) change.ids.push_back({NumberedId(i), DeleteId{}, std::nullopt});
  ASSERT_EQ(store->Commit(change, By("x"))->revision, Revision{2});
  ASSERT_EQ(TableOf(**store->NewView()).size(), 2500U);
  // By glob: only those that match.
  const auto some = store->RestoreTable(Revision{1}, "id-0000*", By("back"));
  ASSERT_TRUE(some.has_value()) << some.error().message;
  EXPECT_EQ(some->changes.size(), 100U);
  const auto all = store->RestoreTable(Revision{1}, "", By("back"));
  ASSERT_TRUE(all.has_value()) << all.error().message;
  EXPECT_EQ(all->changes.size(), 400U + 1000 + 1000);
  store.Reopen();
  const auto view = *store->NewView();
  EXPECT_EQ(TableOf(*view).size(), 2000U);
  ExpectRange(*view, 0, 2000, 1);
  EXPECT_FALSE(store->RestoreTable(Revision{1}, "", By("back"))->revision.has_value());
  // And forward again, to where those IDs lived.
  ASSERT_TRUE(store->RestoreTable(Revision{2}, "", By("forth")).has_value());
  ExpectRange(**store->NewView(), 1000, 3000, 2);
  EXPECT_EQ(TableOf(**store->NewView()).size(), 2500U);
  ExpectSound(*store);
}

}  // namespace
}  // namespace switchback
