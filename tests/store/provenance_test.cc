// Net changes, blame, lives and who-has against plain walks over every version.
#include "switchback/provenance.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "plain_net.h"

namespace switchback {
namespace {

// Of a long list only some endpoints are checked: a plain walk looks at every version for each.
constexpr size_t kLong = 500;
size_t Stride(size_t count) {
  return count < kLong ? 1 : 97;
}

class ProvenanceTest : public ::testing::TestWithParam<std::tuple<Kind, uint32_t>> {
 protected:
  ProvenanceTest() : store_(std::get<0>(GetParam())), history_(*store_, std::get<1>(GetParam())) {
    history_.Grow(160);
    view_ = *store_->NewView();
  }

  StoreHolder store_;
  RandomHistory history_;
  std::unique_ptr<View> view_;
};

TEST_P(ProvenanceTest, BlameNamesTheVersionThatGaveEachEndpointItsValueAndItsKey) {
  for (const auto& [id, versions] : history_.versions()) {
    for (size_t v = 1; v <= versions.size(); ++v) {
      const auto blame = view_->BlameList(Id(id), Version{v});
      ASSERT_EQ(blame.has_value(), !versions[v - 1].deleted);
      if (!blame) continue;
      const EndpointList& list = *blame->list->list;
      ASSERT_EQ(ToPlain(list), versions[v - 1].list);
      EXPECT_EQ(blame->oldest_kept.value, 1U);
      for (size_t i = 0; i < list.size(); i += Stride(list.size())) {
        const std::string key = FormatEndpointKey(list.Key(i));
        const std::string value = versions[v - 1].list.at(key);
        size_t key_from = v;
        while (ListAt(versions, key_from - 1).contains(key)) --key_from;
        size_t value_from = v;
        while (value_from > key_from && ListAt(versions, value_from - 1).at(key) == value) {
          --value_from;
        }
        ASSERT_EQ(blame->key_from[i].value, key_from) << id << "@" << v << " " << key;
        ASSERT_EQ(blame->value_from[i].value, value_from) << id << "@" << v << " " << key;
      }
    }
  }
}

struct PlainLife {
  uint64_t from = 0;
  uint64_t until = 0;  // 0: still there
  std::vector<std::pair<uint64_t, std::string>> values;
  bool operator==(const PlainLife&) const = default;
};

std::vector<PlainLife> LivesOf(const std::vector<PlainVersion>& versions, const std::string& key) {
  std::vector<PlainLife> lives;
  bool there = false;
  for (size_t v = 1; v <= versions.size(); ++v) {
    const PlainList& list = ListAt(versions, v);
    const auto found = list.find(key);
    if (found == list.end()) {
      if (there) lives.back().until = v;
      there = false;
      continue;
    }
    if (!there) lives.push_back({v, 0, {}});
    there = true;
    auto& values = lives.back().values;
    if (values.empty() || values.back().second != found->second) {
      values.emplace_back(v, found->second);
    }
  }
  return lives;
}

std::vector<PlainLife> Plain(const std::vector<EndpointLife>& lives) {
  std::vector<PlainLife> plain;
  for (const EndpointLife& life : lives) {
    EXPECT_FALSE(life.since_before);
    plain.push_back({life.from.value, life.until ? life.until->value : 0, {}});
    for (const auto& value : life.values) {
      plain.back().values.emplace_back(value.from.value, value.text);
    }
  }
  return plain;
}

std::set<std::string> AllKeys(const std::vector<PlainVersion>& versions) {
  std::set<std::string> keys;
  for (const PlainVersion& version : versions) {
    for (const auto& [key, value] : version.list) keys.insert(key);
  }
  return keys;
}

TEST_P(ProvenanceTest, LivesTellEveryStayAndEveryValue) {
  for (const auto& [id, versions] : history_.versions()) {
    const std::set<std::string> all = AllKeys(versions);
    const std::vector<std::string> keys(all.begin(), all.end());
    for (int i = 0; i < 40 && !keys.empty(); ++i) {
      const std::string& key = keys[history_.Roll(static_cast<uint32_t>(keys.size()))];
      const auto lives = view_->Lives(Id(id), ParseEndpoint(key)->key);
      ASSERT_TRUE(lives.has_value()) << lives.error().message;
      ASSERT_EQ(Plain(*lives), LivesOf(versions, key)) << id << " " << key;
    }
    const auto never = view_->Lives(Id(id), ParseEndpoint("192.0.2.1")->key);
    ASSERT_TRUE(never.has_value());
    EXPECT_TRUE(never->empty());
  }
  EXPECT_EQ(view_->Lives(Id("nobody"), ParseEndpoint("192.0.2.1")->key).error().code,
            ErrorCode::kNotFound);
}

const std::vector<std::string> kQueries = {
    "10.0.0.7",      "10.0.0.7:80", "10.0.0.0/24",   "10.0.1.0/24:80", "10.0.0.0/8", "0.0.0.0/0",
    "10.0.0.128/25", "10.0.2.29",   "2001:db8::/32", "2001:db8::3",    "::/0",       "192.0.2.1"};

TEST_P(ProvenanceTest, WhoHasFindsWhatAPlainSearchFindsAtEveryRevision) {
  for (int i = 0; i < 40; ++i) {
    const std::string& text = kQueries[static_cast<size_t>(i) % kQueries.size()];
    const AddressQuery query = *ParseAddressQuery(text);
    const uint64_t at = history_.Roll(static_cast<uint32_t>(history_.revision()) + 1);
    const bool now = i % 3 == 0;
    const auto cursor = view_->WhoHas(query, now ? std::nullopt : std::optional(Revision{at}),
                                      i % 4 ? "" : "id-[12]");
    ASSERT_TRUE(cursor.has_value());
    for (const auto& [id, versions] : history_.versions()) {
      if (i % 4 == 0 && id != "id-1" && id != "id-2") continue;
      uint64_t version = 0;
      for (size_t v = 1; v <= versions.size(); ++v) {
        if (now || versions[v - 1].revision <= at) version = v;
      }
      const EndpointList list = FromPlain(ListAt(versions, version));
      for (const Endpoint endpoint : list) {
        const auto match = MatchAddress(query, endpoint.key);
        if (!match) continue;
        const auto found = (*cursor)->Next();
        ASSERT_TRUE(found.has_value() && *found) << text << " " << FormatEndpoint(endpoint);
        ASSERT_EQ((*found)->id.text(), id);
        ASSERT_EQ(FormatEndpoint((*found)->endpoint.view()), FormatEndpoint(endpoint));
        ASSERT_EQ((*found)->match, *match);
        ASSERT_EQ((*found)->version.value, version);
        if (list.size() < kLong || list.Find(endpoint.key) % Stride(list.size()) == 0) {
          uint64_t from = version;
          while (ListAt(versions, from - 1).contains(FormatEndpointKey(endpoint.key))) --from;
          ASSERT_EQ((*found)->from.value, from);
        }
        ASSERT_FALSE((*found)->since_before);
      }
    }
    ASSERT_FALSE((*cursor)->Next()->has_value()) << text;
  }
  EXPECT_EQ(view_->WhoHas(*ParseAddressQuery("::1"), view_->revision().Next(), "").error().code,
            ErrorCode::kNotFound);
}

TEST_P(ProvenanceTest, WhoEverHadFindsEveryStay) {
  for (const std::string& text : kQueries) {
    const AddressQuery query = *ParseAddressQuery(text);
    if (query.prefix_length <= 8) continue;  // every endpoint of long lists: plain walks take long
    const auto cursor = view_->WhoEverHad(query, "");
    ASSERT_TRUE(cursor.has_value());
    for (const auto& [id, versions] : history_.versions()) {
      std::vector<EndpointKey> keys;
      for (const std::string& key : AllKeys(versions)) {
        const EndpointKey parsed = ParseEndpoint(key)->key;
        if (MatchAddress(query, parsed)) keys.push_back(parsed);
      }
      std::ranges::sort(keys);
      for (const EndpointKey& key : keys) {
        for (const PlainLife& life : LivesOf(versions, FormatEndpointKey(key))) {
          const auto found = (*cursor)->Next();
          ASSERT_TRUE(found.has_value() && *found) << text;
          ASSERT_EQ((*found)->id.text(), id);
          ASSERT_EQ((*found)->life.key, key);
          ASSERT_EQ(Plain({(*found)->life}), std::vector{life});
          ASSERT_EQ((*found)->match, *MatchAddress(query, key));
        }
      }
    }
    ASSERT_FALSE((*cursor)->Next()->has_value()) << text;
  }
}

TEST_P(ProvenanceTest, NetChangesLeaveOutWhatOthersDidInBetween) {
  for (int round = 0; round < 30; ++round) {
    RevisionChoice choice;
    std::set<uint64_t> chosen;
    const uint32_t share = 1 + history_.Roll(4);
    for (uint64_t r = 1; r <= history_.revision(); ++r) {
      if (history_.Roll(share) != 0 && round % 3 != 0) continue;
      chosen.insert(r);
      choice.revisions.push_back(Revision{r});
    }
    std::ranges::reverse(choice.revisions);
    if (round % 2 == 0 && !choice.revisions.empty()) {
      choice.revisions.push_back(choice.revisions.front());
    }
    if (round % 5 == 0) choice.glob = "id-[0-2]";
    if (round % 7 == 0) choice.ids = {{Id("id-2"), Id("id-1"), Id("nobody")}};
    const auto cursor = view_->NetChanges(choice);
    ASSERT_TRUE(cursor.has_value()) << cursor.error().message;
    for (const auto& [id, versions] : history_.versions()) {
      if (round % 5 == 0 && id > "id-2") continue;
      if (round % 7 == 0 && id != "id-1" && id != "id-2") continue;
      std::vector<uint64_t> own;
      for (size_t v = 1; v <= versions.size(); ++v) {
        if (chosen.contains(versions[v - 1].revision)) own.push_back(v);
      }
      if (own.empty()) continue;
      const auto next = (*cursor)->Next();
      ASSERT_TRUE(next.has_value()) << next.error().message;
      ASSERT_TRUE(next->has_value());
      const NetChange& change = **next;
      ASSERT_EQ(change.id.text(), id);
      ASSERT_EQ(change.versions.size(), own.size());
      ASSERT_EQ(change.from().value, own.front() - 1);
      ASSERT_EQ(change.to().value, own.back());
      ASSERT_EQ(change.count_before, ListAt(versions, own.front() - 1).size());
      ASSERT_EQ(change.count, ListAt(versions, own.back()).size());
      ASSERT_EQ(change.existed, own.front() > 1 && !versions[own.front() - 2].deleted);
      ASSERT_EQ(change.exists, !versions[own.back() - 1].deleted);
      PlainList before = ToPlain(change.diff.removed);
      before.merge(ToPlain(change.diff.changed_from));
      PlainList after = ToPlain(change.diff.added);
      after.merge(ToPlain(change.diff.changed_to));
      const PlainNet expected = NetOf(versions, chosen);
      ASSERT_EQ(before, expected.before) << id;
      ASSERT_EQ(after, expected.after) << id;
      std::set<std::string> between;
      for (const EndpointKey& key : change.changed_between) between.insert(FormatEndpointKey(key));
      ASSERT_EQ(between, expected.changed_between) << id;
    }
    ASSERT_FALSE((*cursor)->Next()->has_value());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, ProvenanceTest,
                         ::testing::Combine(::testing::Values(Kind::kMemory, Kind::kRocksDb),
                                            ::testing::Values(1U, 2U, 3U)));

TEST(AddressQueryTest, TakesAnAddressARangeAndAPortAndNothingElse) {
  EXPECT_EQ(ParseAddressQuery("10.0.0.1")->port, std::nullopt);
  EXPECT_EQ(ParseAddressQuery("10.0.0.0/8:80")->port, 80);
  EXPECT_EQ(ParseAddressQuery("[2001:db8::/32]:443")->prefix_length, 32);
  EXPECT_EQ(ParseAddressQuery("10.0.0.1 weight=1").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(ParseAddressQuery("10.0.0.1/8").error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(ParseAddressQuery("").error().code, ErrorCode::kInvalidArgument);
}

TEST(ProvenanceOfDeletedIds, AReSetListIsBlamedOnTheSet) {
  StoreHolder store(Kind::kMemory);
  ASSERT_TRUE(store->Commit(Set("1", List({"10.0.0.1", "10.0.0.2"})), By("a")));
  ASSERT_TRUE(store->Commit(Delete("1"), By("b")));
  ASSERT_TRUE(store->Commit(Set("1", List({"10.0.0.1"})), By("c")));
  const auto view = *store->NewView();
  const Blame blame = *view->BlameList(Id("1"), Version{3});
  EXPECT_EQ(blame.key_from[0].value, 3U);
  const auto lives = *view->Lives(Id("1"), ParseEndpoint("10.0.0.1")->key);
  ASSERT_EQ(lives.size(), 2U);
  EXPECT_EQ(lives[0].until->value, 2U);
  EXPECT_EQ(lives[1].from.value, 3U);
}

TEST(NetChanges, AnUnknownRevisionIsNotFound) {
  StoreHolder store(Kind::kMemory);
  ASSERT_TRUE(store->Commit(Set("1", List({"10.0.0.1"})), By("a")));
  const auto view = *store->NewView();
  EXPECT_EQ(view->NetChanges({.revisions = {Revision{2}}}).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(view->NetChanges({.revisions = {Revision{0}}}).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace switchback
