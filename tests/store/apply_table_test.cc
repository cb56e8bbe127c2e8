// A whole table made true in one revision: what differs is replaced, what it lacks is deleted, what
// is equal stays; whatever the size, whoever commits meanwhile.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <functional>
#include <map>
#include <random>
#include <thread>

#include "hooked_engine.h"

namespace switchback {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Table = std::map<std::string, EndpointList>;

// Hands out a table, and does something at each list on the way.
class TableReader final : public ChangeReader {
 public:
  explicit TableReader(Table table) : table_(std::move(table)) {}

  Result<void> Rewind() override {
    ++passes;
    next_ = table_.begin();
    return {};
  }
  Result<std::optional<IdChange>> Next() override {
    if (next_ == table_.end()) return std::nullopt;
    const auto& [id, list] = *next_++;
    if (at_list) at_list(id);
    return IdChange{Id(id), Replace{list}};
  }
  [[nodiscard]] size_t size_hint() const override { return table_.size(); }

  int passes = 0;
  std::function<void(const std::string&)> at_list;

 private:
  Table table_;
  Table::const_iterator next_;
};

// Any changes, for what a table may not be.
class AnyReader final : public ChangeReader {
 public:
  explicit AnyReader(std::vector<IdChange> changes) : changes_(std::move(changes)) {}
  Result<void> Rewind() override {
    next_ = 0;
    return {};
  }
  Result<std::optional<IdChange>> Next() override {
    if (next_ == changes_.size()) return std::nullopt;
    return changes_[next_++];
  }

 private:
  std::vector<IdChange> changes_;
  size_t next_ = 0;
};

Table Now(const Store& store) {
  Table table;
  const auto view = *store.NewView();
  const auto ids = *view->Table();
  for (auto entry = *ids->Next(); entry; entry = *ids->Next()) {
    table[entry->id.text()] = *(*view->Read(entry->id))->list;
  }
  return table;
}

CommitResult Apply(Store& store, const Table& table, const std::vector<std::string>& globs = {}) {
  TableReader reader(table);
  CommitOptions options = By("ann");
  options.operation = Operation::kApplyTable;
  auto result = store.ApplyTable(reader, globs, options);
  EXPECT_TRUE(result.has_value()) << result.error().message;
  return result.value_or(CommitResult());
}

std::vector<std::string> Ids(const std::vector<ChangedId>& changes) {
  std::vector<std::string> ids;
  ids.reserve(changes.size());
  for (const ChangedId& one : changes) ids.push_back(one.id.text() + (one.deleted ? "-" : ""));
  return ids;
}

TEST(ApplyTable, ReplacesWhatDiffersDeletesWhatIsLackingAndLeavesWhatIsEqual) {
  StoreHolder store(Kind::kRocksDb);
  Apply(*store, {{"a", Range(1, 3)}, {"b", Range(1, 2)}, {"c", {}}, {"d", Range(9, 1)}});
  const Table wanted = {{"a", Range(1, 3)}, {"b", Range(1, 3)}, {"bb", {}}, {"e", Range(4, 4)}};
  const CommitResult result = Apply(*store, wanted);
  EXPECT_EQ(result.revision, Revision{2});
  EXPECT_THAT(Ids(result.changes), ElementsAre("b", "bb", "c-", "d-", "e"));
  ASSERT_EQ(result.unchanged.size(), 1U);
  EXPECT_EQ(result.unchanged[0].id, Id("a"));
  EXPECT_EQ(result.unchanged[0].version, Version{1});
  EXPECT_EQ(Now(*store), wanted);
  EXPECT_EQ((*(*store->NewView())->DescribeRevision(Revision{2})).operation,
            Operation::kApplyTable);
  EXPECT_FALSE(Apply(*store, wanted).revision.has_value());
  // One that was deleted goes on with its numbering, and one that is deleted is not deleted again.
  const CommitResult back = Apply(*store, {{"d", Range(9, 1)}});
  EXPECT_THAT(Ids(back.changes), ElementsAre("a-", "b-", "bb-", "d", "e-"));
  EXPECT_EQ(back.changes[3].version, Version{3});
  EXPECT_EQ(Apply(*store, {}).changes.size(), 1U);
  EXPECT_THAT(Now(*store), IsEmpty());
  store.Reopen();
  EXPECT_THAT(Now(*store), IsEmpty());
  ExpectSound(*store);
}

TEST(ApplyTable, OnlyIdsThatEveryGlobMatchesAreTouched) {
  StoreHolder store(Kind::kMemory);
  Apply(*store, {{"a1", Range(1, 1)}, {"a2", Range(1, 1)}, {"b1", Range(1, 1)}});
  EXPECT_THAT(Ids(Apply(*store, {{"a3", Range(1, 1)}}, {"a*"}).changes),
              ElementsAre("a1-", "a2-", "a3"));
  EXPECT_THAT(Ids(Apply(*store, {}, {"*1", "b*"}).changes), ElementsAre("b1-"));
  TableReader outside({{"a3", Range(1, 1)}, {"b1", Range(1, 1)}});
  const auto refused = store->ApplyTable(outside, {"a*"}, By("x"));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("business ID b1"));
}

