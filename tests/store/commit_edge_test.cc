// Defects that a reading of the code found, each held by a test: what callers may hand in, repeated
// requests, reading costs behind restored restores, what one write may hold.
#include <gmock/gmock.h>

#include <fstream>

#include "hooked_engine.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

using ::testing::HasSubstr;

ErrorCode CodeOf(const Result<CommitResult>& result) {
  EXPECT_FALSE(result.has_value());
  return result ? ErrorCode::kIoError : result.error().code;
}

TEST(CommitEdge, TimesThatRowsCannotHoldAreRefused) {
  FakeClock clock;
  const StoreHolder store(Kind::kMemory, OpenOptions{.clock = clock.clock()});
  for (const int64_t micros : {int64_t{-1}, int64_t{9'000'000'000'000'000'000}, INT64_MAX}) {
    CommitOptions options = By("x");
    options.original_time = Timestamp{micros};
    EXPECT_EQ(CodeOf(store->Commit(Set("a", Range(1, 2)), options)), ErrorCode::kInvalidArgument);
  }
  *clock.micros = -5;
  EXPECT_EQ(CodeOf(store->Commit(Set("a", Range(1, 2)), By("x"))), ErrorCode::kInvalidArgument);
  *clock.micros = 1'700'000'000'000'000;
  CommitOptions options = By("x");
  options.operation = static_cast<Operation>(0);
  EXPECT_EQ(CodeOf(store->Commit(Set("a", Range(1, 2)), options)), ErrorCode::kInvalidArgument);
  EXPECT_TRUE(store->Commit(Set("a", Range(1, 2)), By("x")).has_value());
  ExpectSound(*store);
}

TEST(CommitEdge, MovedFromIdsAndListsAreRefused) {
  const StoreHolder store(Kind::kMemory);
  Change change = Set("a", Range(1, 2));
  const BusinessId taken = std::move(change.ids[0].id);
  EXPECT_EQ(CodeOf(store->Commit(change, By("x"))), ErrorCode::kInvalidArgument);
  change = Set("a", Range(1, 2));
  const EndpointList gone = std::move(std::get<Replace>(change.ids[0].action).list);
  EXPECT_EQ(CodeOf(store->Commit(change, By("x"))), ErrorCode::kInvalidArgument);
  EXPECT_EQ(gone.size(), 2U);
}

TEST(CommitEdge, ListWithAWrongDigestIsRefused) {
  const StoreHolder store(Kind::kMemory);
  EndpointListBuilder builder;
  builder.Append(ParseEndpoint("10.0.0.1")->view());
  const auto result = store->Commit(Set("a", builder.FinishWithDigest(Digest{1, 2})), By("x"));
  EXPECT_EQ(CodeOf(result), ErrorCode::kInvalidArgument);
  EXPECT_THAT(result.error().message, HasSubstr("digest"));
}

TEST(CommitEdge, TerminalControlsAreRefusedInNames) {
  const StoreHolder store(Kind::kMemory);
  EXPECT_EQ(CodeOf(store->Commit(Set("a", Range(1, 2)), By("a\xc2\x9b"
                                                           "2J"))),
            ErrorCode::kInvalidArgument);
  EXPECT_TRUE(store->Commit(Set("a", Range(1, 2)), By("J\xc3\xb6rg")).has_value());
}

TEST(CommitEdge, RestoringARestoreKeepsTheReadCostBound) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  uint32_t next = 0x0a000000;
  const auto must = [&](const Result<CommitResult>& result) {
    ASSERT_TRUE(result.has_value()) << result.error().message;
  };
  must(store->Commit(Set("a", Range(0x0b000000, 100, 7919)), By("x")));
  for (int cycle = 0; cycle < 20; ++cycle) {
    for (int i = 0; i < 40; ++i) {
      next += 104'729;
      must(store->Commit(
          Edits("a", {Edit(EditKind::kSet, FormatEndpointKey({{Family::kIPv4, 0, next}, 32, 80}))}),
          By("x")));
      const ListHandle now = *store->Read(Id("a"));
      must(store->Commit(
          Edits("a", {Edit(EditKind::kRemove, FormatEndpointKey(now->list->Key(i % 100)))}),
          By("x")));
    }
    const Version good = (*store->Read(Id("a")))->version;
    must(store->Commit(Set("a", Range(1, 1)), By("x")));
    must(store->Restore({{Id("a"), good, std::nullopt}}, By("x")));
    const Version restored = (*store->Read(Id("a")))->version;
    must(store->Commit(Set("a", Range(1, 1)), By("x")));
    must(store->Restore({{Id("a"), restored, std::nullopt}}, By("x")));
  }
  const PlainReader reader(lasting);
  const Version newest = (*store->Read(Id("a")))->version;
  for (Version at{1}; at <= newest; at = at.Next()) {
    const auto located = reader.content().Locate(Id("a"), at);
    ASSERT_TRUE(located.has_value());
    // One KiB, since rows tell what reading them costs in whole ones.
    EXPECT_LE(located->cost, kMinCheckpointCost + kKiB + kJumpCost) << at.value;
  }
}

TEST(CommitEdge, RequestThatFoundNothingToDoFindsItAgain) {
  StoreHolder store(Kind::kRocksDb);
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 3)), By("x")));
  CommitOptions options = By("ann", Durability::kSynced);
  options.request_id = "k";
  EXPECT_FALSE(store->Restore({{Id("a"), Version{1}, std::nullopt}}, options)->revision);
  ASSERT_TRUE(store->Commit(Set("a", Range(50, 3)), By("x")));
  store.Reopen();
  const auto again = store->Restore({{Id("a"), Version{1}, std::nullopt}}, options);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_TRUE(again->replayed);
  EXPECT_FALSE(again->revision.has_value());
  EXPECT_EQ((*store->Read(Id("a")))->version.value, 2U) << "what landed since stays";
  EXPECT_EQ(CodeOf(store->Restore({{Id("a"), Version{2}, std::nullopt}}, options)),
            ErrorCode::kConflict);
  ExpectSound(*store);
}

