// A change that is read as it is needed: the same commit as of a Change, whatever its size, with
// only some of it in memory; and nothing of it where the reader gives up or hands out nonsense.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <functional>
#include <limits>
#include <random>
#include <thread>

#include "hooked_engine.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

using ::testing::HasSubstr;

BusinessId NumberedId(size_t i) {
  return Id(fmt::format("id-{:07}", i));
}

// Births, edits, replacements, deletes and copies, over what FirstTable made.
IdChange ChangeOf(size_t i) {
  const BusinessId id = NumberedId(i);
  if (i % 2 == 1) {
    return {id, EditEndpoints{{Edit(EditKind::kAdd, fmt::format("10.7.0.{}", i % 250)),
                               Edit(EditKind::kSet, "[2001:db8::1]:443 weight=3 zone=a")}}};
  }
  switch (i / 2 % 4) {
    case 0:
      return {id, Replace{Range(0x0b000000, 1 + i % 5)}, Version{1}};
    case 1:
      return {id, EditEndpoints{{Edit(EditKind::kRemove, "10.0.0.0:8000 weight=100", true)}}};
    case 2:
      return {id, DeleteId{}};
    default:
      return {id, CopyVersion{Version{1}}};
  }
}

// Every second ID of `count`.
Change FirstTable(size_t count) {
  Change change;
  for (size_t i = 0; i < count; i += 2) {
    change.ids.push_back({NumberedId(i), Replace{Range(0x0a000000, 1 + i % 3)}});
  }
  return change;
}

Change Gathered(size_t count) {
  Change change;
  // Any order will do for a Change.
  for (size_t i = count; i-- > 0;) change.ids.push_back(ChangeOf(i));
  return change;
}

// Makes its changes as they are asked for, and counts.
class MadeChanges final : public ChangeReader {
 public:
  using Make = std::function<Result<std::optional<IdChange>>(size_t)>;
  explicit MadeChanges(size_t count, size_t hint = 0)
      : MadeChanges([count](size_t i) -> Result<std::optional<IdChange>> {
          if (i == count) return std::nullopt;
          return ChangeOf(i);
        }) {
    hint_ = hint;
  }
  explicit MadeChanges(Make make) : make_(std::move(make)) {}

  Result<void> Rewind() override {
    ++passes;
    next = 0;
    ended = false;
    return {};
  }
  Result<std::optional<IdChange>> Next() override {
    EXPECT_FALSE(ended) << "nothing was left";
    EXPECT_GT(passes, 0) << "it was to be rewound first";
    auto made = make_(next++);
    ended = !made || !*made;
    return made;
  }
  [[nodiscard]] size_t size_hint() const override { return hint_; }

  int passes = 0;
  size_t next = 0;
  bool ended = false;

 private:
  Make make_;
  size_t hint_ = 0;
};

CommitOptions At(int64_t micros) {
  CommitOptions options = By("ann");
  options.operation = Operation::kImport;
  options.time = Timestamp{micros};
  return options;
}

void ExpectSameResult(const Result<CommitResult>& a, const Result<CommitResult>& b) {
  ASSERT_TRUE(a.has_value()) << a.error().message;
  ASSERT_TRUE(b.has_value()) << b.error().message;
  EXPECT_EQ(a->revision, b->revision);
  ASSERT_EQ(a->changes.size(), b->changes.size());
  for (size_t i = 0; i < a->changes.size(); ++i) {
    const ChangedId& one = a->changes[i];
    const ChangedId& other = b->changes[i];
    EXPECT_EQ(one.id, other.id);
    EXPECT_EQ(one.version, other.version);
    EXPECT_EQ(one.deleted, other.deleted);
    EXPECT_EQ(
        (std::array{one.count_before, one.count, one.added, one.removed, one.changed}),
        (std::array{other.count_before, other.count, other.added, other.removed, other.changed}));
  }
  ASSERT_EQ(a->unchanged.size(), b->unchanged.size());
  for (size_t i = 0; i < a->unchanged.size(); ++i) {
    EXPECT_EQ(a->unchanged[i].id, b->unchanged[i].id);
    EXPECT_EQ(a->unchanged[i].version, b->unchanged[i].version);
  }
}

