// Commits of a few edits on lists that are too long for a head row: whatever the cache of lists can
// hold, whole lists, edits alone or nothing, answers and bytes are the same, and as a map says.
#include <map>
#include <random>
#include <set>

#include "hooked_engine.h"

namespace switchback {
namespace {

using Model = std::map<uint64_t, uint32_t>;  // address -> weight

constexpr size_t kWhole = size_t{64} << 20;
constexpr size_t kEditsAlone = 40'000;  // a root and some edits; few of the whole lists
constexpr size_t kNothing = 0;

EndpointKey KeyOf(uint64_t address) {
  return {{Family::kIPv4, 0, address}, 32, 8000};
}

EndpointList ToList(const Model& model) {
  EndpointListBuilder builder;
  for (const auto& [address, weight] : model) builder.Append({KeyOf(address), {weight, {}}});
  return builder.Finish();
}

EndpointEdit EditOf(EditKind kind, uint64_t address, uint32_t weight) {
  EndpointEdit edit{kind, {}, false};
  edit.endpoint.key = KeyOf(address);
  if (kind != EditKind::kRemove) edit.endpoint.weight = weight;
  return edit;
}

// One history, written to several stores in step.
class LargeEdits : public ::testing::TestWithParam<uint32_t> {
 protected:
  struct OneStore {
    explicit OneStore(size_t cache_bytes) {
      options.list_cache_bytes = cache_bytes;
      options.clock = clock.clock();
      store = engine.Create(options);
    }
    void Reopen() {
      store.reset();
      auto opened = engine.Open(options);
      ASSERT_TRUE(opened.has_value()) << opened.error().message;
      store = std::move(*opened);
    }
    FakeClock clock;
    OpenOptions options;
    LastingEngine engine;
    std::unique_ptr<Store> store;
  };

  void Commit(const Change& change) {
    std::vector<Result<CommitResult>> results;
    results.reserve(stores_.size());
    for (auto& one : stores_) results.push_back(one->store->Commit(change, By("x")));
    for (const Result<CommitResult>& result : results) {
      ASSERT_EQ(result.has_value(), results[0].has_value());
      if (result) continue;
      ASSERT_EQ(result.error().code, results[0].error().code);
      ASSERT_EQ(result.error().message, results[0].error().message);
      ASSERT_EQ(result.error().items, results[0].error().items);
    }
    landed_ = results[0].has_value();
    if (!landed_) failure_ = results[0].error();
  }
  // REQUIRES: `model` is what the change makes.
  void Land(const Change& change, Model model) {
    ASSERT_NO_FATAL_FAILURE(Commit(change));
    ASSERT_TRUE(landed_) << failure_.message;
    versions_.push_back(std::move(model));
  }

  void Edit() {
    Model model = versions_.back();
    Change change;
    EditEndpoints edits;
    std::set<uint64_t> touched;
    const size_t count = random_() % 8 == 0 ? 150 : 1 + random_() % 50;
    while (edits.edits.size() < count) {
      const uint64_t address = SomeAddress(model);
      if (!touched.insert(address).second) continue;
      const auto weight = static_cast<uint32_t>(random_() % 100);
      if (!model.contains(address)) {
        edits.edits.push_back(EditOf(EditKind::kAdd, address, weight));
        model[address] = weight;
      } else if (random_() % 2 == 0) {
        edits.edits.push_back(EditOf(EditKind::kRemove, address, 0));
        model.erase(address);
      } else {
        edits.edits.push_back(EditOf(EditKind::kSet, address, weight + 1000));
        model[address] = weight + 1000;
      }
    }
    change.ids.push_back({id_, std::move(edits), std::nullopt});
    if (model == versions_.back()) return;
    Land(change, std::move(model));
  }

