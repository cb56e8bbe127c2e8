// Prune against a plain list of what must be left: kept versions read as before, dropped ones say
// so, names still lead where they led, and the store verifies, also when it is cut short anywhere.
#include "switchback/prune.h"

#include <algorithm>
#include <map>
#include <set>
#include <thread>
#include <tuple>

#include "hooked_engine.h"
#include "random_history.h"
#include "switchback/provenance.h"

namespace switchback {
namespace {

CommitOptions Pruning() {
  CommitOptions options = By("pruner");
  options.message = "old versions";
  return options;
}

// What of a RandomHistory is left.
class PlainPrune {
 public:
  explicit PlainPrune(const RandomHistory& history) : history_(history) {}

  void Pin(uint64_t revision) { pins_.insert(revision); }
  void Unpin(uint64_t revision) { pins_.erase(revision); }

  // How many go.
  uint64_t Apply(std::optional<uint64_t> keep_last, std::optional<uint64_t> since_revision) {
    uint64_t dropped = 0;
    for (const auto& [id, versions] : history_.versions()) {
      if (versions.empty()) continue;
      uint64_t keep_from = versions.size();
      if (keep_last)
        keep_from = versions.size() - std::min<uint64_t>(*keep_last, versions.size()) + 1;
      if (since_revision)
        keep_from = std::min(keep_from, std::max<uint64_t>(At(id, *since_revision), 1));
      for (uint64_t v = 1; v < keep_from; ++v) {
        const bool pinned = std::ranges::any_of(pins_, [&](uint64_t r) { return At(id, r) == v; });
        if (!pinned && dropped_[id].insert(v).second) ++dropped;
      }
    }
    return dropped;
  }
  [[nodiscard]] bool IsDropped(const std::string& id, uint64_t version) const {
    const auto found = dropped_.find(id);
    return found != dropped_.end() && found->second.contains(version);
  }
  // The version current at a revision; 0: not born.
  [[nodiscard]] uint64_t At(const std::string& id, uint64_t revision) const {
    uint64_t version = 0;
    const auto& versions = history_.versions().at(id);
    for (uint64_t v = 1; v <= versions.size(); ++v) {
      if (versions[v - 1].revision <= revision) version = v;
    }
    return version;
  }

