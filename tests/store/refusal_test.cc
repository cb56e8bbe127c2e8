// Refusals, and the walk over all that was said between commits: each is there after a reopen, a
// prune and a restored backup, in order, and the journal verifies; no list, revision or feed
// changes by one.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "hooked_engine.h"
#include "switchback/backup.h"
#include "switchback/feed.h"

namespace switchback {
namespace {

constexpr std::chrono::milliseconds kNow{0};

Refusal Refused(std::string_view call, std::string_view user = "eve") {
  return {.call = std::string(call),
          .missing = fmt::format("the role admin, for {}", call),
          .origin = {std::string(user), "host-1", "curl", "8"}};
}

using Strings = std::vector<std::string>;

// "r1.2 refusal prune", newest first.
Strings Said(const View& view, std::optional<Revision> from = std::nullopt) {
  const auto cursor = view.SaidRecords(from);
  EXPECT_TRUE(cursor.has_value()) << (cursor ? "" : cursor.error().message);
  Strings said;
  while (cursor) {
    const auto next = (*cursor)->Next();
    EXPECT_TRUE(next.has_value()) << (next ? "" : next.error().message);
    if (!next || !*next) break;
    const SaidRecord& record = **next;
    said.push_back(fmt::format("r{}.{} {} {}", record.info.revision.value, record.sub,
                               OperationName(record.info.operation), record.subject));
  }
  return said;
}
Strings Said(const Store& store) {
  return Said(**store.NewView());
}

class RefusalTest : public ::testing::TestWithParam<Kind> {
 protected:
  void Commit(std::string_view id, uint32_t start, Durability durability = Durability::kBuffered) {
    const auto done = store_->Commit(Set(id, Range(start, 3)), By("ann", durability));
    ASSERT_TRUE(done.has_value()) << done.error().message;
  }
  void Refuse(std::string_view call) {
    const auto recorded = store_->RecordRefusal(Refused(call));
    ASSERT_TRUE(recorded.has_value()) << recorded.error().message;
  }