TEST(CommitEdge, DryRunOfALandedRequestIsReplayedAndSnapshotsHeedDryRun) {
  const StoreHolder store(Kind::kMemory);
  CommitOptions options = By("x");
  options.request_id = "k";
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 3)), options));
  options.dry_run = true;
  EXPECT_TRUE(store->Commit(Set("a", Range(1, 3)), options)->replayed);
  CommitOptions dry = By("x");
  dry.dry_run = true;
  ASSERT_TRUE(store->CreateSnapshot("friday", Revision{1}, dry));
  EXPECT_TRUE(store->ListSnapshots()->empty());
  CommitOptions stale = By("x");
  stale.expect_head = Revision{7};
  EXPECT_EQ(store->CreateSnapshot("friday", Revision{1}, stale).error().code, ErrorCode::kConflict);
  EXPECT_TRUE(store->ListSnapshots()->empty());
}

TEST(CommitEdge, OneWriteStaysSmallHoweverLargeTheRows) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  Change lists;
  Change weights;
  for (int i = 0; i < 60; ++i) {
    const BusinessId id = Id("id-" + std::to_string(i));
    const auto start = static_cast<uint32_t>(i) << 20U;
    lists.ids.push_back({id, Replace{Range(start, 40'000, 17)}, std::nullopt});
    EndpointListBuilder builder;
    for (const Endpoint endpoint : Range(start, 40'000, 17)) {
      Endpoint changed = endpoint;
      if (endpoint.key.address.low % 3 == 0) {
        changed.value.weight = static_cast<uint32_t>(endpoint.key.address.low * 2'654'435'761U);
      }
      builder.Append(changed);
    }
    weights.ids.push_back({id, Replace{builder.Finish()}, std::nullopt});
  }
  ASSERT_TRUE(store->Commit(lists, By("x")));
  size_t largest = 0;
  lasting.hooks().before_write = [&](const WriteBatch& batch) -> Result<void> {
    largest = std::max(largest, batch.bytes());
    return {};
  };
  ASSERT_TRUE(store->Commit(weights, By("x")));
  lasting.hooks() = {};
  EXPECT_LE(largest, 2 * kMaxBytesAtOnce);
  ExpectSound(*store);
}

TEST(CommitEdge, ImportTimesAreForImportsAlone) {
  const StoreHolder store(Kind::kMemory);
  CommitOptions import = By("x");
  import.operation = Operation::kImport;
  import.time = Timestamp{1'000'000};
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 2)), import));
  CommitOptions set = By("x");
  set.time = Timestamp{2'000'000};
  EXPECT_EQ(CodeOf(store->Commit(Set("a", Range(1, 3)), set)), ErrorCode::kInvalidArgument);
}

TEST(CommitEdge, RefusedOriginLeavesNoStoreBehind) {
  const TempFolder folder;
  CreateOptions options{"test", {}};
  options.open.origin.user = std::string(kMaxShortTextBytes + 1, 'u');
  EXPECT_EQ(Store::Create(folder.path(), options).error().code, ErrorCode::kLimitExceeded);
  options.open.origin.user = "ann";
  EXPECT_TRUE(Store::Create(folder.path(), options).has_value());
}

TEST(CommitEdge, TimeFromALogNamesWhatWasLoggedThere) {
  FakeClock clock;
  const StoreHolder store(Kind::kMemory, OpenOptions{.clock = clock.clock()});
  clock.Advance(400'000);
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 2)), By("x")));
  clock.Advance(500'000);
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 3)), By("x")));
  clock.Advance(100'000);  // the next second
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 4)), By("x")));
  const auto view = *store->NewView();
  const Timestamp shown{1'700'000'000'000'000};
  EXPECT_EQ(view->Resolve(Id("a"), TimeSelector{shown})->version.value, 2U);
  EXPECT_EQ(view->ResolveRevision(TimeSelector{shown})->value, 2U);
  EXPECT_EQ(view->ResolveRevision(TimeSelector{{shown.micros + 400'000}})->value, 1U);
  EXPECT_EQ(view->ResolveRevision(TimeSelector{{shown.micros - 1}})->value, 0U);
}

TEST(CommitEdge, FolderWithOtherFilesIsNotTaken) {
  const TempFolder folder;
  std::filesystem::create_directory(folder.path());
  std::ofstream(folder.path() + "/notes.txt") << "mine";
  EXPECT_EQ(Store::Create(folder.path(), {"test", {}}).error().code, ErrorCode::kAlreadyExists);
  EXPECT_FALSE(std::filesystem::exists(folder.path() + "/CURRENT"));
  std::filesystem::remove(folder.path() + "/notes.txt");
  EXPECT_TRUE(Store::Create(folder.path(), {"test", {}}).has_value());
}

TEST(CommitEdge, CommitThatThrowsDoesNotBlockThoseBehindIt) {
  bool throws = false;
  FakeClock clock;
  OpenOptions options{.clock = clock.clock()};
  options.clock.now = [&throws, now = options.clock.now] {
    if (throws) throw std::bad_alloc();
    return now();
  };
  const StoreHolder store(Kind::kMemory, options);
  throws = true;
  EXPECT_THROW(static_cast<void>(store->Commit(Set("a", Range(1, 2)), By("x"))), std::bad_alloc);
  throws = false;
  EXPECT_TRUE(store->Commit(Set("a", Range(1, 2)), By("x")).has_value());
}

}  // namespace
}  // namespace switchback
