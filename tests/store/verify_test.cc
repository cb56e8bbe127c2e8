// Each kind of row damaged, missing or in a wrong place: verify says what, where, which versions it
// hits, and all others are still served.
#include <fmt/format.h>

#include <algorithm>

#include "engine/broken_engine.h"
#include "hooked_engine.h"

namespace switchback {
namespace {

class VerifyTest : public ::testing::Test {
 protected:
  // `a`: a full list, two scripts, another full list, a script; `b`: two versions. r1 to r7.
  void SetUp() override {
    const auto store = lasting_.Create();
    const auto commit = [&store](const Change& change) {
      const auto committed = store->Commit(change, By("ann"));
      ASSERT_TRUE(committed) << committed.error().message;
    };
    commit(Set("a", Range(0x0a000000, 300)));
    commit(Edits("a", {Edit(EditKind::kAdd, "11.0.0.1")}));
    commit(Edits("a", {Edit(EditKind::kAdd, "11.0.0.2")}));
    commit(Set("a", List({"12.0.0.1"})));
    commit(Edits("a", {Edit(EditKind::kAdd, "11.0.0.3")}));
    commit(Set("b", List({"10.0.0.1"})));
    commit(Set("b", List({"10.0.0.2"})));
    rows_ = lasting_.Rows();
  }

  std::string& Row(Space space, const std::string& key) { return rows_.at({space, key}); }
  std::string& VersionOf(std::string_view id, uint64_t version) {
    return Row(Space::kHistory, VersionKey(Id(id), Version{version}));
  }

  // A store of the rows as they are now.
  std::unique_ptr<Store> Damaged() {
    damaged_ = std::make_unique<LastingEngine>(rows_);
    auto store = damaged_->Open();
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }

  static std::vector<Damage> AllOf(const Store& store) {
    const auto report = store.Verify({});
    EXPECT_TRUE(report) << report.error().message;
    EXPECT_EQ(report->damage_count, report->damage.size());
    return report->damage;
  }
  static std::vector<Damage> OfId(const Store& store, std::string_view id) {
    std::vector<Damage> damage = AllOf(store);
    std::erase_if(damage, [id](const Damage& one) { return one.id != Id(id); });
    return damage;
  }

  static std::vector<uint64_t> Readable(const Store& store, std::string_view id, uint64_t newest) {
    const auto view = *store.NewView();
    std::vector<uint64_t> readable;
    for (uint64_t v = 1; v <= newest; ++v) {
      if (view->Read(Id(id), Version{v})) readable.push_back(v);
    }
    return readable;
  }

  static void ExpectOthersWhole(const Store& store) {
    EXPECT_EQ(Readable(store, "b", 2), (std::vector<uint64_t>{1, 2}));
    EXPECT_EQ(Texts(*(*store.Read(Id("b")))->list), std::vector<std::string>{"10.0.0.2"});
  }

  const LastingEngine lasting_;
  std::unique_ptr<LastingEngine> damaged_;
  RowMap rows_;
};

using Versions = std::vector<uint64_t>;

TEST_F(VerifyTest, ADamagedScriptHitsWhatLeansOnItUpToTheNextFullList) {
  VersionOf("a", 2) = "\xff";
  const auto store = Damaged();
  const auto damage = OfId(*store, "a");
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0].what, "a@2: malformed version row");
  EXPECT_EQ(damage[0].where, "version row a@2");
  EXPECT_EQ(damage[0].version, Version{2});
  EXPECT_EQ(damage[0].last_version, Version{3});
  EXPECT_EQ(damage[0].consequence,
            "@2 to @3 of a can't be read; all versions that are not named here can");
  EXPECT_EQ(Readable(*store, "a", 5), (Versions{1, 4, 5}));
  ExpectOthersWhole(*store);
}

TEST_F(VerifyTest, AMissingRowIsNamed) {
  rows_.erase({Space::kHistory, VersionKey(Id("a"), Version{2})});
  const auto store = Damaged();
  const auto damage = OfId(*store, "a");
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0].what, "a@2: its row is missing");
  EXPECT_EQ(damage[0].last_version, Version{3});
  EXPECT_EQ(Readable(*store, "a", 5), (Versions{1, 4, 5}));
  ExpectOthersWhole(*store);
}

