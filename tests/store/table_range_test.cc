// A walk over a part of the table: the same IDs as a walk over all of it that keeps those with the
// prefix, from either end, and without a look at the rows outside.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "hooked_engine.h"

namespace switchback {
namespace {

using Names = std::vector<std::string>;

Names Walk(const View& view, std::optional<Revision> at, const TableRange& range = {}) {
  Names names;
  const auto cursor = view.Table(at, range);
  EXPECT_TRUE(cursor.has_value());
  for (;;) {
    const auto entry = (*cursor)->Next();
    EXPECT_TRUE(entry.has_value()) << entry.error().message;
    if (!entry || !*entry) return names;
    EXPECT_TRUE(view.Read((*entry)->id, (*entry)->version).has_value());
    names.push_back((*entry)->id.text());
  }
}

Names WithPrefix(const Names& names, std::string_view prefix) {
  Names chosen;
  for (const std::string& name : names) {
    if (name.starts_with(prefix)) chosen.push_back(name);
  }
  return chosen;
}

Names Reversed(Names names) {
  std::ranges::reverse(names);
  return names;
}

class TableRangeTest : public ::testing::TestWithParam<Kind> {
 protected:
  void Commit(const Change& change) { ASSERT_TRUE(store_->Commit(change, By("x"))); }

  StoreHolder store_{GetParam()};
};

TEST_P(TableRangeTest, HandsOutWhatStartsWithThePrefixFromEitherEnd) {
  for (const char* id : {"3944", "394521", "394521.b", "394522", "3946", "a"}) {
    Commit(Set(id, List({"10.0.0.1"})));
  }
  const auto view = *store_->NewView();
  EXPECT_EQ(Walk(*view, {}, {.prefix = "3945"}), (Names{"394521", "394521.b", "394522"}));
  EXPECT_EQ(Walk(*view, {}, {.prefix = "3945", .backward = true}),
            (Names{"394522", "394521.b", "394521"}));
  EXPECT_EQ(Walk(*view, {}, {.backward = true}), Reversed(Walk(*view, {})));
  EXPECT_EQ(Walk(*view, {}, {.prefix = "394521.b"}), Names{"394521.b"});
  for (const std::string nothing : {"394521.bc", "b", "\xff", "\xff\xff", "39 ", "!"}) {
    EXPECT_EQ(Walk(*view, {}, {.prefix = nothing}), Names{}) << nothing;
    EXPECT_EQ(Walk(*view, {}, {.prefix = nothing, .backward = true}), Names{}) << nothing;
  }
  EXPECT_EQ(Walk(*view, {}, {.prefix = std::string(1000, '3')}), Names{});
}

TEST_P(TableRangeTest, IsTheTableAsOfItsRevision) {
  Commit(Set("p1", List({"10.0.0.1"})));
  Commit(Set("p2", List({"10.0.0.1"})));
  Commit(Delete("p1"));
  Commit(Set("p3", List({"10.0.0.1"})));
  const auto view = *store_->NewView();
  for (const bool backward : {false, true}) {
    const auto at = [&](uint64_t revision) {
      Names names = Walk(*view, Revision{revision}, {.prefix = "p", .backward = backward});
      return backward ? Reversed(std::move(names)) : names;
    };
    EXPECT_EQ(at(0), Names{});
    EXPECT_EQ(at(1), Names{"p1"});
    EXPECT_EQ(at(2), (Names{"p1", "p2"}));
    EXPECT_EQ(at(3), Names{"p2"});
    EXPECT_EQ(at(4), (Names{"p2", "p3"}));
  }
  EXPECT_EQ(view->Table(Revision{5}, {.prefix = "p"}).error().code, ErrorCode::kNotFound);
}

TEST_P(TableRangeTest, AgreesWithAWalkOverTheWholeTable) {
  std::mt19937 random(7);
  const auto pick = [&](size_t count) { return random() % count; };
  const auto text = [&](size_t length) {
    std::string made;
    for (size_t i = 0; i < length; ++i) made += std::string_view("09:Az-")[pick(6)];
    return made;
  };
  for (int round = 0; round < 12; ++round) {
    Change change;
    for (const std::string& id : {text(1), text(2), text(3), "x" + text(4)}) {
      change.ids.push_back({Id(id), Replace{Range(0x0a000000, 1 + pick(3))}});
    }
    std::ranges::sort(change.ids, {}, &IdChange::id);
    const auto twice = std::ranges::unique(change.ids, {}, &IdChange::id);
    change.ids.erase(twice.begin(), twice.end());
    ASSERT_TRUE(store_->Commit(change, By("x")));
    if (round % 3 == 2) Commit(Delete(change.ids[pick(change.ids.size())].id.text()));
  }
  const auto view = *store_->NewView();
  for (const uint64_t at : {view->revision().value, view->revision().value / 2}) {
    const Names all = Walk(*view, Revision{at});
    ASSERT_GT(all.size(), 10U);
    for (int i = 0; i < 200; ++i) {
      const std::string prefix = text(pick(4));
      const Names expected = WithPrefix(all, prefix);
      EXPECT_EQ(Walk(*view, Revision{at}, {.prefix = prefix}), expected);
      EXPECT_EQ(Walk(*view, Revision{at}, {.prefix = prefix, .backward = true}),
                Reversed(expected));
    }
  }
}

#ifdef SWITCHBACK_TSAN  // RocksDB is not built for it
INSTANTIATE_TEST_SUITE_P(Engines, TableRangeTest, ::testing::Values(Kind::kMemory));
#else
INSTANTIATE_TEST_SUITE_P(Engines, TableRangeTest, ::testing::Values(Kind::kMemory, Kind::kRocksDb));
#endif

TEST(TableRangeRows, OutsideTheRangeAreNotRead) {
  const LastingEngine engine;
  {
    const auto store = engine.Create();
    for (const char* id : {"a", "p1", "p2", "z"}) {
      ASSERT_TRUE(store->Commit(Set(id, List({"10.0.0.1"})), By("x")));
    }
  }
  // A walk that came to these would say so.
  WriteBatch damage;
  for (const char* id : {"a", "z"}) {
    damage.Put(Space::kState, HeadKey(Id(id)), "damaged");
    damage.Put(Space::kHistory, VersionKey(Id(id), Version{1}), "damaged");
  }
  ASSERT_TRUE(engine.engine().Write(damage, false));
  const auto store = *engine.Open();
  const auto view = *store->NewView();
  EXPECT_EQ((*view->Table())->Next().error().code, ErrorCode::kDataLoss);
  EXPECT_EQ((*view->Table({}, {.backward = true}))->Next().error().code, ErrorCode::kDataLoss);
  EXPECT_EQ(Walk(*view, {}, {.prefix = "p"}), (Names{"p1", "p2"}));
  EXPECT_EQ(Walk(*view, {}, {.prefix = "p", .backward = true}), (Names{"p2", "p1"}));
  const auto backward = *view->Table({}, {.prefix = "", .backward = true});
  EXPECT_FALSE(backward->Next().has_value());
  EXPECT_EQ((*backward->Next())->id, Id("p2")) << "damage is of one value alone";
}

}  // namespace
}  // namespace switchback