  FakeClock clock_;
  StoreHolder store_{GetParam(),
                     {.origin = {"ann", "host-0", "test", "1"}, .clock = clock_.clock()}};
};
INSTANTIATE_TEST_SUITE_P(Engines, RefusalTest, ::testing::Values(Kind::kMemory, Kind::kRocksDb));

TEST_P(RefusalTest, TellsWhoWasRefusedWhatAndWhen) {
  Commit("a", 1);
  clock_.Advance(5);
  Refuse("prune");
  store_.Reopen();
  const auto view = *store_->NewView();
  const auto cursor = *view->SaidRecords();
  const auto next = cursor->Next();
  ASSERT_TRUE(next.has_value() && next->has_value());
  const SaidRecord& record = **next;
  EXPECT_EQ(record.info.revision, Revision{1});
  EXPECT_EQ(record.sub, 1U);
  EXPECT_EQ(record.info.operation, Operation::kRefusal);
  EXPECT_EQ(record.info.time, clock_.clock().now());
  EXPECT_EQ(record.info.effective_time, clock_.clock().now());
  EXPECT_EQ(record.info.origin, (Origin{"eve", "host-1", "curl", "8"}));
  EXPECT_EQ(record.info.message, "the role admin, for prune");
  EXPECT_EQ(record.info.author, "");
  EXPECT_EQ(record.info.id_count, 0U);
  EXPECT_EQ(record.subject, "prune");
  EXPECT_FALSE(record.target.has_value());
  EXPECT_FALSE(cursor->Next()->has_value());
  EXPECT_FALSE(cursor->Next()->has_value());
}

TEST_P(RefusalTest, StandsBetweenTheCommitsBesideAllElseThatIsSaid) {
  Refuse("before-any");
  Commit("a", 1);
  Refuse("one");
  Refuse("two");
  ASSERT_TRUE(store_->CreateSnapshot("monday", Revision{1}, By("ann")));
  Commit("a", 2);
  Commit("b", 2);
  ASSERT_TRUE(store_->DeleteSnapshot("monday", By("ann")));
  Refuse("three");
  store_.Reopen();
  EXPECT_EQ(Said(*store_), (Strings{"r3.2 refusal three", "r3.1 snapshot-delete monday",
                                    "r1.3 snapshot-create monday", "r1.2 refusal two",
                                    "r1.1 refusal one", "r0.1 refusal before-any"}));
  const auto view = *store_->NewView();
  EXPECT_EQ(Said(*view, Revision{2}).size(), 4U);
  EXPECT_EQ(Said(*view, Revision{0}), Strings{"r0.1 refusal before-any"});
  EXPECT_EQ(Said(**store_->NewViewAt(Revision{1})).size(), 4U);
  EXPECT_EQ(Said(**store_->NewViewAt(Revision{0})).size(), 1U);
  EXPECT_EQ(view->SaidRecords(Revision{4}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ((*store_->NewViewAt(Revision{1}))->SaidRecords(Revision{2}).error().code,
            ErrorCode::kNotFound);
  const auto cursor = *view->SaidRecords(Revision{1});
  EXPECT_EQ((*cursor->Next())->target, Revision{1});
  ExpectSound(*store_);
}

TEST_P(RefusalTest, ChangesNothingElse) {
  Commit("a", 1, Durability::kSynced);
  const auto feed = *store_->Subscribe({});
  const auto held = *store_->NewView();
  const ListHandle before = *store_->Read(Id("a"));
  Commit("a", 2);
  Refuse("one");
  EXPECT_EQ(store_->durable(), Revision{1});  // it has not synced what came before it
  EXPECT_FALSE(feed->Next(kNow)->has_value());
  ASSERT_TRUE(store_->Sync());
  const auto event = *feed->Next(kNow);
  ASSERT_TRUE(event.has_value());
  EXPECT_EQ(event->commit.revision, Revision{2});
  const std::string token = *feed->token();
  Refuse("two");
  EXPECT_EQ(*store_->Wait(Revision{2}, kNow), Revision{2});
  EXPECT_FALSE(feed->Next(kNow)->has_value());
  EXPECT_EQ(*feed->token(), token);
  EXPECT_TRUE(store_->Subscribe({.token = token}).has_value());
  EXPECT_EQ((*store_->NewView())->revision(), Revision{2});
  EXPECT_EQ((*store_->Read(Id("a")))->version, Version{2});
  EXPECT_EQ(*store_->ReadIfNewer(Id("a"), Version{2}), nullptr);
  EXPECT_EQ(Said(*held), Strings{});
  EXPECT_EQ((*held->Read(Id("a")))->digest(), before->digest());
  // Who expects this head is not held up.
  CommitOptions options = By("ann");
  options.expect_head = Revision{2};
  EXPECT_TRUE(store_->Commit(Set("a", Range(9, 1)), options).has_value());
}

TEST_P(RefusalTest, AFloodOfThemIsThereAfterAReopenAndVerifies) {
  constexpr uint64_t kFlood = 10'000;
  Commit("a", 1);
  for (uint64_t i = 1; i <= kFlood; ++i) {
    ASSERT_TRUE(store_->RecordRefusal(Refused("lists.replace", i % 2 == 0 ? "eve" : "mallory")));
    if (i == kFlood / 2) Commit("a", 2);
  }
  Commit("a", 3);
  ExpectSound(*store_);
  store_.Reopen();
  ExpectSound(*store_);
  const Strings said = Said(*store_);
  ASSERT_EQ(said.size(), kFlood);
  EXPECT_EQ(said.front(), "r2.5000 refusal lists.replace");
  EXPECT_EQ(said.back(), "r1.1 refusal lists.replace");
  const auto view = *store_->NewView();
  const auto history = *view->History(Id("a"));
  for (uint64_t version = 3; version > 0; --version) {
    EXPECT_EQ((*history->Next())->version, Version{version});
  }
  const auto probed = store_->Probe();
  EXPECT_TRUE(probed.has_value() && probed->ok());
}

TEST_P(RefusalTest, OutlivesPrunesBetweenTheCommitsThatTheyTake) {
  for (uint32_t i = 1; i <= 12; ++i) {
    Commit("a", i);
    Refuse(fmt::format("call-{}", i));
    if (i % 3 == 0) Commit("b", i);
  }
  const Strings before = Said(*store_);
  for (const uint64_t keep : {6, 2}) {
    PrunePolicy policy;
    policy.keep_last = keep;
    policy.glob = "a";
    const auto pruned = store_->Prune(policy, By("pruner"));
    ASSERT_TRUE(pruned.has_value()) << pruned.error().message;
    EXPECT_GT(pruned->dropped, 0U);
    Refuse("after-prune");
    ExpectSound(*store_);
    store_.Reopen();
    ExpectSound(*store_);
  }
  Strings after = Said(*store_);
  const Strings newest(after.begin(), after.begin() + 4);
  EXPECT_EQ(newest, (Strings{"r16.4 refusal after-prune", "r16.3 prune a",
                             "r16.2 refusal after-prune", "r16.1 prune a"}));
  after.erase(after.begin(), after.begin() + 4);
  EXPECT_EQ(after, before);
}

TEST_P(RefusalTest, AnImportBeginsBehindOneToo) {
  Refuse("before-any");
  CommitOptions options = By("ann");
  options.operation = Operation::kImport;
  options.time = Timestamp{1'600'000'000'000'000};
  ASSERT_TRUE(store_->Commit(Set("a", Range(1, 2)), options).has_value());
  Refuse("one");
  options.time = Timestamp{1'600'000'001'000'000};
  ASSERT_TRUE(store_->Commit(Set("a", Range(2, 2)), options).has_value());
  store_.Reopen();
  EXPECT_EQ((*store_->NewView())->DescribeRevision(Revision{2})->time, *options.time);
  EXPECT_EQ(Said(*store_).size(), 2U);
  ExpectSound(*store_);
}

TEST_P(RefusalTest, OneThatSaysTooLittleOrTooMuchIsNotTaken) {
  const auto code = [this](const Refusal& refusal) {
    const auto recorded = store_->RecordRefusal(refusal);
    return recorded ? std::optional<ErrorCode>() : recorded.error().code;
  };
  Refusal refusal = Refused("prune");
  refusal.call.clear();
  EXPECT_EQ(code(refusal), ErrorCode::kInvalidArgument);
  refusal = Refused("prune");
  refusal.missing.clear();
  EXPECT_EQ(code(refusal), ErrorCode::kInvalidArgument);
  refusal = Refused(std::string(257, 'x'));
  refusal.missing = "it";
  EXPECT_EQ(code(refusal), ErrorCode::kLimitExceeded);
  refusal = Refused("prune");
  refusal.missing = std::string(4097, 'x');
  EXPECT_EQ(code(refusal), ErrorCode::kLimitExceeded);
  EXPECT_EQ(code(Refused("pr\x1bune")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(Refused("prune", "e\xffve")), ErrorCode::kInvalidArgument);
  EXPECT_EQ(code(Refused("prune", std::string(257, 'e'))), ErrorCode::kLimitExceeded);
  refusal = Refused(std::string(256, 'x'));
  refusal.missing = std::string(4096, 'm');
  EXPECT_EQ(code(refusal), std::nullopt);
  EXPECT_EQ(Said(*store_).size(), 1U);
  ExpectSound(*store_);
}

TEST(RefusalOnDisk, IsSeenByAFollowerAndNotTakenByAReader) {
  const TempFolder folder;
  const auto store = *Store::Create(folder.path(), {"test", {}});
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 3)), By("ann")));
  const auto follower = *Store::Open(folder.path(), {.read_only = true, .follow = true});
  const auto feed = *follower->Subscribe({});
  EXPECT_FALSE(*follower->CatchUp());
  ASSERT_TRUE(store->RecordRefusal(Refused("prune")));
  EXPECT_FALSE(feed->Next(std::chrono::milliseconds(50))->has_value());
  EXPECT_EQ(Said(*follower), Strings{"r1.1 refusal prune"});
  ExpectSound(*follower);
  const auto recorded = follower->RecordRefusal(Refused("prune"));
  ASSERT_FALSE(recorded.has_value());
  EXPECT_EQ(recorded.error().code, ErrorCode::kInvalidArgument);
}

TEST(RefusalOnDisk, IsInABackupAndInTheStoreThatIsMadeOfIt) {
  const TempFolder folder;
  const std::string backups = folder.path("backups");
  {
    const auto store = *Store::Create(folder.path(), {"test", {}});
    ASSERT_TRUE(store->Commit(Set("a", Range(1, 3)), By("ann")));
    ASSERT_TRUE(store->RecordRefusal(Refused("prune")));
    ASSERT_TRUE(store->CreateBackup(backups, By("ann"), {}));
    ASSERT_TRUE(store->RecordRefusal(Refused("backups")));
    EXPECT_EQ(Said(*store), (Strings{"r1.3 refusal backups", "r1.2 backup-create " + backups,
                                     "r1.1 refusal prune"}));
    const auto view = *store->NewView();
    const auto cursor = *view->SaidRecords();
    ASSERT_TRUE(cursor->Next().has_value());
    EXPECT_EQ((*cursor->Next())->target, Revision{1});
  }
  EXPECT_TRUE(VerifyBackups(backups, std::nullopt, {})->ok());
  ASSERT_TRUE(RestoreBackup(backups, folder.path("restored"), {}, {}).has_value());
  const auto restored = *Store::Open(folder.path("restored"), {});
  EXPECT_EQ(Said(*restored), Strings{"r1.1 refusal prune"});
  ASSERT_TRUE(restored->RecordRefusal(Refused("lists.delete")));
  ExpectSound(*restored);
}

TEST(RefusalDamage, IsToldAndTheRestIsThere) {
  LastingEngine lasting;
  auto store = lasting.Create();
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 3)), By("ann")));
  for (const char* call : {"one", "two", "three"}) ASSERT_TRUE(store->RecordRefusal(Refused(call)));
  store.reset();
  const std::string whole = lasting.Value(Space::kHistory, RecordKey(Revision{1}, 2));
  const Strings damaged = {whole.substr(0, 4), whole + "x",
                           "\x01"
                           "\x01"
                           "a\x01",
                           whole.substr(0, whole.size() - 1)};
  for (const std::string& bytes : damaged) {
    WriteBatch batch;
    batch.Put(Space::kHistory, RecordKey(Revision{1}, 2), bytes);
    ASSERT_TRUE(lasting.engine().Write(batch, false));
    const auto opened = *lasting.Open();
    const auto view = *opened->NewView();
    const auto cursor = *view->SaidRecords();
    EXPECT_EQ((*cursor->Next())->subject, "three");
    const auto second = cursor->Next();
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, ErrorCode::kDataLoss);
    EXPECT_NE(second.error().message.find("r1.2"), std::string::npos) << second.error().message;
    EXPECT_EQ((*cursor->Next())->subject, "one");
    EXPECT_FALSE(cursor->Next()->has_value());
    EXPECT_GT(opened->Verify({})->damage_count, 0U);
  }
}

