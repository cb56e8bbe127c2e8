// What a commit refuses, and what it promises: expectations, preconditions, request IDs, times,
// limits.
#include <gmock/gmock.h>

#include "store_fixture.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CommitTest : public ::testing::TestWithParam<Kind> {
 protected:
  FakeClock clock_;
  StoreHolder store_{GetParam(), OpenOptions{.environment = {},
                                             .origin = {"ann", "host", "test", "1"},
                                             .clock = clock_.clock()}};

  CommitResult Must(const Result<CommitResult>& result) {
    EXPECT_TRUE(result.has_value()) << (result ? "" : result.error().message);
    return result.value_or(CommitResult{});
  }
  void ExpectRefused(const Result<CommitResult>& result, ErrorCode code,
                     const std::string& message) {
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, code) << result.error().message;
    EXPECT_THAT(result.error().message, HasSubstr(message));
    EXPECT_EQ((*store_->NewView())->revision().value, revisions_) << "nothing may be written";
  }
  CommitResult Land(const Result<CommitResult>& result) {
    ++revisions_;
    return Must(result);
  }
  std::vector<std::string> Now(std::string_view id) {
    return Texts(*(*store_->Read(Id(id)))->list);
  }

  uint64_t revisions_ = 0;
};

TEST_P(CommitTest, OutageIsRolledBackInOneCommand) {
  Land(store_->Commit(Set("394521", Range(0x0a140000, 812)), By("deploy")));
  const Digest good = (*store_->Read(Id("394521")))->digest();
  const CommitResult bad =
      Land(store_->Commit(Set("394521", List({"172.16.9.4:8000"})), By("tool")));
  EXPECT_EQ(bad.changes.at(0).removed, 812U);
  EXPECT_EQ(bad.changes.at(0).added, 1U);
  const auto before =
      (*store_->NewView())->Resolve(Id("394521"), RevisionSelector{*bad.revision, /*before=*/true});
  const CommitResult back =
      Land(store_->Restore({{Id("394521"), before->version, bad.changes[0].version}}, By("ann")));
  EXPECT_EQ(back.changes.at(0).version.value, 3U);
  EXPECT_EQ((*store_->Read(Id("394521")))->digest(), good);
  // A second run finds it done.
  const CommitResult again =
      Must(store_->Restore({{Id("394521"), before->version, std::nullopt}}, By("ann")));
  EXPECT_FALSE(again.revision.has_value());
  EXPECT_EQ(again.unchanged.at(0).version.value, 3U);
  ExpectSound(*store_);
}

TEST_P(CommitTest, EqualListMakesNoVersion) {
  Land(store_->Commit(Set("a", List({"10.0.0.1:80"})), By("x")));
  const CommitResult same = Must(store_->Commit(Set("a", List({"10.0.0.1:80"})), By("y")));
  EXPECT_FALSE(same.revision.has_value());
  EXPECT_TRUE(same.changes.empty());
  EXPECT_EQ(same.unchanged.at(0).version.value, 1U);
}

TEST_P(CommitTest, EmptyListIsAListAndDeletedIsNot) {
  Land(store_->Commit(Set("a", EndpointList()), By("x")));
  EXPECT_THAT(Now("a"), ElementsAre());
  Land(store_->Commit(Delete("a"), By("x")));
  EXPECT_EQ(store_->Read(Id("a")).error().code, ErrorCode::kNotFound);
  ExpectRefused(store_->Commit(Delete("a"), By("x")), ErrorCode::kNotFound, "deleted");
  ExpectRefused(store_->Commit(Delete("b"), By("x")), ErrorCode::kNotFound, "no business ID");
  const CommitResult born = Land(store_->Commit(Set("a", List({"10.0.0.1"})), By("x")));
  EXPECT_EQ(born.changes.at(0).version.value, 3U) << "numbering goes on";
  ExpectSound(*store_);
}

TEST_P(CommitTest, EditsWithoutAnIdMakeItEvenIfEmpty) {
  const CommitResult made = Land(store_->Commit(Edits("a", {}), By("x")));
  EXPECT_EQ(made.changes.at(0).version.value, 1U);
  EXPECT_THAT(Now("a"), ElementsAre());
}

