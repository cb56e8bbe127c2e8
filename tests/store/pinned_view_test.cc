// A view at an earlier revision says what a view said that was taken then.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "store_fixture.h"
#include "switchback/provenance.h"

namespace switchback {
namespace {

constexpr uint32_t kIds = 6;
constexpr uint64_t kRevisions = 80;

std::string IdText(uint32_t number) {
  return "id-" + std::to_string(number);
}

std::string Failed(const Error& error) {
  return std::string(ErrorCodeName(error.code));
}

std::string Said(const ResolvedVersion& one) {
  return fmt::format("{}@{} r{} {}", one.id.text(), one.version.value, one.revision.value,
                     one.deleted);
}
std::string Said(const VersionInfo& one) {
  return fmt::format("@{} r{} {} +{}-{}", one.version.value, one.commit.revision.value, one.count,
                     one.added, one.removed);
}
std::string Said(const RevisionInfo& one) {
  return fmt::format("r{} {}", one.revision.value, one.author);
}
std::string Said(const TableEntry& one) {
  return fmt::format("{}@{}", one.id.text(), one.version.value);
}
std::string Said(const TableDifference& one) {
  return fmt::format("{} {} {}", one.id.text(), one.from.value, one.to.value);
}
std::string Said(const AddressHolder& one) {
  return fmt::format("{} {} @{} since @{}", one.id.text(), FormatEndpointKey(one.endpoint.key),
                     one.version.value, one.from.value);
}
std::string Said(const EndpointLife& one) {
  return fmt::format("{} @{}..{} {}", FormatEndpointKey(one.key), one.from.value,
                     one.until ? one.until->value : 0, one.values.size());
}
std::string Said(const AddressLife& one) {
  return one.id.text() + " " + Said(one.life);
}

template <typename T>
std::string Walk(const Result<std::unique_ptr<Cursor<T>>>& cursor) {
  if (!cursor) return Failed(cursor.error());
  std::string text;
  while (true) {
    const auto next = (*cursor)->Next();
    if (!next) return text + Failed(next.error());
    if (!*next) return text;
    text += Said(**next) + "; ";
  }
}

template <typename T>
std::string Say(const Result<T>& result) {
  return result ? Said(*result) : Failed(result.error());
}

std::string Say(const Result<ListHandle>& list) {
  if (!list) return Failed(list.error());
  return fmt::format("@{} r{} {}", (*list)->version.value, (*list)->revision.value,
                     (*list)->digest().ToHex());
}

// By question.
std::map<std::string, std::string> Everything(const View& view) {
  std::map<std::string, std::string> said;
  const AddressQuery query = *ParseAddressQuery("0.0.0.0/0");
  said["log"] = Walk(view.Log());
  said["table"] = Walk(view.Table());
  said["table then"] = Walk(view.Table(Revision{view.revision().value / 2}));
  said["too late"] = Walk(view.Table(Revision{view.revision().value + 1}));
  said["table diff"] = Walk(view.DiffTable(Revision{3}, view.revision()));
  said["who has"] = Walk(view.WhoHas(query, std::nullopt, ""));
  said["who ever had"] = Walk(view.WhoEverHad(query, ""));
  for (uint64_t revision = 0; revision <= kRevisions; revision += 7) {
    said[fmt::format("r{}", revision)] = Say(view.DescribeRevision(Revision{revision}));
    said[fmt::format("changes r{}", revision)] = Walk(view.Changes(Revision{revision}));
  }
  for (uint64_t back = 0; back < 4; ++back) {
    const auto revision = view.ResolveRevision(HeadSelector{back});
    said[fmt::format("head~{}", back)] =
        revision ? fmt::format("r{}", revision->value) : Failed(revision.error());
  }
  for (uint32_t number = 0; number < kIds; ++number) {
    const BusinessId id = Id(IdText(number));
    const std::string name = id.text() + " ";
    said[name] = Say(view.Read(id));
    const EndpointKey key = ParseEndpoint("0.0.0.3:8000")->key;
    const auto contains = view.Contains(id, key);
    said[name + "contains"] = contains ? std::to_string(*contains) : Failed(contains.error());
    said[name + "history"] = Walk(view.History(id));
    const auto lives = view.Lives(id, key);
    std::string& all = said[name + "lives"];
    if (!lives) all = Failed(lives.error());
    if (lives) {
      for (const EndpointLife& life : *lives) all += Said(life) + "; ";
    }
    for (uint64_t version = 1; version < 20; ++version) {
      const std::string at = fmt::format("{}@{} ", name, version);
      said[at] = Say(view.Read(id, Version{version}));
      const auto summary = view.Summarize(id, Version{version});
      said[at + "summary"] = summary ? summary->digest.ToHex() : Failed(summary.error());
      said[at + "info"] = Say(view.Describe(id, Version{version}));
      said[at + "resolved"] = Say(view.Resolve(id, Version{version}));
      const auto diff = view.Diff({id, Version{version - 1}}, {id, Version{version}});
      said[at + "diff"] = diff ? std::to_string(diff->size()) : Failed(diff.error());
      const auto blame = view.BlameList(id, Version{version});
      said[at + "blame"] = blame ? std::to_string(blame->key_from.size()) : Failed(blame.error());
    }
    for (uint64_t back = 0; back < 4; ++back) {
      said[fmt::format("{}head~{}", name, back)] = Say(view.Resolve(id, HeadSelector{back}));
    }
    for (uint64_t revision = 1; revision <= kRevisions; revision += 9) {
      said[fmt::format("{}at r{}", name, revision)] =
          Say(view.Resolve(id, RevisionSelector{Revision{revision}}));
    }
    said[name + "at a time"] = Say(view.Resolve(id, TimeSelector{Timestamp{1}}));
    said[name + "at the end"] =
        Say(view.Resolve(id, TimeSelector{Timestamp{4'000'000'000'000'000}}));
  }
  return said;
}

TEST(PinnedView, SaysWhatTheViewOfThatRevisionSaid) {
  StoreHolder store(Kind::kMemory);
  std::mt19937 random(5);
  std::vector<std::unique_ptr<View>> taken;  // when their revision was the newest
  taken.push_back(*store->NewView());
  while (taken.size() <= kRevisions) {
    const std::string id = IdText(random() % kIds);
    const auto committed = random() % 6 == 0
                               ? store->Commit(Delete(id), By("d"))
                               : store->Commit(Set(id, Range(random() % 6, random() % 9)), By("s"));
    if (committed && committed->revision) taken.push_back(*store->NewView());
  }
  for (uint64_t revision = 0; revision <= kRevisions; ++revision) {
    const auto pinned = store->NewViewAt(Revision{revision});
    ASSERT_TRUE(pinned.has_value()) << pinned.error().message;
    ASSERT_EQ((*pinned)->revision(), Revision{revision});
    const auto expected = Everything(*taken[revision]);
    for (const auto& [question, said] : Everything(**pinned)) {
      EXPECT_EQ(said, expected.at(question)) << question << " at r" << revision;
    }
  }
  EXPECT_EQ(store->NewViewAt(Revision{kRevisions + 1}).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace switchback