class ReaderSizes : public ::testing::TestWithParam<std::tuple<size_t, bool>> {};

// To the last byte, and a dry run foretells both.
TEST_P(ReaderSizes, ItIsTheSameCommitAsOfAChange) {
  const auto [count, hinted] = GetParam();
  const LastingEngine gathered;
  ASSERT_TRUE(gathered.Create()->Commit(FirstTable(count), At(1'000'000)));
  const LastingEngine read(gathered.Rows());
  const auto a = *gathered.Open();
  const auto b = *read.Open();
  MadeChanges changes(count, hinted ? count : 0);
  CommitOptions options = At(2'000'000);
  options.dry_run = true;
  const RowMap before = read.Rows();
  const auto foretold = b->Commit(changes, options);
  EXPECT_EQ(read.Rows(), before);
  options.dry_run = false;
  const auto told = b->Commit(changes, options);
  ExpectSameResult(a->Commit(Gathered(count), options), told);
  EXPECT_EQ(gathered.Rows(), read.Rows());
  ASSERT_TRUE(foretold.has_value()) << foretold.error().message;
  EXPECT_FALSE(foretold->revision.has_value());
  EXPECT_EQ(foretold->changes.size(), told->changes.size());
  EXPECT_EQ(foretold->unchanged.size(), told->unchanged.size());
  ExpectSound(*b);
}

INSTANTIATE_TEST_SUITE_P(Sizes, ReaderSizes,
                         ::testing::Combine(::testing::Values(1, 2, kIdsAtOnce, kIdsAtOnce + 1,
                                                              5000),
                                            ::testing::Bool()));

TEST(ChangeReader, WithoutChangesThereIsNothingToDo) {
  const StoreHolder store(Kind::kMemory);
  MadeChanges changes(0);
  const auto result = store->Commit(changes, By("x"));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_FALSE(result->revision.has_value());
  EXPECT_TRUE(result->changes.empty());
}

TEST(ChangeReader, AWrongHintOnlyCostsTime) {
  const std::vector<std::pair<size_t, size_t>> counts_and_hints = {
      {3, std::numeric_limits<size_t>::max()}, {3, 1}, {3000, 1}, {3000, 2999}, {3000, 1'000'000}};
  for (const auto& [count, hint] : counts_and_hints) {
    const StoreHolder store(Kind::kMemory);
    ASSERT_TRUE(store->Commit(FirstTable(count), By("x")));
    MadeChanges changes(count, hint);
    const auto result = store->Commit(changes, By("x"));
    ASSERT_TRUE(result.has_value()) << result.error().message;
    EXPECT_EQ(result->revision, Revision{2});
    EXPECT_EQ(result->changes.size() + result->unchanged.size(), count);
    ExpectSound(*store);
  }
}

TEST(ChangeReader, OnlySomeOfAManyIdsAreReadAheadOfWhatIsWritten) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  constexpr size_t kCount = 20'000;
  MadeChanges changes([](size_t i) -> Result<std::optional<IdChange>> {
    if (i == kCount) return std::nullopt;
    return IdChange{NumberedId(i), Replace{Range(1, 2)}};
  });
  size_t at_last_write = 0;
  size_t most_between = 0;
  lasting.hooks().before_write = [&](const WriteBatch&) -> Result<void> {
    if (changes.next < at_last_write) at_last_write = 0;  // it was rewound
    most_between = std::max(most_between, changes.next - at_last_write);
    at_last_write = changes.next;
    return {};
  };
  ASSERT_TRUE(store->Commit(changes, By("x")).has_value());
  EXPECT_LE(most_between, 1500U);
  EXPECT_EQ(changes.next, kCount + 1);
}