  void EditThatConflicts() {
    const Model& model = versions_.back();
    EditEndpoints edits;
    for (int i = 0; i < 5; ++i) {
      const uint64_t there = SomeAddress(model);
      if (!model.contains(there)) continue;
      edits.edits.push_back(EditOf(EditKind::kAdd, there, 1));
      edits.edits.push_back(EditOf(EditKind::kRemove, 0x7f000000 + random_() % 1000, 0));
    }
    if (edits.edits.empty()) return;
    Change change;
    change.ids.push_back({id_, std::move(edits), std::nullopt});
    ASSERT_NO_FATAL_FAILURE(Commit(change));
    ASSERT_FALSE(landed_);
    ASSERT_TRUE(failure_.code == ErrorCode::kConflict ||
                failure_.code == ErrorCode::kInvalidArgument)
        << failure_.message;
  }

  void Restore() {
    const size_t at = random_() % versions_.size();
    if (versions_[at] == versions_.back()) return;
    Change change;
    change.ids.push_back({id_, CopyVersion{Version{at + 1}}, std::nullopt});
    Land(change, versions_[at]);
  }

  void SetWhole() {
    Model model;
    const size_t count = 4'000 + random_() % 6'000;
    while (model.size() < count) model[0x0a000000 + random_() % 5'000'000] = 100;
    const EndpointList list = ToList(model);
    Land(Set(id_.text(), list), std::move(model));
  }

  void Read() {
    const size_t at = random_() % 3 == 0 ? random_() % versions_.size() : versions_.size() - 1;
    const Model& model = versions_[at];
    const EndpointList expected = ToList(model);
    const uint64_t address = SomeAddress(model);
    for (auto& one : stores_) {
      const auto view = *one->store->NewView();
      const auto summary = view->Summarize(id_, Version{at + 1});
      ASSERT_TRUE(summary.has_value()) << summary.error().message;
      ASSERT_EQ(summary->count, expected.size());
      ASSERT_EQ(summary->digest, expected.digest());
      const auto contains = view->Contains(id_, KeyOf(address));
      ASSERT_TRUE(contains.has_value()) << contains.error().message;
      ASSERT_EQ(*contains, versions_.back().contains(address));
      const auto read = view->Read(id_, Version{at + 1});
      ASSERT_TRUE(read.has_value()) << read.error().message;
      ASSERT_EQ(*(*read)->list, expected) << at + 1;
    }
  }

  void Step() {
    for (auto& one : stores_) one->clock.Advance(1000);
    const uint32_t what = random_() % 200;
    if (what < 160) return Edit();
    if (what < 170) return EditThatConflicts();
    if (what < 174) return Restore();
    if (what < 175) return SetWhole();
    if (what < 196) return Read();
    for (auto& one : stores_) ASSERT_NO_FATAL_FAILURE(one->Reopen());
  }

  void ExpectEveryVersion() {
    for (auto& one : stores_) {
      const PlainReader plain(one->engine);
      for (size_t at = 0; at < versions_.size(); ++at) {
        const auto list = plain.content().ReadList(id_, Version{at + 1});
        ASSERT_TRUE(list.has_value()) << list.error().message;
        ASSERT_EQ(**list, ToList(versions_[at])) << at + 1;
      }
      ExpectSound(*one->store);
    }
  }

  // But for the store's own row, which holds an identity drawn by lot.
  static RowMap RowsOf(const OneStore& one) {
    RowMap rows = one.engine.Rows();
    EXPECT_EQ(rows.erase({Space::kState, StoreRowKey()}), 1U);
    return rows;
  }

  uint64_t SomeAddress(const Model& model) {
    const uint64_t address = 0x0a000000 + random_() % 5'000'000;
    const auto near = model.lower_bound(address);
    return random_() % 3 == 0 || near == model.end() ? address : near->first;
  }