TEST_P(CommitTest, EditPreconditionsAreAllListed) {
  Land(store_->Commit(Set("a", List({"10.0.0.1:80 weight=1", "10.0.0.2:80"})), By("x")));
  const Change change =
      Edits("a", {Edit(EditKind::kAdd, "10.0.0.1:80"), Edit(EditKind::kRemove, "10.0.0.9:80"),
                  Edit(EditKind::kRemove, "10.0.0.2:80 weight=3", /*match_value=*/true),
                  Edit(EditKind::kAdd, "10.0.0.3:80")});
  const Result<CommitResult> result = store_->Commit(change, By("x"));
  ExpectRefused(result, ErrorCode::kConflict, "3 edits do not fit");
  EXPECT_THAT(result.error().items,
              ElementsAre(HasSubstr("a 10.0.0.1:80: to be added, is there already with weight=1"),
                          HasSubstr("a 10.0.0.2:80: to be removed with weight=3"),
                          HasSubstr("a 10.0.0.9:80: to be removed, is not there")));
  EXPECT_EQ(result.error().item_count, 3U);
}

TEST_P(CommitTest, EditIfNeededTakesWhatIsAlreadySo) {
  Land(store_->Commit(Set("a", List({"10.0.0.1:80 weight=1"})), By("x")));
  Change change = Edits(
      "a", {Edit(EditKind::kAdd, "10.0.0.1:80 weight=1"), Edit(EditKind::kRemove, "10.0.0.9:80")});
  std::get<EditEndpoints>(change.ids[0].action).if_needed = true;
  EXPECT_FALSE(Must(store_->Commit(change, By("x"))).revision.has_value());
  // A key that is there with another value is still a conflict.
  change = Edits("a", {Edit(EditKind::kAdd, "10.0.0.1:80 weight=2")});
  std::get<EditEndpoints>(change.ids[0].action).if_needed = true;
  ExpectRefused(store_->Commit(change, By("x")), ErrorCode::kConflict, "is there already");
}

TEST_P(CommitTest, RemoveAndAddOfOneKeyIsAChange) {
  Land(store_->Commit(Set("a", List({"10.0.0.1:80 weight=1"})), By("x")));
  const CommitResult result = Land(store_->Commit(
      Edits("a", {Edit(EditKind::kAdd, "10.0.0.1:80 weight=2"),
                  Edit(EditKind::kRemove, "10.0.0.1:80 weight=1", /*match_value=*/true)}),
      By("x")));
  EXPECT_EQ(result.changes.at(0).changed, 1U);
  EXPECT_EQ(result.changes.at(0).added, 0U);
  EXPECT_THAT(Now("a"), ElementsAre("10.0.0.1:80 weight=2"));
  ExpectRefused(store_->Commit(Edits("a", {Edit(EditKind::kAdd, "10.0.0.7"),
                                           Edit(EditKind::kAdd, "10.0.0.7")}),
                               By("x")),
                ErrorCode::kInvalidArgument, "stands 2 times");
}

TEST_P(CommitTest, CompareAndSetPerIdAndOnTheHead) {
  Land(store_->Commit(Set("a", List({"10.0.0.1"})), By("x")));
  Change change = Set("a", List({"10.0.0.2"}));
  change.ids[0].expect = Version{0};
  ExpectRefused(store_->Commit(change, By("x")), ErrorCode::kConflict,
                "expected not to exist, found version 1");
  change.ids[0].expect = Version{7};
  ExpectRefused(store_->Commit(change, By("x")), ErrorCode::kConflict,
                "expected version 7, found 1");
  change = Set("new", List({"10.0.0.2"}));
  change.ids[0].expect = Version{1};
  ExpectRefused(store_->Commit(change, By("x")), ErrorCode::kConflict, "does not exist");
  CommitOptions options = By("x");
  options.expect_head = Revision{5};
  change.ids[0].expect = Version{0};
  ExpectRefused(store_->Commit(change, options), ErrorCode::kConflict, "found r1");
  options.expect_head = Revision{1};
  Land(store_->Commit(change, options));
}