TEST(ApplyTable, WhatIsNoTableIsRefused) {
  StoreHolder store(Kind::kMemory);
  Apply(*store, {{"a", Range(1, 1)}, {"b", Range(1, 1)}});
  const std::vector<std::vector<IdChange>> bad = {{{Id("a"), DeleteId{}}},
                                                  {{Id("a"), EditEndpoints{}}},
                                                  {{Id("b"), Replace{}}, {Id("a"), Replace{}}},
                                                  {{Id("a"), Replace{}}, {Id("a"), Replace{}}}};
  for (const std::vector<IdChange>& changes : bad) {
    AnyReader reader(changes);
    const auto refused = store->ApplyTable(reader, {}, By("x"));
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::kInvalidArgument) << refused.error().message;
  }
  EXPECT_EQ((*store->NewView())->revision(), Revision{1});
}

// What the store had when the request came first is no part of it.
TEST(ApplyTable, ARepeatedRequestHasItsFirstResultWhateverLandedSince) {
  StoreHolder store(Kind::kMemory);
  Apply(*store, {{"a", Range(1, 1)}, {"b", Range(1, 1)}});
  const Table table = {{"b", Range(2, 2)}};
  CommitOptions options = By("ann");
  options.request_id = "k";
  TableReader reader(table);
  const auto first = store->ApplyTable(reader, {}, options);
  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(store->Commit(Set("c", Range(1, 1)), By("x")));
  const auto again = store->ApplyTable(reader, {}, options);
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_TRUE(again->replayed);
  EXPECT_EQ(again->revision, first->revision);
  EXPECT_THAT(Ids(again->changes), ElementsAre("a-", "b"));
  EXPECT_EQ(Now(*store).size(), 2U);
  for (const auto& [other, globs] : std::vector<std::pair<Table, std::vector<std::string>>>{
           {{{"b", Range(2, 3)}}, {}}, {{}, {}}, {table, {"b"}}}) {
    TableReader changed(other);
    const auto refused = store->ApplyTable(changed, globs, options);
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
  }
}

TEST(ApplyTable, WhatLandsMeanwhileIsDeletedToo) {
  StoreHolder store(Kind::kMemory);
  Apply(*store, {{"a", Range(1, 1)}});
  TableReader reader({{"b", Range(1, 1)}, {"c", Range(1, 1)}});
  bool came = false;
  reader.at_list = [&](const std::string& id) {
    if (id != "c" || came) return;
    came = true;
    std::thread([&] { EXPECT_TRUE(store->Commit(Set("aa", Range(1, 1)), By("other"))); }).join();
  };
  const auto result = store->ApplyTable(reader, {}, By("x"));
  ASSERT_TRUE(result.has_value()) << result.error().message;
  EXPECT_EQ(result->revision, Revision{3});
  EXPECT_THAT(Ids(result->changes), ElementsAre("a-", "aa-", "b", "c"));
  EXPECT_EQ(reader.passes, 2);
}

TEST(ApplyTable, ADryRunForetellsItAndWritesNothing) {
  const LastingEngine lasting;
  const auto store = lasting.Create();
  Apply(*store, {{"a", Range(1, 1)}, {"b", Range(1, 1)}});
  const RowMap before = lasting.Rows();
  TableReader reader({{"a", Range(1, 2)}});
  CommitOptions options = By("x");
  options.dry_run = true;
  const auto foretold = store->ApplyTable(reader, {}, options);
  ASSERT_TRUE(foretold.has_value());
  EXPECT_THAT(Ids(foretold->changes), ElementsAre("a", "b-"));
  EXPECT_EQ(lasting.Rows(), before);
}

// Tables of many IDs, of which some, all or none differ: one write, and slices.
TEST(ApplyTable, OfAnySize) {
  std::mt19937 random(20261122);
  for (const size_t count : {size_t{100}, kIdsAtOnce, kIdsAtOnce + 1, size_t{3000}}) {
    StoreHolder store(Kind::kMemory);
    Table table;
    for (int round = 0; round < 4; ++round) {
      for (size_t i = 0; i < count; ++i) {
        if (random() % 3 == 0) continue;
        const std::string id = fmt::format("id-{:05}", random() % count);
        if (random() % 4 == 0) {
          table.erase(id);
        } else {
          table[id] = Range(static_cast<uint32_t>(random() % 100), random() % 4);
        }
      }
      const Table before = Now(*store);
      size_t differing = 0;
      for (const auto& [id, list] : table) {
        const auto at = before.find(id);
        differing += at == before.end() || at->second != list ? 1 : 0;
      }
      for (const auto& [id, list] : before) differing += table.contains(id) ? 0 : 1;
      const CommitResult result = Apply(*store, table);
      EXPECT_EQ(result.changes.size(), differing);
      ASSERT_EQ(Now(*store), table) << count << " " << round;
      EXPECT_FALSE(Apply(*store, table).revision.has_value());
    }
    ExpectSound(*store);
  }
}

}  // namespace
}  // namespace switchback
