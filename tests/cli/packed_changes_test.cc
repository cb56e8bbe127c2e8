#include "cli/input/packed_changes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace switchback::cli {
namespace {

struct Asked {
  std::string id;
  bool deletes = false;
  std::vector<std::pair<bool, std::string>> edits;  // whether a remove, and the text
};

PackedChanges Packed(const std::vector<Asked>& all) {
  PackedChanges changes;
  for (const Asked& asked : all) {
    changes.Begin(*BusinessId::Parse(asked.id));
    for (const auto& [remove, text] : asked.edits) {
      changes.Add(remove, ParseEndpoint(text)->view());
    }
    EXPECT_EQ(changes.edits(), asked.edits.size());
    changes.Finish(asked.deletes);
  }
  return changes;
}

const std::vector<EndpointEdit>& EditsOf(const IdChange& change) {
  if (const auto* edit = std::get_if<EditEndpoints>(&change.action)) {
    EXPECT_FALSE(edit->if_needed);
    return edit->edits;
  }
  return *std::get<DeleteId>(change.action).removes;
}

void ExpectSame(const IdChange& change, const Asked& asked) {
  EXPECT_EQ(change.id.text(), asked.id);
  EXPECT_FALSE(change.expect.has_value());
  EXPECT_EQ(std::holds_alternative<DeleteId>(change.action), asked.deletes);
  const std::vector<EndpointEdit>& edits = EditsOf(change);
  ASSERT_EQ(edits.size(), asked.edits.size());
  for (size_t i = 0; i < edits.size(); ++i) {
    const auto& [remove, text] = asked.edits[i];
    EXPECT_EQ(edits[i].kind, remove ? EditKind::kRemove : EditKind::kAdd);
    EXPECT_EQ(edits[i].match_value, remove);
    EXPECT_EQ(FormatEndpoint(edits[i].endpoint.view()), text);
  }
}

void ExpectReads(ChangeReader& reader, const std::vector<Asked>& all) {
  ASSERT_TRUE(reader.Rewind());
  for (const Asked& asked : all) ExpectSame(**reader.Next(), asked);
  EXPECT_FALSE(reader.Next()->has_value());
}

// 16 attributes of 128 bytes do not fit: as long as they may be together.
std::string LongAttributes() {
  std::string text = "10.0.0.1";
  for (int i = 0; i < 7; ++i) text += fmt::format(" key{}={}", i, std::string(128, 'x'));
  return text;
}

TEST(PackedChanges, GivesBackWhatWasPutIn) {
  const std::vector<Asked> all = {
      {"a", false, {}},
      {"b", true, {}},
      {"b/2:x", true, {{true, "10.0.0.1:80 weight=0"}, {true, "10.0.0.0/8"}}},
      {"c", false, {{false, "255.255.255.255:65535 weight=4294967295 zone=a"}, {true, "0.0.0.0"}}},
      {"d", false, {{false, "::"}, {false, "[2001:db8::/32]:443 weight=7"}}},
      {"e", false, {{true, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff note=x zone=b"}}},
      {"f", false, {{false, LongAttributes()}}},
      {std::string(128, 'z'), false, {{false, "10.0.0.1"}}},
  };
  PackedChanges changes = Packed(all);
  EXPECT_TRUE(changes.Sort().empty());
  EXPECT_EQ(changes.size(), all.size());
  PackedChangesReader reader(changes);
  EXPECT_EQ(reader.size_hint(), all.size());
  ExpectReads(reader, all);
  ExpectReads(reader, all);
}

// Many pieces, IDs in any order, and one change longer than a piece.
TEST(PackedChanges, ReadsManyInOrderOfIds) {
  std::vector<Asked> all;
  for (int i = 0; i < 60'000; ++i) {
    all.push_back({fmt::format("id-{}", i), i % 7 == 0, {}});
    for (int n = 0; n < i % 4; ++n) {
      all.back().edits.emplace_back(i % 7 == 0, fmt::format("10.0.{}.{}:80", n, i % 256));
    }
  }
  for (int i = 0; i < 200'000; ++i) {
    all[100].edits.emplace_back(false, fmt::format("11.{}.{}.{}", i >> 16, i >> 8 & 255, i & 255));
  }
  std::shuffle(all.begin(), all.end(), std::mt19937(1));
  PackedChanges changes = Packed(all);
  EXPECT_TRUE(changes.Sort().empty());
  std::ranges::sort(all, {}, &Asked::id);
  PackedChangesReader reader(changes);
  ExpectReads(reader, all);
}

TEST(PackedChanges, TellsOfIdsThatStandTwice) {
  PackedChanges changes = Packed({{"b", false, {}}, {"a", false, {}}, {"b", true, {}}});
  EXPECT_EQ(changes.Sort(), std::vector{*BusinessId::Parse("b")});
}

TEST(PackedChanges, CanBeMoved) {
  const std::vector<Asked> all = {{"a", false, {{false, "10.0.0.1"}}}};
  PackedChanges changes = Packed(all);
  EXPECT_TRUE(changes.Sort().empty());
  const PackedChanges moved = std::move(changes);
  PackedChangesReader reader(moved);
  ExpectReads(reader, all);
}

}  // namespace
}  // namespace switchback::cli