TEST_P(CommitTest, SeveralIdsAllOrNothing) {
  Land(store_->Commit(Set("a", List({"10.0.0.1"})), By("x")));
  Change change = Set("b", List({"10.0.0.2"}));
  change.ids.push_back({Id("a"), EditEndpoints{{Edit(EditKind::kAdd, "10.0.0.1")}, false}, {}});
  change.ids.push_back({Id("c"), Replace{List({"10.0.0.3"})}, Version{4}});
  const Result<CommitResult> result = store_->Commit(change, By("x"));
  ExpectRefused(result, ErrorCode::kConflict, "2 business IDs are not as expected");
  EXPECT_EQ(result.error().items.size(), 2U);
  EXPECT_FALSE(store_->Read(Id("b")).has_value());
  change.ids.push_back({Id("b"), DeleteId{}, {}});
  ExpectRefused(store_->Commit(change, By("x")), ErrorCode::kInvalidArgument, "twice");
}

TEST_P(CommitTest, DryRunSaysButDoesNot) {
  CommitOptions options = By("x");
  options.dry_run = true;
  const CommitResult result = Must(store_->Commit(Set("a", List({"10.0.0.1"})), options));
  EXPECT_FALSE(result.revision.has_value());
  EXPECT_EQ(result.changes.at(0).added, 1U);
  EXPECT_EQ(result.changes.at(0).version.value, 1U);
  EXPECT_FALSE(store_->Read(Id("a")).has_value());
}

TEST_P(CommitTest, RequestIdReturnsTheFirstResult) {
  CommitOptions options = By("x");
  options.request_id = "req-1";
  const CommitResult first = Land(store_->Commit(Set("a", List({"10.0.0.1"})), options));
  EXPECT_FALSE(first.replayed);
  Land(store_->Commit(Set("a", List({"10.0.0.2"})), By("y")));
  store_.Reopen();
  const CommitResult again = Must(store_->Commit(Set("a", List({"10.0.0.1"})), options));
  EXPECT_TRUE(again.replayed);
  EXPECT_EQ(again.revision, first.revision);
  EXPECT_EQ(again.changes.at(0).version, first.changes.at(0).version);
  EXPECT_EQ(again.changes.at(0).added, 1U);
  EXPECT_THAT(Now("a"), ElementsAre("10.0.0.2")) << "whatever landed since stays";
  ExpectRefused(store_->Commit(Set("a", List({"10.0.0.3"})), options), ErrorCode::kConflict,
                "was used for another change, r1");
}

TEST_P(CommitTest, RepeatedTableRestoreIsReplayed) {
  Land(store_->Commit(Set("a", List({"10.0.0.1"})), By("x")));
  Land(store_->Commit(Set("a", List({"10.0.0.2"})), By("x")));
  CommitOptions options = By("x");
  options.request_id = "back";
  Land(store_->RestoreTable(Revision{1}, "", options));
  EXPECT_TRUE(Must(store_->RestoreTable(Revision{1}, "", options)).replayed);
}

TEST_P(CommitTest, BookmarkMovesWithItsCommitAlone) {
  EXPECT_EQ(*store_->ReadBookmark("feed"), std::nullopt);
  CommitOptions options = By("x");
  options.bookmark = Bookmark{"feed", "line 1"};
  Land(store_->Commit(Set("a", List({"10.0.0.1"})), options));
  EXPECT_EQ(*store_->ReadBookmark("feed"), "line 1");
  options.bookmark->value = "line 2";
  ExpectRefused(store_->Commit(Edits("a", {Edit(EditKind::kRemove, "10.9.9.9")}), options),
                ErrorCode::kConflict, "is not there");
  EXPECT_EQ(*store_->ReadBookmark("feed"), "line 1");
  EXPECT_FALSE(Must(store_->Commit(Set("a", List({"10.0.0.1"})), options)).revision);
  EXPECT_EQ(*store_->ReadBookmark("feed"), "line 2") << "a line that changes nothing moves it on";
}

