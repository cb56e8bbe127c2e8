// The store against a plain map of maps, at every version and revision, across reopen, with and
// without checkpoints.
#include <map>
#include <set>

#include "store_fixture.h"

namespace switchback {
namespace {

using ModelList = std::map<std::string, std::string>;  // key text -> value text

struct ModelVersion {
  uint64_t revision = 0;
  bool deleted = false;
  ModelList list;
};

struct ModelRefusal {
  uint64_t revision = 0;  // after which it was said
  std::string call;
};

struct Model {
  std::map<std::string, std::vector<ModelVersion>> ids;
  uint64_t revision = 0;
  std::vector<ModelRefusal> refusals;

  const ModelVersion* At(const std::string& id, uint64_t at) const {
    const ModelVersion* best = nullptr;
    const auto found = ids.find(id);
    if (found == ids.end()) return nullptr;
    for (const ModelVersion& version : found->second) {
      if (version.revision <= at) best = &version;
    }
    return best;
  }
};

ModelList ToModel(const EndpointList& list) {
  ModelList model;
  for (const Endpoint endpoint : list) {
    std::string value;
    AppendEndpointValue(endpoint.value, value);
    model[FormatEndpointKey(endpoint.key)] = value;
  }
  return model;
}

EndpointList FromModel(const ModelList& model) {
  std::vector<std::string> texts;
  for (const auto& [key, value] : model) texts.push_back(value.empty() ? key : key + " " + value);
  return List(texts);
}

// Random work on a few IDs; sizes on both sides of every encoding's boundary.
class ModelRun {
 public:
  ModelRun(Kind kind, uint32_t seed) : random_(seed), store_(kind) {}

  void Run(int steps) {
    for (int step = 0; step < steps; ++step) {
      Step();
      if (::testing::Test::HasFatalFailure()) return;
      if (step % 40 == 39) store_.Reopen();
    }
    CheckAll();
    ExpectSound(*store_);
    ASSERT_TRUE(store_->DropCheckpoints(/*remake=*/false));
    CheckAll();
    ASSERT_TRUE(store_->DropCheckpoints(/*remake=*/true));
    CheckAll();
    ExpectSound(*store_);
    ASSERT_TRUE(store_->Compact());
    store_.Reopen();
    CheckAll();
  }

 private:
  uint32_t Roll(uint32_t below) { return static_cast<uint32_t>(random_() % below); }
  std::string SomeId() { return "id-" + std::to_string(Roll(4)); }

  std::string SomeKey() {
    switch (Roll(8)) {
      case 0:
        return fmt_v6(Roll(400));
      case 1:
        return "10.9." + std::to_string(Roll(200)) + ".0/24";
      case 2:
        return "10.1.0." + std::to_string(Roll(250)) + ":" + std::to_string(8000 + Roll(3));
      default:
        return "10." + std::to_string(Roll(4)) + "." + std::to_string(Roll(256)) + "." +
               std::to_string(Roll(256)) + ":8000";
    }
  }
  static std::string fmt_v6(uint32_t n) {
    // Canonical, as the store prints it.
    return FormatEndpointKey(ParseEndpoint("2001:db8::" + std::to_string(n + 1))->key);
  }
  std::string SomeValue() {
    switch (Roll(6)) {
      case 0:
        return "";
      case 1:
        return "weight=" + std::to_string(Roll(5));
      case 2:
        return "weight=7 zone=" + std::string(1, static_cast<char>('a' + Roll(3)));
      default:
        return "weight=100";
    }
  }

  ModelList Current(const std::string& id) {
    const auto& versions = model_.ids[id];
    return versions.empty() || versions.back().deleted ? ModelList{} : versions.back().list;
  }
  bool Exists(const std::string& id) {
    const auto& versions = model_.ids[id];
    return !versions.empty() && !versions.back().deleted;
  }