TEST(RefusalFaults, AFailedWriteLeavesAJournalThatGoesOn) {
  LastingEngine lasting;
  const auto store = lasting.Create();
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 3)), By("ann")));
  lasting.hooks().before_write = [](const WriteBatch&) -> Result<void> {
    return Fail(ErrorCode::kIoError, "disk on fire");
  };
  for (const char* user : {"eve", "mallory"}) {
    const auto recorded = store->RecordRefusal(Refused("prune", user));
    ASSERT_FALSE(recorded.has_value());
    EXPECT_EQ(recorded.error().code, ErrorCode::kIoError);
  }
  lasting.hooks() = {};
  EXPECT_EQ(Said(*store), Strings{});
  ASSERT_TRUE(store->RecordRefusal(Refused("prune", "mallory")));
  EXPECT_EQ(Said(*store), Strings{"r1.1 refusal prune"});
  ExpectSound(*store);
}

// A revision of many IDs whose writer died leaves rows that the next write clears, whatever it is.
TEST(RefusalFaults, ComesBehindARevisionThatWasNeverPublished) {
  LastingEngine lasting;
  auto store = lasting.Create();
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 3)), By("ann")));
  ASSERT_TRUE(store->RecordRefusal(Refused("one")));
  Change wide;
  for (size_t i = 0; i < 4 * kIdsAtOnce; ++i) {
    wide.ids.push_back({Id(fmt::format("wide-{}", 10'000 + i)), Replace{Range(1, 2)}, {}});
  }
  int writes = 0;
  lasting.hooks().before_write = [&writes](const WriteBatch&) {
    return ++writes > 2 ? Result<void>(Fail(ErrorCode::kIoError, "disk on fire")) : Result<void>();
  };
  ASSERT_FALSE(store->Commit(wide, By("ann")).has_value());
  store.reset();
  lasting.hooks() = {};
  store = *lasting.Open();
  ASSERT_TRUE(store->RecordRefusal(Refused("two")));
  EXPECT_EQ(Said(*store), (Strings{"r1.2 refusal two", "r1.1 refusal one"}));
  EXPECT_EQ((*store->NewView())->revision(), Revision{1});
  ASSERT_TRUE(store->Commit(wide, By("ann")).has_value());
  ASSERT_TRUE(store->RecordRefusal(Refused("three")));
  EXPECT_EQ(Said(*store).front(), "r2.1 refusal three");
  ExpectSound(*store);
}

}  // namespace
}  // namespace switchback