TEST(ChangeReader, LongListsAreReadOneByOne) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  constexpr size_t kCount = 6;
  // Uneven, so that its chunks are too large to stand in the root.
  EndpointListBuilder builder;
  std::mt19937 random(7);
  for (uint64_t i = 0; i < 400'000; ++i) {
    builder.Append({{{Family::kIPv4, 0, i * 1000 + random() % 1000}, 32, 80}, {std::nullopt, {}}});
  }
  const EndpointList list = builder.Finish();
  MadeChanges changes([&](size_t i) -> Result<std::optional<IdChange>> {
    if (i == kCount) return std::nullopt;
    return IdChange{NumberedId(i), Replace{list}};
  });
  size_t at_first_write = 0;
  lasting.hooks().before_write = [&](const WriteBatch&) -> Result<void> {
    if (at_first_write == 0) at_first_write = changes.next;
    return {};
  };
  ASSERT_TRUE(store->Commit(changes, By("x")).has_value());
  EXPECT_EQ(at_first_write, 1U) << "its chunks are written before the next one is read";
  EXPECT_EQ((*store->Read(NumberedId(kCount - 1)))->list->size(), list.size());
}

class ReaderRequests : public ::testing::TestWithParam<size_t> {};

TEST_P(ReaderRequests, ARequestIsTheSameReadOrGathered) {
  const size_t count = GetParam();
  const StoreHolder store(Kind::kMemory);
  ASSERT_TRUE(store->Commit(FirstTable(count + 1), By("x")));
  CommitOptions options = By("x");
  options.request_id = "first";
  MadeChanges changes(count);
  const auto landed = store->Commit(changes, options);
  ASSERT_TRUE(landed.has_value()) << landed.error().message;
  EXPECT_FALSE(landed->replayed);
  const auto again = store->Commit(changes, options);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->revision, landed->revision);
  EXPECT_EQ(again->changes.size(), landed->changes.size());
  EXPECT_TRUE(store->Commit(Gathered(count), options)->replayed);
  MadeChanges more(count + 1);
  EXPECT_EQ(store->Commit(more, options).error().code, ErrorCode::kConflict);
}

INSTANTIATE_TEST_SUITE_P(Sizes, ReaderRequests, ::testing::Values(1, 7, 2000));

struct Bad {
  MadeChanges::Make make;
  ErrorCode code;
  std::string says;
};

class BadReaders : public ::testing::TestWithParam<size_t> {
 protected:
  // What goes wrong at change `at`.
  static std::vector<Bad> Cases(size_t at) {
    const auto twist = [at](std::function<Result<std::optional<IdChange>>()> instead) {
      return [at, instead = std::move(instead)](size_t i) -> Result<std::optional<IdChange>> {
        if (i == at) return instead();
        return IdChange{NumberedId(i), Replace{Range(77, 2)}};
      };
    };
    return {
        {twist([at] {
           return IdChange{NumberedId(at - 1), DeleteId{}};
         }),
         ErrorCode::kInvalidArgument, "stands twice"},
        {twist([at] {
           return IdChange{NumberedId(at - 2), DeleteId{}};
         }),
         ErrorCode::kInvalidArgument, "was read after"},
        {twist([] { return Fail(ErrorCode::kIoError, "the disk is gone"); }), ErrorCode::kIoError,
         "the disk is gone"},
        {twist([at] {
           return IdChange{NumberedId(at), EditEndpoints{{Edit(EditKind::kRemove, "10.9.9.9")}}};
         }),
         ErrorCode::kConflict, "is not there"}};
  }
};

TEST_P(BadReaders, LeaveNothing) {
  const size_t at = GetParam();
  const LastingEngine lasting;
  const auto store = lasting.Create();
  ASSERT_TRUE(store->Commit(FirstTable(3000), By("x")));
  const RowMap before = lasting.Rows();
  for (const Bad& bad : Cases(at)) {
    const bool conflict = bad.code == ErrorCode::kConflict;
    MadeChanges changes([&](size_t i) -> Result<std::optional<IdChange>> {
      if (conflict && i > at) return std::nullopt;
      return bad.make(i);
    });
    const auto refused = store->Commit(changes, By("y"));
    ASSERT_FALSE(refused.has_value()) << bad.says;
    EXPECT_EQ(refused.error().code, bad.code) << refused.error().message;
    EXPECT_THAT(refused.error().message, HasSubstr(bad.says));
    const auto view = *store->NewView();
    EXPECT_EQ(view->revision(), Revision{1});
    EXPECT_EQ((*view->Read(NumberedId(0)))->version, Version{1});
    EXPECT_EQ(store->Read(NumberedId(1)).error().code, ErrorCode::kNotFound);
    EXPECT_EQ(lasting.Rows().size(), before.size());
    ExpectSound(*store);
  }
  MadeChanges good(3000);
  EXPECT_EQ(store->Commit(good, By("y"))->revision, Revision{2});
}