  void Step() {
    const uint32_t what = Roll(100);
    if (what < 60) {
      EditSome();
    } else if (what < 72) {
      ReplaceOne();
    } else if (what < 84) {
      RestoreOne();
    } else if (what < 88) {
      DeleteOne();
    } else if (what < 95) {
      SetSeveral();
    } else {
      RestoreAll();
    }
    if (Roll(8) == 0) RefuseSome();
    if (!::testing::Test::HasFatalFailure()) CheckHeads();
  }

  void Land(const Result<CommitResult>& result, const std::map<std::string, ModelVersion>& next) {
    ASSERT_TRUE(result.has_value()) << result.error().message;
    std::map<std::string, ModelVersion> changed;
    for (const auto& [id, version] : next) {
      const bool same =
          Exists(id) ? !version.deleted && Current(id) == version.list : version.deleted;
      if (!same) changed[id] = version;
    }
    ASSERT_EQ(result->changes.size(), changed.size());
    ASSERT_EQ(result->revision.has_value(), !changed.empty());
    if (changed.empty()) return;
    ASSERT_EQ(result->revision->value, ++model_.revision);
    for (auto& [id, version] : changed) {
      version.revision = model_.revision;
      model_.ids[id].push_back(version);
    }
  }

  void EditSome() {
    const std::string id = SomeId();
    ModelList list = Current(id);
    std::vector<EndpointEdit> edits;
    std::set<std::string> touched;
    for (uint32_t i = 0, n = 1 + Roll(Roll(10) == 0 ? 300 : 10); i < n; ++i) {
      std::string key = SomeKey();
      if (!list.empty() && Roll(2) == 0)
        key = std::next(list.begin(), Roll(static_cast<uint32_t>(list.size())))->first;
      if (!touched.insert(key).second) continue;
      const std::string value = SomeValue();
      const std::string text = value.empty() ? key : key + " " + value;
      if (list.contains(key) && Roll(2) == 0) {
        edits.push_back(Edit(EditKind::kRemove, key));
        list.erase(key);
      } else if (list.contains(key)) {
        edits.push_back(Edit(EditKind::kSet, text));
        list[key] = value;
      } else {
        edits.push_back(Edit(EditKind::kAdd, text));
        list[key] = value;
      }
    }
    const Result<CommitResult> result = store_->Commit(Edits(id, edits), By("editor"));
    Land(result, {{id, {0, false, list}}});
  }

  ModelList SomeList() {
    static constexpr uint32_t kSizes[] = {0,    1,    2,    30,   600,  1023, 1024,
                                          1025, 1500, 4095, 4096, 4097, 6000};
    ModelList list;
    const uint32_t size = kSizes[Roll(13)];
    if (Roll(3) == 0) return ToModel(Range(Roll(1000000), size, 1 + Roll(3)));
    while (list.size() < size) list[SomeKey()] = SomeValue();
    return list;
  }

  void ReplaceOne() {
    const std::string id = SomeId();
    const ModelList list = SomeList();
    Land(store_->Commit(Set(id, FromModel(list)), By("setter")), {{id, {0, false, list}}});
  }

  void SetSeveral() {
    Change change;
    std::map<std::string, ModelVersion> next;
    for (int i = 0; i < 3; ++i) {
      const std::string id = SomeId();
      if (next.contains(id)) continue;
      const ModelList list = SomeList();
      next[id] = {0, false, list};
      change.ids.push_back({Id(id), Replace{FromModel(list)}, std::nullopt});
    }
    Land(store_->Commit(change, By("several")), next);
  }

  void RestoreOne() {
    const std::string id = SomeId();
    if (model_.ids[id].empty()) return;
    const uint64_t version = 1 + Roll(static_cast<uint32_t>(model_.ids[id].size()));
    const ModelVersion target = model_.ids[id][version - 1];
    const auto result = store_->Restore({{Id(id), Version{version}, std::nullopt}}, By("restorer"));
    if (target.deleted) {
      ASSERT_FALSE(result.has_value());
      EXPECT_EQ(result.error().code, ErrorCode::kNotFound);
      return;
    }
    Land(result, {{id, {0, false, target.list}}});
  }