TEST_F(VerifyTest, SeveralDamagesOfOneIdAreEachNamed) {
  VersionOf("a", 2) = "\xff";
  VersionOf("a", 5) = "\xff";
  const auto store = Damaged();
  const auto damage = OfId(*store, "a");
  ASSERT_EQ(damage.size(), 2U);
  EXPECT_EQ(damage[0].version, Version{2});
  EXPECT_EQ(damage[1].version, Version{5});
  EXPECT_NE(damage[1].consequence.find("the newest list still can"), std::string::npos);
  EXPECT_TRUE(store->Read(Id("a")));
}

// A script that decodes and does not follow: another's row.
TEST_F(VerifyTest, AScriptThatDoesNotFollowIsFoundAtItsVersion) {
  VersionOf("a", 3) = VersionOf("a", 2);
  const auto store = Damaged();
  const auto damage = OfId(*store, "a");
  ASSERT_GE(damage.size(), 1U);
  const auto lost = std::ranges::find_if(
      damage, [](const Damage& one) { return one.consequence.contains("can't be read"); });
  ASSERT_NE(lost, damage.end());
  EXPECT_EQ(lost->version, Version{3});
  EXPECT_EQ(lost->last_version, Version{3});
  EXPECT_EQ(Readable(*store, "a", 5), (Versions{1, 2, 4, 5}));
}

TEST_F(VerifyTest, ADamagedHeadRowIsNamedAndReadWithout) {
  const auto whole = (*lasting_.Open())->Read(Id("a"));
  Row(Space::kState, HeadKey(Id("a"))) = "\xff";
  const auto store = Damaged();
  const auto damage = AllOf(*store);
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0].where, "head row of a");
  EXPECT_EQ(damage[0].id, Id("a"));
  EXPECT_FALSE(damage[0].version) << "no version is hit";
  EXPECT_EQ(*(*store->Read(Id("a")))->list, *(*whole)->list);
  ExpectOthersWhole(*store);
  const auto view = *store->NewView();
  EXPECT_EQ((*(*view->Table())->Next())->version, Version{5});

  ASSERT_TRUE(store->Commit(Edits("a", {Edit(EditKind::kAdd, "11.0.0.9")}), By("ann")));
  ExpectSound(*store);
}

TEST_F(VerifyTest, AHeadRowThatIsMissingOrSaysAnotherListIsNamed) {
  const std::string head = Row(Space::kState, HeadKey(Id("b")));
  rows_.erase({Space::kState, HeadKey(Id("a"))});
  auto damage = OfId(*Damaged(), "a");
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0].what, "head row of a: it is missing, and versions are there");
  rows_[{Space::kState, HeadKey(Id("a"))}] = head;
  damage = OfId(*Damaged(), "a");
  ASSERT_FALSE(damage.empty());
  EXPECT_TRUE(std::ranges::any_of(damage, [](const Damage& one) {
    return one.what.starts_with("a row of version 3 lies");
  })) << "what lies above the head is an orphan";
}

TEST_F(VerifyTest, ADamagedRecordIsNamedAndTheLogGoesOnBehindIt) {
  Row(Space::kHistory, RecordKey(Revision{3}, 0)) = "\xff";
  const auto store = Damaged();
  const auto damage = AllOf(*store);
  ASSERT_EQ(damage.size(), 1U);
  EXPECT_EQ(damage[0].where, "record r3");
  EXPECT_NE(damage[0].consequence.find("lists are not touched"), std::string::npos);
  EXPECT_EQ(Readable(*store, "a", 5), (Versions{1, 2, 3, 4, 5}));
  const auto view = *store->NewView();
  const auto log = *view->Log(std::nullopt);
  Versions told;
  for (int i = 0; i < 7; ++i) {
    const auto info = log->Next();
    if (info) told.push_back((*info)->revision.value);
  }
  EXPECT_EQ(told, (Versions{7, 6, 5, 4, 2, 1}));
  EXPECT_FALSE((*log->Next()).has_value());
}

TEST_F(VerifyTest, ADamagedOriginCostsTheJournalAlone) {
  Row(Space::kState, OriginKey(1)) = "\xff";
  const auto store = Damaged();
  const auto damage = AllOf(*store);
  ASSERT_FALSE(damage.empty());
  EXPECT_NE(damage[0].what.find("origin 1"), std::string::npos);
  EXPECT_EQ(Readable(*store, "a", 5), (Versions{1, 2, 3, 4, 5}));
  ExpectOthersWhole(*store);
}