  const BusinessId id_ = Id("a");
  std::mt19937 random_{GetParam()};
  std::vector<std::unique_ptr<OneStore>> stores_ = [] {
    std::vector<std::unique_ptr<OneStore>> stores;
    for (const size_t bytes : {kWhole, kEditsAlone, kNothing}) {
      stores.push_back(std::make_unique<OneStore>(bytes));
    }
    return stores;
  }();
  std::vector<Model> versions_;  // by version - 1
  bool landed_ = false;
  Error failure_;
};

TEST_P(LargeEdits, AnyCacheGivesTheSameAnswersAndTheSameBytes) {
  ASSERT_NO_FATAL_FAILURE(SetWhole());
  for (int step = 0; step < 400; ++step) {
    ASSERT_NO_FATAL_FAILURE(Step()) << "step " << step;
  }
  ASSERT_NO_FATAL_FAILURE(ExpectEveryVersion());
  EXPECT_GT(stores_[0]->store->Stats()->checkpoints, 0U);
  for (auto& one : stores_) EXPECT_TRUE(RowsOf(*one) == RowsOf(*stores_[0])) << "the same bytes";
}

INSTANTIATE_TEST_SUITE_P(Seeds, LargeEdits, ::testing::Range(1U, 4U));

// On RocksDB, where chunks are in files and a reopened store has nothing cached.
TEST(LargeEditsReopened, TheListIsAsTheMapSays) {
  std::mt19937 random(9);
  StoreHolder store(Kind::kRocksDb);
  Model model;
  while (model.size() < 20'000) model[random() % 50'000'000] = 100;
  ASSERT_TRUE(store->Commit(Set("a", ToList(model)), By("x")));
  for (int step = 0; step < 120; ++step) {
    EditEndpoints edits;
    for (int i = 0; i < 10; ++i) {
      const auto at = model.lower_bound(random() % 50'000'000);
      if (at == model.end()) continue;
      edits.edits.push_back(EditOf(EditKind::kRemove, at->first, 0));
      model.erase(at);
      const uint64_t added = 50'000'000 + static_cast<uint64_t>(step) * 10 + i;
      edits.edits.push_back(EditOf(EditKind::kAdd, added, 7));
      model[added] = 7;
    }
    Change change;
    change.ids.push_back({Id("a"), std::move(edits), std::nullopt});
    const auto committed = store->Commit(change, By("x"));
    ASSERT_TRUE(committed.has_value()) << committed.error().message;
    if (step % 7 == 6) store.Reopen();
    if (step % 20 != 19) continue;
    const auto read = store->Read(Id("a"));
    ASSERT_TRUE(read.has_value()) << read.error().message;
    ASSERT_EQ(*(*read)->list, ToList(model)) << step;
  }
  ExpectSound(*store);
}

// The cache knows a later version's edits, over chunks that a view of before has never seen.
TEST(LargeEditsTest, AnEarlierViewDoesNotKnowLaterVersions) {
  OpenOptions options;
  options.max_ids_at_once = 4;  // in slices: the new lists are not cached
  const auto store = *Store::CreateInMemory(CreateOptions{"test", options});
  ASSERT_TRUE(store->Commit(Set("other", Range(1, 2)), By("x")));
  const auto before = *store->NewView();
  Change many;
  for (const char* id : {"long", "a", "b", "c", "d", "e"}) {
    many.ids.push_back({Id(id), Replace{Range(0x0a000000, id[0] == 'l' ? 400'000 : 1)}, {}});
  }
  ASSERT_TRUE(store->Commit(many, By("x")));
  ASSERT_TRUE(store->Commit(Edits("long", {EditOf(EditKind::kSet, 1, 7)}), By("x")));
  for (const uint64_t version : {1, 2, 3}) {
    const auto read = before->Read(Id("long"), Version{version});
    ASSERT_FALSE(read.has_value()) << version;
    EXPECT_EQ(read.error().code, ErrorCode::kNotFound) << version << ": " << read.error().message;
  }
  EXPECT_EQ((*store->Read(Id("long")))->list->size(), 400'001U);
}

}  // namespace
}  // namespace switchback