  void DeleteOne() {
    const std::string id = SomeId();
    if (!Exists(id)) return;
    Land(store_->Commit(Delete(id), By("deleter")), {{id, {0, true, {}}}});
  }

  void RestoreAll() {
    if (model_.revision == 0) return;
    const uint64_t at = Roll(static_cast<uint32_t>(model_.revision) + 1);
    std::map<std::string, ModelVersion> next;
    for (const auto& [id, versions] : model_.ids) {
      if (versions.empty()) continue;
      const ModelVersion* then = model_.At(id, at);
      next[id] = then == nullptr || then->deleted ? ModelVersion{0, true, {}}
                                                  : ModelVersion{0, false, then->list};
    }
    Land(store_->RestoreTable(Revision{at}, "", By("all")), next);
  }

  void RefuseSome() {
    for (uint32_t i = 0, n = 1 + Roll(3); i < n; ++i) {
      const std::string call = "call-" + std::to_string(Roll(100));
      const auto recorded =
          store_->RecordRefusal({.call = call,
                                 .missing = "the role admin",
                                 .origin = {.user = "user-" + std::to_string(Roll(3))}});
      if (recorded) {
        model_.refusals.push_back({model_.revision, call});
        continue;
      }
      // Over a service there is no such call.
      ASSERT_EQ(recorded.error().code, ErrorCode::kInvalidArgument) << recorded.error().message;
      ASSERT_TRUE(model_.refusals.empty());
    }
  }

  void CheckHeads() {
    for (const auto& [id, versions] : model_.ids) {
      const Result<ListHandle> read = store_->Read(Id(id));
      if (versions.empty() || versions.back().deleted) {
        ASSERT_FALSE(read.has_value());
        ASSERT_EQ(read.error().code, ErrorCode::kNotFound);
        continue;
      }
      ASSERT_TRUE(read.has_value()) << read.error().message;
      ASSERT_EQ((*read)->version.value, versions.size());
      ASSERT_EQ((*read)->revision.value, versions.back().revision);
      ASSERT_EQ(ToModel(*(*read)->list), versions.back().list) << id;
    }
  }

  void CheckAll() {
    const auto view = *store_->NewView();
    ASSERT_EQ(view->revision().value, model_.revision);
    for (const auto& [id, versions] : model_.ids) {
      for (size_t v = 1; v <= versions.size(); ++v) CheckVersion(*view, id, v);
      CheckDiffs(*view, id);
      CheckHistory(*view, id);
    }
    CheckTables(*view);
    CheckRefusals(*view);
  }

  void CheckRefusals(const View& view) {
    if (model_.refusals.empty()) return;
    const auto cursor = view.SaidRecords();
    ASSERT_TRUE(cursor.has_value()) << cursor.error().message;
    for (size_t i = model_.refusals.size(); i > 0; --i) {
      const auto next = (*cursor)->Next();
      ASSERT_TRUE(next.has_value()) << next.error().message;
      ASSERT_TRUE(next->has_value());
      ASSERT_EQ((*next)->info.revision.value, model_.refusals[i - 1].revision);
      ASSERT_EQ((*next)->subject, model_.refusals[i - 1].call);
    }
    ASSERT_FALSE((*cursor)->Next()->has_value());
  }

  void CheckVersion(const View& view, const std::string& id, size_t v) {
    const ModelVersion& expected = model_.ids[id][v - 1];
    const Result<ListHandle> read = view.Read(Id(id), Version{v});
    ASSERT_EQ(read.has_value(), !expected.deleted);
    const EndpointList list = FromModel(expected.list);
    if (read) {
      ASSERT_EQ(*(*read)->list, list) << id << "@" << v;
      ASSERT_EQ((*read)->digest(), list.digest());
    }
    const Result<VersionSummary> summary = view.Summarize(Id(id), Version{v});
    ASSERT_TRUE(summary.has_value()) << summary.error().message;
    ASSERT_EQ(summary->count, expected.list.size());
    ASSERT_EQ(summary->digest, list.digest());
    const auto resolved =
        view.Resolve(Id(id), RevisionSelector{Revision{expected.revision}, false});
    ASSERT_TRUE(resolved.has_value());
    ASSERT_EQ(resolved->version.value, v);
    ASSERT_EQ(resolved->deleted, expected.deleted);
  }