 private:
  const RandomHistory& history_;
  std::set<uint64_t> pins_;
  std::map<std::string, std::set<uint64_t>> dropped_;
};

void CheckVersions(const View& view, const std::string& id,
                   const std::vector<PlainVersion>& versions, const PlainPrune& plain) {
  for (uint64_t v = 1; v <= versions.size(); ++v) {
    const auto read = view.Read(Id(id), Version{v});
    const auto described = view.Describe(Id(id), Version{v});
    if (plain.IsDropped(id, v)) {
      ASSERT_FALSE(read.has_value()) << id << "@" << v;
      ASSERT_EQ(read.error().code, ErrorCode::kPruned) << read.error().message;
      ASSERT_EQ(described.error().code, ErrorCode::kPruned);
      ASSERT_EQ(view.Summarize(Id(id), Version{v}).error().code, ErrorCode::kPruned);
      continue;
    }
    ASSERT_TRUE(described.has_value()) << id << "@" << v << ": " << described.error().message;
    ASSERT_EQ(described->commit.revision.value, versions[v - 1].revision);
    ASSERT_EQ(described->count, versions[v - 1].list.size());
    ASSERT_EQ(read.has_value(), !versions[v - 1].deleted);
    if (read) {
      ASSERT_EQ(ToPlain(*(*read)->list), versions[v - 1].list) << id << "@" << v;
    }
    ASSERT_EQ(view.Summarize(Id(id), Version{v})->digest, FromPlain(versions[v - 1].list).digest());
  }
}

void CheckHistory(const View& view, const std::string& id,
                  const std::vector<PlainVersion>& versions, const PlainPrune& plain) {
  const auto history = view.History(Id(id));
  ASSERT_TRUE(history.has_value());
  for (uint64_t v = versions.size(); v > 0; --v) {
    if (plain.IsDropped(id, v)) continue;
    const auto next = (*history)->Next();
    ASSERT_TRUE(next.has_value()) << next.error().message;
    ASSERT_TRUE(next->has_value()) << id << "@" << v;
    ASSERT_EQ((*next)->version.value, v);
  }
  ASSERT_FALSE((*history)->Next()->has_value());
}

void CheckNames(const View& view, const std::string& id, const PlainPrune& plain,
                const std::vector<PlainVersion>& versions, uint64_t newest) {
  for (uint64_t r = 1; r <= newest; ++r) {
    const auto at = view.Resolve(Id(id), RevisionSelector{Revision{r}, false});
    const uint64_t version = plain.At(id, r);
    if (version == 0) {
      ASSERT_EQ(at.error().code, ErrorCode::kNotFound) << id << " at r" << r;
    } else if (plain.IsDropped(id, version)) {
      ASSERT_FALSE(at.has_value()) << id << " at r" << r;
      ASSERT_EQ(at.error().code, ErrorCode::kPruned) << at.error().message;
    } else {
      ASSERT_TRUE(at.has_value()) << id << " at r" << r << ": " << at.error().message;
      ASSERT_EQ(at->version.value, version);
      ASSERT_EQ(at->deleted, versions[version - 1].deleted);
    }
  }
}

// Diffs of what is left, over what is gone too.
void CheckDiffs(const View& view, const std::string& id, const std::vector<PlainVersion>& versions,
                const PlainPrune& plain, RandomHistory& history) {
  const auto count = static_cast<uint32_t>(versions.size());
  for (int i = 0; i < 20; ++i) {
    const uint64_t a = 1 + history.Roll(count);
    const uint64_t b = 1 + history.Roll(count);
    const auto diff = view.Diff({Id(id), Version{a}}, {Id(id), Version{b}});
    if (plain.IsDropped(id, a) || plain.IsDropped(id, b)) {
      if (!diff) {
        ASSERT_EQ(diff.error().code, ErrorCode::kPruned) << diff.error().message;
      }
      continue;
    }
    ASSERT_TRUE(diff.has_value()) << id << "@" << a << ".." << b << ": " << diff.error().message;
    const auto applied = Apply(FromPlain(versions[a - 1].list), *diff);
    ASSERT_TRUE(applied.has_value()) << applied.error().message;
    ASSERT_EQ(*applied, FromPlain(versions[b - 1].list)) << id << "@" << a << ".." << b;
  }
}

// Where endpoints come from, as far as the versions behind the last gap tell.
void CheckBlame(const View& view, const std::string& id, const std::vector<PlainVersion>& versions,
                const PlainPrune& plain) {
  if (versions.back().deleted || versions.back().list.size() > 200) return;
  uint64_t oldest = versions.size();
  while (oldest > 1 && !plain.IsDropped(id, oldest - 1)) --oldest;
  const auto blame = view.BlameList(Id(id), Version{versions.size()});
  ASSERT_TRUE(blame.has_value()) << blame.error().message;
  const EndpointList& list = *blame->list->list;
  for (size_t i = 0; i < list.size(); ++i) {
    const std::string key = FormatEndpointKey(list.Key(i));
    uint64_t from = versions.size();
    while (from > oldest && versions[from - 2].list.contains(key)) --from;
    ASSERT_EQ(blame->key_from[i].value, from) << id << " " << key;
    const auto lives = view.Lives(Id(id), list.Key(i));
    ASSERT_TRUE(lives.has_value()) << lives.error().message;
    ASSERT_FALSE(lives->empty());
    ASSERT_EQ(lives->back().from.value, from) << id << " " << key;
    ASSERT_FALSE(lives->back().until.has_value());
    if (lives->back().since_before) {
      ASSERT_EQ(from, oldest);
    }
    const bool was_before = oldest > 1 && versions[oldest - 2].list.contains(key);
    if (from == oldest && was_before) {
      ASSERT_TRUE(lives->back().since_before) << id << " " << key;
    }
    if (from > oldest || oldest == 1) {
      ASSERT_FALSE(lives->back().since_before) << id << " " << key;
    }
    ASSERT_EQ(lives->back().values.back().text, versions.back().list.at(key));
  }
}

void CheckAll(const Store& store, RandomHistory& history, const PlainPrune& plain) {
  const auto view = *store.NewView();
  for (const auto& [id, versions] : history.versions()) {
    if (versions.empty()) continue;
    CheckVersions(*view, id, versions, plain);
    CheckHistory(*view, id, versions, plain);
    CheckNames(*view, id, plain, versions, history.revision());
    CheckDiffs(*view, id, versions, plain, history);
    CheckBlame(*view, id, versions, plain);
    if (::testing::Test::HasFatalFailure()) return;
  }
  // What happened stays on record.
  const auto log = view->Log();
  ASSERT_TRUE(log.has_value());
  for (uint64_t r = history.revision(); r > 0; --r) {
    const auto info = (*log)->Next();
    ASSERT_TRUE(info.has_value()) << info.error().message;
    ASSERT_EQ((*info)->revision.value, r);
    const auto changes = view->Changes(Revision{r});
    ASSERT_TRUE(changes.has_value());
    uint64_t ids = 0;
    while (true) {
      const auto change = (*changes)->Next();
      ASSERT_TRUE(change.has_value()) << change.error().message;
      if (!*change) break;
      ++ids;
      ASSERT_EQ((*change)->pruned, plain.IsDropped((*change)->id.text(), (*change)->version.value));
      ASSERT_EQ((*change)->commit.revision.value, r);
    }
    ASSERT_EQ(ids, (*info)->id_count);
  }
}

class PruneTest : public ::testing::TestWithParam<std::tuple<Kind, uint32_t>> {};

TEST_P(PruneTest, LeavesWhatThePolicyKeepsAndNothingElse) {
  const auto [kind, seed] = GetParam();
  StoreHolder store(kind);
  RandomHistory history(*store, seed);
  PlainPrune plain(history);
  std::map<std::string, uint64_t> snapshots;
  for (int round = 0; round < 6; ++round) {
    history.Grow(40);
    if (HasFatalFailure()) return;
    if (round % 2 == 0) {
      const std::string name = "s" + std::to_string(round);
      snapshots[name] = history.revision() - history.Roll(3);
      const auto made = store->CreateSnapshot(name, Revision{snapshots[name]}, By("x"));
      ASSERT_TRUE(made.has_value()) << made.error().message;
      plain.Pin(snapshots[name]);
    } else if (round == 5) {
      ASSERT_TRUE(store->DeleteSnapshot("s0", By("x")));
      plain.Unpin(snapshots["s0"]);
      snapshots.erase("s0");
    }
    history.Grow(20);
    PrunePolicy policy;
    policy.keep_last = 1 + history.Roll(12);
    const auto planned = store->Prune(policy, [] {
      CommitOptions options = Pruning();
      options.dry_run = true;
      return options;
    }());
    ASSERT_TRUE(planned.has_value()) << planned.error().message;
    CheckAll(*store, history, plain);  // nothing has changed yet
    const uint64_t dropped = plain.Apply(policy.keep_last, std::nullopt);
    EXPECT_EQ(planned->dropped, dropped);
    const auto done = store->Prune(policy, Pruning());
    ASSERT_TRUE(done.has_value()) << done.error().message;
    EXPECT_EQ(done->dropped, dropped);
    EXPECT_EQ(done->row_bytes, planned->row_bytes);
    CheckAll(*store, history, plain);
    ExpectSound(*store);
    if (HasFatalFailure()) return;
    const StoreStats stats = *store->Stats();
    EXPECT_EQ(stats.versions, planned->kept);
    if (round % 2 == 1) {
      ASSERT_TRUE(store->Compact());
      store.Reopen();
      history.Use(*store);
      CheckAll(*store, history, plain);
    }
    for (const auto& [name, revision] : snapshots) {
      const auto view = *store->NewView();
      const auto table = view->Table(*view->ResolveRevision(NameSelector{name}));
      ASSERT_TRUE(table.has_value());
      while (true) {
        const auto entry = (*table)->Next();
        ASSERT_TRUE(entry.has_value()) << entry.error().message;
        if (!*entry) break;
        ASSERT_TRUE(view->Read((*entry)->id, (*entry)->version).has_value());
      }
    }
  }
  // Checkpoints that hold what scripts can't lead to any more are no derived ones.
  ASSERT_TRUE(store->DropCheckpoints(/*remake=*/false));
  CheckAll(*store, history, plain);
  ExpectSound(*store);
  ASSERT_TRUE(store->DropCheckpoints(/*remake=*/true));
  CheckAll(*store, history, plain);
  ExpectSound(*store);
}

INSTANTIATE_TEST_SUITE_P(Seeds, PruneTest,
                         ::testing::Combine(::testing::Values(Kind::kMemory, Kind::kRocksDb),
                                            ::testing::Values(1U, 2U, 3U)));

TEST(PrunePolicyTest, KeepsWhatWasCurrentAtAMomentOrLater) {
  const FakeClock clock;
  OpenOptions options;
  options.clock = clock.clock();
  StoreHolder store(Kind::kMemory, options);
  for (int i = 1; i <= 6; ++i) {
    ASSERT_TRUE(store->Commit(Set("a", Range(0, static_cast<size_t>(i))), By("x")));
    clock.Advance(1'000'000);
  }
  // Version 3 was made 2 s after the start and stayed for one.
  PrunePolicy policy;
  policy.keep_since = Timestamp{1'700'000'002'500'000};
  const auto done = store->Prune(policy, Pruning());
  ASSERT_TRUE(done.has_value()) << done.error().message;
  EXPECT_EQ(done->dropped, 2U);
  const auto view = *store->NewView();
  EXPECT_EQ(view->Read(Id("a"), Version{2}).error().code, ErrorCode::kPruned);
  EXPECT_TRUE(view->Read(Id("a"), Version{3}).has_value());
  // Both rules: what either keeps stays.
  policy.keep_since = Timestamp{1'700'000'005'500'000};
  policy.keep_last = 3;
  EXPECT_EQ(store->Prune(policy, Pruning())->dropped, 1U);
  // In a future moment: the newest stays.
  policy.keep_last.reset();
  policy.keep_since = Timestamp{1'800'000'000'000'000};
  EXPECT_EQ(store->Prune(policy, Pruning())->dropped, 2U);
  EXPECT_EQ((*(*store->NewView())->Read(Id("a"), Version{6}))->list->size(), 6U);
  ExpectSound(*store);
}

TEST(PrunePolicyTest, ARuleMustBeGivenAndTheNewestStays) {
  StoreHolder store(Kind::kMemory);
  EXPECT_EQ(store->Prune({}, Pruning()).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(store->Prune({.keep_last = 0}, Pruning()).error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(store->Prune({.keep_last = 1}, Pruning())->dropped, 0U);
}

TEST(PrunePolicyTest, AGlobChoosesIdsAndAllThatLoseVersionsAreTold) {
  StoreHolder store(Kind::kMemory);
  for (const char* id : {"a1", "a2", "b1"}) {
    ASSERT_TRUE(store->Commit(Set(id, Range(0, 1)), By("x")));
    ASSERT_TRUE(store->Commit(Set(id, Range(0, 2)), By("x")));
  }
  std::vector<std::string> told;
  const auto done = store->Prune({.keep_last = 1, .glob = "a*"}, Pruning(), {},
                                 [&](const PrunedId& id) { told.push_back(id.id.text()); });
  EXPECT_EQ(done->ids, 2U);
  EXPECT_EQ(told, (std::vector<std::string>{"a1", "a2"}));
  EXPECT_TRUE((*store->NewView())->Read(Id("b1"), Version{1}).has_value());
}

TEST(PruneNames, ASnapshotOfATableThatIsNotWholeAnyMoreIsRefused) {
  StoreHolder store(Kind::kMemory);
  for (int i = 1; i <= 4; ++i)
    ASSERT_TRUE(store->Commit(Set("a", Range(0, static_cast<size_t>(i))), By("x")));
  ASSERT_TRUE(store->Prune({.keep_last = 2}, Pruning()));
  EXPECT_EQ(store->CreateSnapshot("old", Revision{2}, By("x")).error().code, ErrorCode::kPruned);
  EXPECT_TRUE(store->CreateSnapshot("newer", Revision{3}, By("x")).has_value());
  EXPECT_TRUE(store->CreateSnapshot("before-all", Revision{0}, By("x")).has_value());
}

TEST(PruneRestores, ARestoreOfACopyWhoseSourceIsGoneNamesTheCopy) {
  StoreHolder store(Kind::kMemory);
  ASSERT_TRUE(store->Commit(Set("a", Range(0, 9)), By("x")));
  ASSERT_TRUE(store->Commit(Set("a", Range(100, 2)), By("x")));
  ASSERT_TRUE(store->Restore({{Id("a"), Version{1}}}, By("x")));  // @3 same as @1
  ASSERT_TRUE(store->Commit(Set("a", Range(100, 3)), By("x")));
  ASSERT_TRUE(store->Restore({{Id("a"), Version{1}}}, By("x")));  // @5 same as @1
  ASSERT_TRUE(store->Prune({.keep_last = 3}, Pruning()));
  ExpectSound(*store);
  ASSERT_TRUE(store->Commit(Set("a", Range(100, 4)), By("x")));
  ASSERT_TRUE(store->Restore({{Id("a"), Version{5}}}, By("x")));
  EXPECT_EQ((*store->Read(Id("a")))->list->size(), 9U);
  EXPECT_EQ((*store->NewView())->Describe(Id("a"), Version{7})->same_as, Version{3});
  ExpectSound(*store);
}

void MakeChunks(Store& store) {
  for (uint32_t i = 0; i < 6; ++i) ASSERT_TRUE(store.Commit(Set("a", Scattered(i)), By("x")));
}

TEST(PruneChunks, ThoseThatNoVersionReachesAreFreedAndNoOthers) {
  for (const Kind kind : {Kind::kMemory, Kind::kRocksDb}) {
    StoreHolder store(kind);
    MakeChunks(*store);
    ASSERT_TRUE(store->Commit(Set("b", Scattered(0)), By("x")));  // of version 1
    const uint64_t before = store->Stats()->chunks;
    const auto done = store->Prune({.keep_last = 1}, Pruning());
    ASSERT_TRUE(done.has_value());
    EXPECT_EQ(store->Stats()->chunks, before - done->chunks);
    EXPECT_GT(done->chunks, before / 2);
    ExpectSound(*store);
    EXPECT_EQ((*store->Read(Id("b")))->list->size(), 20000U);
    EXPECT_EQ(store->Prune({.keep_last = 1}, Pruning())->chunks, 0U);
  }
}

TEST(PruneChunks, WhatACommitComesToNeedMeanwhileStays) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  MakeChunks(*store);
  ASSERT_TRUE(store->Commit(Set("a", Range(0, 1)), By("x")));
  // While chunks are being deleted, lists that hold them come back.
  int deletes = 0;
  std::thread other;
  lasting.hooks().before_write = [&](const WriteBatch& batch) -> Result<void> {
    const auto& entries = batch.entries();
    if (entries.empty() || entries[0].space != Space::kChunks ||
        entries[0].kind != WriteBatch::Kind::kDelete) {
      return {};
    }
    if (deletes++ != 0) return {};
    other = std::thread([&] {
      for (uint32_t i = 0; i < 6; ++i) {
        const auto done = store->Commit(Set("b" + std::to_string(i), Scattered(i)), By("y"));
        EXPECT_TRUE(done.has_value());
      }
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    return {};
  };
  ASSERT_TRUE(store->Prune({.keep_last = 1}, Pruning()).has_value());
  lasting.hooks().before_write = nullptr;
  ASSERT_TRUE(other.joinable());
  other.join();
  ExpectSound(*store);
  for (uint32_t i = 0; i < 6; ++i) {
    EXPECT_EQ((*store->Read(Id("b" + std::to_string(i))))->list->size(), 20000U);
  }
}

// Every write of a prune fails in turn, as if the process had died there.
TEST(PruneCrash, AStoreCutShortAnywhereVerifiesAndTheSamePruneDoesTheRest) {
  const LastingEngine made;
  RandomHistory* history = nullptr;
  const auto first = made.Create();
  RandomHistory grown(*first, 7);
  history = &grown;
  grown.Grow(120, 4);
  ASSERT_TRUE(first->CreateSnapshot("pin", Revision{grown.revision() / 2}, By("x")));
  const RowMap rows = made.Rows();
  int writes = 0;
  for (int at = 0;; ++at) {
    const LastingEngine engine(rows);
    const auto store = *engine.Open();
    writes = 0;
    engine.hooks().before_write = [&](const WriteBatch&) -> Result<void> {
      if (writes++ < at) return {};
      return Fail(ErrorCode::kIoError, "died here");
    };
    const auto pruned = store->Prune({.keep_last = 3}, Pruning());
    engine.hooks().before_write = nullptr;
    const auto reopened = *engine.Open();
    ExpectSound(*reopened);
    PlainPrune plain(*history);
    plain.Pin(history->revision() / 2);
    plain.Apply(3, std::nullopt);
    if (pruned) {
      CheckAll(*reopened, *history, plain);
      break;
    }
    // What is kept in the end is there at every moment.
    const auto view = *reopened->NewView();
    for (const auto& [id, versions] : history->versions()) {
      for (uint64_t v = 1; v <= versions.size(); ++v) {
        if (plain.IsDropped(id, v) || versions[v - 1].deleted) continue;
        const auto read = view->Read(Id(id), Version{v});
        ASSERT_TRUE(read.has_value()) << at << ": " << read.error().message;
        ASSERT_EQ(ToPlain(*(*read)->list), versions[v - 1].list);
      }
    }
    ASSERT_TRUE(reopened->Prune({.keep_last = 3}, Pruning()).has_value());
    CheckAll(*reopened, *history, plain);
    ExpectSound(*reopened);
    if (HasFatalFailure()) return;
  }
  EXPECT_GE(writes, 5);
}

TEST(PruneReplay, ARepeatedRequestWhoseVersionsAreGoneIsStillKnown) {
  StoreHolder store(Kind::kMemory);
  CommitOptions options = By("x");
  options.request_id = "req-1";
  const Change change = Set("a", Range(0, 5));
  const auto first = store->Commit(change, options);
  ASSERT_TRUE(store->Commit(Set("a", Range(9, 5)), By("x")));
  ASSERT_TRUE(store->Prune({.keep_last = 1}, Pruning()));
  const auto again = store->Commit(change, options);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->revision, first->revision);
  ASSERT_EQ(again->changes.size(), 1U);
  EXPECT_EQ(again->changes[0].version, Version{1});
}

}  // namespace
}  // namespace switchback