TEST_F(VerifyTest, AHistoryAndATableGoOnBehindDamage) {
  VersionOf("a", 5) = "\xff";
  Row(Space::kState, HeadKey(Id("a"))) = "\xff";
  const auto store = Damaged();
  const auto view = *store->NewView();
  const auto table = *view->Table();
  EXPECT_EQ(table->Next().error().code, ErrorCode::kDataLoss) << "nobody knows its newest version";
  EXPECT_EQ((*table->Next())->id, Id("b"));
  EXPECT_FALSE((*table->Next()).has_value());
  EXPECT_EQ(Readable(*store, "a", 5), (Versions{1, 2, 3, 4}));
  const auto damage = OfId(*store, "a");
  ASSERT_EQ(damage.size(), 2U);
  EXPECT_NE(damage[0].consequence.find("older versions can be read"), std::string::npos);
  EXPECT_EQ(damage[1].version, Version{5});
}

TEST_F(VerifyTest, AWholePartIsRestoredBesideDamage) {
  VersionOf("a", 4) = "\xff";
  const auto store = Damaged();
  EXPECT_FALSE(store->Restore({{Id("a"), Version{4}, std::nullopt}}, By("ann")));
  EXPECT_TRUE(store->Restore({{Id("a"), Version{3}, std::nullopt}}, By("ann")));
  EXPECT_TRUE(store->RestoreTable(Revision{6}, "b", By("ann")));
  EXPECT_EQ(Texts(*(*store->Read(Id("b")))->list), std::vector<std::string>{"10.0.0.1"});
  EXPECT_EQ((*store->Read(Id("a")))->list->size(), 302U);
  EXPECT_EQ(Readable(*store, "a", 6), (Versions{1, 2, 3, 6}));
}

TEST_F(VerifyTest, ADamagedBlockIsNamedByItsPlaceAndEveryIdInIt) {
  const auto engine = std::shared_ptr<Engine>(NewMemoryEngine());
  WriteBatch batch;
  for (const auto& [at, value] : rows_) batch.Put(at.first, at.second, value);
  ASSERT_TRUE(engine->Write(batch, false));
  const std::vector<BrokenStretch> broken{
      {Space::kHistory, VersionKey(Id("a"), Version{5}), VersionKey(Id("b"), Version{1})}};
  const auto store = *StoreImpl::Open(std::make_unique<BrokenEngine>(engine, broken), {});
  for (const auto& [id, version] : {std::pair("a", 5U), std::pair("b", 1U)}) {
    const auto damage = OfId(*store, id);
    ASSERT_EQ(damage.size(), 1U) << id;
    EXPECT_TRUE(damage[0].where.starts_with("000007.sst at")) << damage[0].where;
    EXPECT_EQ(damage[0].version, Version{version});
    EXPECT_EQ(damage[0].last_version, Version{version});
  }
  EXPECT_EQ(Readable(*store, "a", 5), (Versions{1, 2, 3, 4}));
  EXPECT_EQ(Readable(*store, "b", 2), (Versions{2}));
}

TEST_F(VerifyTest, AProbeSeesHeadsSmallRowsAndWhatIsNewest) {
  EXPECT_TRUE((*Damaged()->Probe()).ok());
  const auto whole = rows_;
  const auto expect = [this, &whole](const std::string& what) {
    const auto report = Damaged()->Probe();
    ASSERT_TRUE(report);
    ASSERT_EQ(report->damage_count, 1U) << what;
    EXPECT_NE(report->damage[0].what.find(what), std::string::npos) << report->damage[0].what;
    rows_ = whole;
  };
  Row(Space::kState, HeadKey(Id("b"))) = "\xff";
  expect("head row of b: malformed");
  rows_.erase({Space::kState, HeadKey(Id("b"))});
  expect("the store row counts 2 IDs, there are 1 head rows");
  rows_[{Space::kState, SnapshotKey("friday")}] = "\xff";
  expect("snapshot 'friday'");
  Row(Space::kState, OriginKey(1)) = "\xff";
  expect("origin 1");
  VersionOf("b", 2) = "\xff";
  expect("b@2");
  Row(Space::kHistory, RecordKey(Revision{7}, 0)) = "\xff";
  expect("r7");
}