  void CheckDiffs(const View& view, const std::string& id) {
    const size_t n = model_.ids[id].size();
    for (int i = 0; n > 0 && i < 40; ++i) {
      const uint64_t a = Roll(static_cast<uint32_t>(n) + 1);
      const uint64_t b = i % 2 == 0 && a > 0 ? a - 1 : Roll(static_cast<uint32_t>(n) + 1);
      const Result<ListDiff> diff = view.Diff({Id(id), Version{a}}, {Id(id), Version{b}});
      ASSERT_TRUE(diff.has_value()) << diff.error().message;
      const EndpointList from = a == 0 ? EndpointList() : FromModel(model_.ids[id][a - 1].list);
      const EndpointList to = b == 0 ? EndpointList() : FromModel(model_.ids[id][b - 1].list);
      const Result<EndpointList> applied = Apply(from, *diff);
      ASSERT_TRUE(applied.has_value()) << applied.error().message;
      ASSERT_EQ(*applied, to) << id << "@" << a << ".." << b;
      ASSERT_EQ(diff->size(), Diff(from, to).size()) << "no needless edits";
    }
  }

  void CheckHistory(const View& view, const std::string& id) {
    const auto& versions = model_.ids[id];
    if (versions.empty()) return;
    const auto cursor = view.History(Id(id));
    ASSERT_TRUE(cursor.has_value());
    for (size_t v = versions.size(); v > 0; --v) {
      const auto info = (*cursor)->Next();
      ASSERT_TRUE(info.has_value()) << info.error().message;
      ASSERT_TRUE(info->has_value());
      ASSERT_EQ((*info)->version.value, v);
      ASSERT_EQ((*info)->commit.revision.value, versions[v - 1].revision);
      ASSERT_EQ((*info)->count, versions[v - 1].list.size());
      ASSERT_EQ((*info)->deleted, versions[v - 1].deleted);
    }
    ASSERT_FALSE((*cursor)->Next()->has_value());
  }

  void CheckTables(const View& view) {
    for (int i = 0; i < 20; ++i) {
      const uint64_t at = Roll(static_cast<uint32_t>(model_.revision) + 1);
      const auto table = view.Table(Revision{at});
      ASSERT_TRUE(table.has_value());
      for (const auto& [id, versions] : model_.ids) {
        const ModelVersion* then = model_.At(id, at);
        if (then == nullptr || then->deleted) continue;
        const auto entry = (*table)->Next();
        ASSERT_TRUE(entry.has_value() && entry->has_value());
        ASSERT_EQ((*entry)->id.text(), id);
        ASSERT_EQ((*entry)->revision.value, then->revision);
      }
      ASSERT_FALSE((*table)->Next()->has_value());
    }
  }

  std::mt19937 random_;
  StoreHolder store_;
  Model model_;
};

class ModelTest : public ::testing::TestWithParam<std::tuple<Kind, uint32_t>> {};

TEST_P(ModelTest, EveryVersionIsAsTheMapSays) {
  const auto [kind, seed] = GetParam();
  SCOPED_TRACE("seed " + std::to_string(seed));
  ModelRun(kind, seed).Run(220);
}

INSTANTIATE_TEST_SUITE_P(Seeds, ModelTest,
                         ::testing::Combine(::testing::Values(Kind::kMemory, Kind::kRocksDb),
                                            ::testing::Values(1U, 2U, 3U, 4U)));

}  // namespace
}  // namespace switchback