INSTANTIATE_TEST_SUITE_P(At, BadReaders, ::testing::Values(2, kIdsAtOnce + 100, 2600));

TEST(ChangeReader, MoreIdsThanARevisionMayHaveAreRefused) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  ASSERT_TRUE(store->Commit(Set("a", Range(1, 1)), By("x")));
  // All unchanged, so that not one row is written: the number of them counts.
  const IdChange nothing{Id("a"), EditEndpoints{{Edit(EditKind::kRemove, "10.9.9.9")}, true}};
  MadeChanges changes([&](size_t i) -> Result<std::optional<IdChange>> {
    EXPECT_LE(i, kMaxIdsPerRevision);
    IdChange change = nothing;
    change.id = NumberedId(i);
    return change;
  });
  const auto refused = store->Commit(changes, By("x"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kLimitExceeded);
  EXPECT_EQ((*store->NewView())->revision(), Revision{1});
}

TEST(ChangeReader, ItIsReadAgainWhereAnotherCommitCameBetween) {
  const StoreHolder store(Kind::kMemory);
  ASSERT_TRUE(store->Commit(FirstTable(10), By("x")));
  bool came = false;
  MadeChanges changes([&](size_t i) -> Result<std::optional<IdChange>> {
    if (i == 10) return std::nullopt;
    if (i == 9 && !came) {
      came = true;
      std::thread([&] {
        EXPECT_TRUE(store->Commit(Set("id-0000002", Range(0x0a000000, 9)), By("other")));
      }).join();
    }
    return ChangeOf(i);
  });
  const auto result = store->Commit(changes, By("x"));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->revision, Revision{3});
  EXPECT_EQ(changes.passes, 2);
  EXPECT_EQ(result->changes.at(2).version, Version{3});
  EXPECT_EQ(result->changes.at(2).count, 8U) << "one of the other's nine is removed";
  ExpectSound(*store);
}

// Not taken for a change that was prepared too early, which is prepared again.
TEST(ChangeReaderTest, AnErrorOfItsOwnEndsTheCommitWhateverLandedMeanwhile) {
  StoreHolder store(Kind::kMemory);
  MadeChanges* made = nullptr;
  MadeChanges reader([&](size_t i) -> Result<std::optional<IdChange>> {
    if (i < 3) return ChangeOf(2 * i + 1);
    if (made->passes > 1) return std::nullopt;  // gone the second time
    std::thread([&store] {
      EXPECT_TRUE(store->Commit(Set("other", Range(1, 1)), By("bob")));
    }).join();
    return Fail(ErrorCode::kIoError, "the disk is gone");
  });
  made = &reader;
  const auto committed = store->Commit(reader, By("ann"));
  ASSERT_FALSE(committed.has_value());
  EXPECT_THAT(committed.error().message, HasSubstr("the disk is gone"));
  EXPECT_EQ((*store->NewView())->revision(), Revision{1});
  ExpectSound(*store);
}

// What callers must not do, and memory may: half of a revision is on disk by then.
TEST(ChangeReaderTest, WhatIsThrownBetweenSlicesLeavesNothingToSee) {
  LastingEngine lasting;
  auto store = lasting.Create();
  MadeChanges reader([](size_t i) -> Result<std::optional<IdChange>> {
    if (i == 3000) throw std::bad_alloc();
    return IdChange{NumberedId(i), Replace{Range(1, 2)}};
  });
  EXPECT_THROW((void)store->Commit(reader, By("ann")), std::bad_alloc);
  EXPECT_FALSE(store->Read(NumberedId(0)).has_value());
  ASSERT_TRUE(store->Commit(Set("other", Range(1, 1)), By("bob")));
  EXPECT_FALSE(store->Read(NumberedId(0)).has_value());
  EXPECT_EQ((*store->NewView())->revision(), Revision{1});
  ExpectSound(*store);
}

}  // namespace
}  // namespace switchback