TEST(VerifyLongListTest, DamagedCheckpointsAndChunksAreNamedWithWhatTheyHit) {
  const LastingEngine lasting;
  uint32_t runs = 0;
  {
    const auto store = lasting.Create();
    ASSERT_TRUE(store->Commit(Set("large", Scattered(1, 6000)), By("x")));
    ASSERT_TRUE(store->Commit(Set("small", List({"10.0.0.1"})), By("x")));
    for (; runs < 30 && store->Stats()->checkpoints == 0; ++runs) {
      Change change = Edits("runs", {});
      auto& edits = std::get<EditEndpoints>(change.ids[0].action).edits;
      for (uint32_t k = 0; k < 200; ++k) {
        const uint32_t host = (runs * 200 + k) * 2654435761U;
        edits.push_back({EditKind::kSet, {{{Family::kIPv4, 0, host}, 32, 8000}, 100, {}}, false});
      }
      ASSERT_TRUE(store->Commit(change, By("x")));
    }
  }
  const RowMap whole = lasting.Rows();
  int checkpoints = 0;
  int chunks = 0;
  for (const auto& [at, value] : whole) {
    VersionKeyParts parts;
    const bool checkpoint = ParseVersionKey(at.second, parts) && parts.checkpoint;
    if (!checkpoint && at.first != Space::kChunks) continue;
    RowMap rows = whole;
    rows[at] = "\xff";
    const LastingEngine damaged(rows);
    const auto store = *damaged.Open();
    const auto report = *store->Verify({});
    ASSERT_GE(report.damage_count, 1U);
    EXPECT_TRUE(store->Read(Id("small")));
    if (checkpoint) {
      ++checkpoints;
      EXPECT_TRUE(report.damage[0].where.starts_with("checkpoint of runs@"));
      EXPECT_FALSE(report.damage[0].version) << "it is read by its scripts";
      EXPECT_TRUE((*store->NewView())->Read(Id("runs"), parts.version));
      continue;
    }
    ++chunks;
    EXPECT_TRUE(std::ranges::any_of(
        report.damage, [](const Damage& one) { return one.where.starts_with("chunk "); }));
    for (const auto& [id, newest] : {std::pair("large", 1U), std::pair("runs", runs)}) {
      for (uint64_t v = 1; v <= newest; ++v) {
        const bool hit = std::ranges::any_of(report.damage, [&, name = id](const Damage& one) {
          return one.id == Id(name) && one.version && *one.version <= Version{v} &&
                 Version{v} <= *one.last_version;
        });
        EXPECT_EQ((*store->NewView())->Read(Id(id), Version{v}).has_value(), !hit) << id << v;
      }
    }
  }
  EXPECT_EQ(checkpoints, 1);
  EXPECT_GT(chunks, 5);
}

// The chain's own rows come once in so many records.
TEST(VerifyChain, AFlippedMissingOrStrayRowIsDamage) {
  const LastingEngine made;
  {
    const auto store = made.Create();
    for (uint64_t i = 0; i < kChainInterval + 3; ++i) {
      Change change = Edits("a", {Edit(EditKind::kSet, fmt::format("10.0.0.1 weight={}", i))});
      ASSERT_TRUE(store->Commit(change, By("x")));
    }
  }
  const RowMap rows = made.Rows();
  const auto damages = [](const RowMap& damaged) {
    const LastingEngine engine(damaged);
    const auto store = engine.Open();
    EXPECT_TRUE(store) << store.error().message;
    EXPECT_EQ((*(*store)->Read(Id("a")))->version.value, kChainInterval + 3);
    return (*store)->Verify({})->damage_count;
  };
  EXPECT_EQ(damages(rows), 0U);
  const std::pair<Space, std::string> at{Space::kState, ChainKey(kChainInterval)};
  for (size_t bit = 0; bit < 256; bit += 37) {
    RowMap flipped = rows;
    std::string& value = flipped.at(at);
    value[bit / 8] = static_cast<char>(value[bit / 8] ^ 1 << bit % 8);
    EXPECT_EQ(damages(flipped), 1U) << "bit " << bit;
  }
  RowMap missing = rows;
  missing.erase(at);
  EXPECT_EQ(damages(missing), 1U);
  RowMap stray = rows;
  stray[{Space::kState, ChainKey(5)}] = rows.at(at);
  EXPECT_EQ(damages(stray), 1U);
}

}  // namespace
}  // namespace switchback