TEST_P(CommitTest, OwnTimesAreForAnImportBegunInAnEmptyStore) {
  CommitOptions options = By("x");
  options.operation = Operation::kImport;
  options.time = Timestamp{*clock_.micros + int64_t{301} * 1'000'000};
  ExpectRefused(store_->Commit(Set("a", List({"10.0.0.1"})), options), ErrorCode::kInvalidArgument,
                "5 minutes ahead");
  options.time = Timestamp{1'000'000};
  Land(store_->Commit(Set("a", List({"10.0.0.1"})), options));
  options.time = Timestamp{500'000};  // goes back: kept, but the effective time does not
  Land(store_->Commit(Set("a", List({"10.0.0.2"})), options));
  const auto view = *store_->NewView();
  EXPECT_EQ(view->DescribeRevision(Revision{2})->time.micros, 500'000);
  EXPECT_EQ(view->DescribeRevision(Revision{2})->effective_time.micros, 1'000'000);
  EXPECT_EQ(view->ResolveRevision(TimeSelector{{999'999}})->value, 0U);
  EXPECT_EQ(view->ResolveRevision(TimeSelector{{1'000'000}})->value, 2U);
  EXPECT_EQ(view->Resolve(Id("a"), TimeSelector{{1'000'000}})->version.value, 2U);
  EXPECT_EQ(view->Resolve(Id("a"), TimeSelector{{999'999}}).error().code, ErrorCode::kNotFound);
}

TEST_P(CommitTest, OwnTimesAreRefusedElsewhere) {
  Land(store_->Commit(Set("a", List({"10.0.0.1"})), By("x")));
  CommitOptions options = By("x");
  options.time = Timestamp{1'000'000};
  ExpectRefused(store_->Commit(Set("a", List({"10.0.0.2"})), options), ErrorCode::kInvalidArgument,
                "import begun in an empty store");
  options.time.reset();
  options.original_time = Timestamp{1'000'000};
  Land(store_->Commit(Set("a", List({"10.0.0.2"})), options));
  EXPECT_EQ((*store_->NewView())->DescribeRevision(Revision{2})->original_time,
            Timestamp{1'000'000});
}

TEST_P(CommitTest, MetadataComesBack) {
  CommitOptions options = By("ann");
  options.operation = Operation::kEdit;
  options.message = "drain pool\nsecond line";
  options.ticket = "OPS-1";
  options.source = "pipeline";
  options.request_id = "r";
  Land(store_->Commit(Set("a", List({"10.0.0.1"})), options));
  store_.Reopen();
  const auto info = (*store_->NewView())->DescribeRevision(Revision{1});
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->author, "ann");
  EXPECT_EQ(info->message, "drain pool\nsecond line");
  EXPECT_EQ(info->ticket, "OPS-1");
  EXPECT_EQ(info->source, "pipeline");
  EXPECT_EQ(info->request_id, "r");
  EXPECT_EQ(info->operation, Operation::kEdit);
  EXPECT_EQ(info->origin.user, "ann");
  EXPECT_EQ(info->origin.program, "test");
  EXPECT_EQ(info->time.micros, *clock_.micros);
}

TEST_P(CommitTest, LimitsAreNamed) {
  CommitOptions options = By("x");
  options.message = std::string(kMaxMessageBytes + 1, 'm');
  ExpectRefused(store_->Commit(Set("a", List({"10.0.0.1"})), options), ErrorCode::kLimitExceeded,
                "4096");
  options.message.pop_back();
  Land(store_->Commit(Set("a", List({"10.0.0.1"})), options));
  options = By(std::string(kMaxShortTextBytes + 1, 'a'));
  ExpectRefused(store_->Commit(Set("a", List({"10.0.0.2"})), options), ErrorCode::kLimitExceeded,
                "256");
  ExpectRefused(store_->Commit(Set("a", List({"10.0.0.2"})), By("a\x01")),
                ErrorCode::kInvalidArgument, "UTF-8");
  ExpectRefused(store_->Commit(Set("a", List({"10.0.0.2"})), By("\xc3")),
                ErrorCode::kInvalidArgument, "UTF-8");
  Change change;
  for (size_t i = 0; i <= kMaxIdsPerRevision; ++i) {
    change.ids.push_back({Id("id-" + std::to_string(i)), DeleteId{}, std::nullopt});
  }
  ExpectRefused(store_->Commit(change, By("x")), ErrorCode::kLimitExceeded, "1000000");
}

TEST_P(CommitTest, BadEndpointsFromACallerAreRefused) {
  EndpointEdit edit = Edit(EditKind::kAdd, "10.0.0.0/24");
  edit.endpoint.key.address.low |= 1;
  ExpectRefused(store_->Commit(Edits("a", {edit}), By("x")), ErrorCode::kInvalidArgument,
                "host bits");
  edit = Edit(EditKind::kAdd, "10.0.0.1");
  edit.endpoint.attributes = "zone=b rack=a";  // not sorted
  ExpectRefused(store_->Commit(Edits("a", {edit}), By("x")), ErrorCode::kInvalidArgument,
                "not canonical");
}

TEST_P(CommitTest, DeleteWithRemovesMustEmptyTheList) {
  Land(store_->Commit(Set("a", List({"10.0.0.1", "10.0.0.2"})), By("x")));
  Change change = Delete("a");
  std::get<DeleteId>(change.ids[0].action).removes = {
      Edit(EditKind::kRemove, "10.0.0.1", /*match_value=*/true)};
  ExpectRefused(store_->Commit(change, By("x")), ErrorCode::kConflict, "leave 1 of 2");
  std::get<DeleteId>(change.ids[0].action)
      .removes->push_back(Edit(EditKind::kRemove, "10.0.0.2", true));
  Land(store_->Commit(change, By("x")));
}

TEST_P(CommitTest, ReadIfNewerAndContains) {
  Land(store_->Commit(Set("a", List({"10.0.0.1:80"})), By("x")));
  EXPECT_EQ(*store_->ReadIfNewer(Id("a"), Version{1}), nullptr);
  EXPECT_EQ((*store_->ReadIfNewer(Id("a"), Version{0}))->version.value, 1U);
  EXPECT_EQ(store_->ReadIfNewer(Id("b"), Version{0}).error().code, ErrorCode::kNotFound);
  const auto view = *store_->NewView();
  EXPECT_TRUE(*view->Contains(Id("a"), ParseEndpoint("10.0.0.1:80")->key));
  EXPECT_FALSE(*view->Contains(Id("a"), ParseEndpoint("10.0.0.1:81")->key));
}

TEST_P(CommitTest, ViewsStayAtTheirRevision) {
  Land(store_->Commit(Set("a", List({"10.0.0.1"})), By("x")));
  const auto view = *store_->NewView();
  Land(store_->Commit(Set("a", List({"10.0.0.2"})), By("x")));
  Land(store_->Commit(Set("b", List({"10.0.0.2"})), By("x")));
  EXPECT_EQ(view->revision().value, 1U);
  EXPECT_THAT(Texts(*(*view->Read(Id("a")))->list), ElementsAre("10.0.0.1"));
  EXPECT_FALSE(view->Read(Id("b")).has_value());
  EXPECT_EQ(view->Read(Id("a"), Version{2}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(view->DescribeRevision(Revision{2}).error().code, ErrorCode::kNotFound);
}

TEST_P(CommitTest, SelectorsResolve) {
  for (int i = 1; i <= 9; ++i) {
    clock_.Advance(60'000'000);
    Land(store_->Commit(Set(i % 3 == 0 ? "b" : "a", List({"10.0.0." + std::to_string(i)})),
                        By("x")));
  }
  const auto view = *store_->NewView();
  const auto version = [&](const Selector& selector) -> Result<uint64_t> {
    const Result<ResolvedVersion> resolved = view->Resolve(Id("a"), selector);
    if (!resolved) return std::unexpected(resolved.error());
    return resolved->version.value;
  };
  EXPECT_EQ(*version(HeadSelector{}), 6U);
  EXPECT_EQ(*version(HeadSelector{5}), 1U);
  EXPECT_EQ(version(HeadSelector{6}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(*version(Version{3}), 3U);
  EXPECT_EQ(version(Version{0}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(version(Version{7}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(*version(RevisionSelector{Revision{6}, false}), 4U);
  EXPECT_EQ(*version(RevisionSelector{Revision{4}, true}), 2U);
  EXPECT_EQ(version(RevisionSelector{Revision{10}, false}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(version(RevisionSelector{Revision{1}, true}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(*version(TimeSelector{{*clock_.micros - 60'000'000}}), 6U);
  EXPECT_EQ(*version(TimeSelector{{*clock_.micros - 60'000'001}}), 5U);
  ASSERT_TRUE(store_->CreateSnapshot("friday", Revision{4}, By("x")));
  EXPECT_EQ(version(NameSelector{"friday"}).error().code, ErrorCode::kNotFound)
      << "the view is older than the name";
  const auto later = *store_->NewView();
  EXPECT_EQ(later->Resolve(Id("a"), NameSelector{"friday"})->version.value, 3U);
  EXPECT_EQ(later->ResolveRevision(NameSelector{"friday"})->value, 4U);
  EXPECT_EQ(later->ResolveRevision(HeadSelector{2})->value, 7U);
  EXPECT_EQ(later->ResolveRevision(Version{2}).error().code, ErrorCode::kInvalidArgument);
}

TEST_P(CommitTest, SnapshotsComeAndGoAndAreJournaled) {
  Land(store_->Commit(Set("a", List({"10.0.0.1"})), By("x")));
  ASSERT_TRUE(store_->CreateSnapshot("friday", Revision{1}, By("ann")));
  EXPECT_EQ(store_->CreateSnapshot("friday", Revision{1}, By("ann")).error().code,
            ErrorCode::kAlreadyExists);
  EXPECT_EQ(store_->CreateSnapshot("later", Revision{2}, By("ann")).error().code,
            ErrorCode::kNotFound);
  EXPECT_EQ(store_->CreateSnapshot("head", Revision{1}, By("ann")).error().code,
            ErrorCode::kInvalidArgument);
  store_.Reopen();
  ASSERT_EQ(store_->ListSnapshots()->size(), 1U);
  EXPECT_EQ(store_->ListSnapshots()->at(0).author, "ann");
  Land(store_->Commit(Set("a", List({"10.0.0.2"})), By("x")));
  ASSERT_TRUE(store_->DeleteSnapshot("friday", By("ann")));
  EXPECT_EQ(store_->DeleteSnapshot("friday", By("ann")).error().code, ErrorCode::kNotFound);
  EXPECT_TRUE(store_->ListSnapshots()->empty());
  ExpectSound(*store_);
}

INSTANTIATE_TEST_SUITE_P(Engines, CommitTest, ::testing::Values(Kind::kMemory, Kind::kRocksDb),
                         [](const auto& kind) {
                           return kind.param == Kind::kMemory ? "Memory" : "RocksDb";
                         });

TEST(StoreOpen, RefusesWhatIsNotItsOwn) {
  const TempFolder folder;
  EXPECT_EQ(Store::Open(folder.path(), {}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Store::Create(folder.path(), {"no blanks", {}}).error().code,
            ErrorCode::kInvalidArgument);
  ASSERT_TRUE(Store::Create(folder.path(), {"prod", {}}).has_value());
  EXPECT_EQ(Store::Create(folder.path(), {"prod", {}}).error().code, ErrorCode::kAlreadyExists);
  OpenOptions options;
  options.environment = "test";
  EXPECT_EQ(Store::Open(folder.path(), options).error().code, ErrorCode::kWrongEnvironment);
  options.environment = "prod";
  const auto store = Store::Open(folder.path(), options);
  ASSERT_TRUE(store.has_value());
  EXPECT_EQ((*store)->identity().environment, "prod");
  EXPECT_EQ((*store)->identity().uuid.size(), 36U);
  EXPECT_EQ(Store::Open(folder.path(), options).error().code, ErrorCode::kHeld);
}

TEST(StoreOpen, ReadOnlySeesAndDoesNotWrite) {
  const StoreHolder store(Kind::kRocksDb);
  ASSERT_TRUE(store->Commit(Set("a", List({"10.0.0.1"})), By("x")));
  OpenOptions options;
  options.read_only = true;
  const auto reader = Store::Open(store.path(), options);
  ASSERT_TRUE(reader.has_value()) << reader.error().message;
  EXPECT_EQ((*(*reader)->Read(Id("a")))->version.value, 1U);
  EXPECT_FALSE((*reader)->Commit(Set("a", EndpointList()), By("x")).has_value());
  CommitOptions dry = By("x");
  dry.dry_run = true;
  EXPECT_EQ((*reader)->Commit(Set("a", EndpointList()), dry)->changes.at(0).removed, 1U);
}

}  // namespace
}  // namespace switchback
