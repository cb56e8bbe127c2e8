// Lists and diffs as a service says them: one text each, with what they claim of themselves.
#include <gtest/gtest.h>

#include <memory>

#include "wire/samples.h"

namespace switchback::wire {
namespace {

Json AListOf(std::string_view lines) {
  return ToJson(VersionedList{Id("a"), Version{1}, Revision{1},
                              std::make_shared<const EndpointList>(AList(lines))});
}

template <typename T>
std::string Fault(const Json& json) {
  const auto read = FromJson<T>(json, "x");
  if (read) return "taken";
  EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
  return read.error().message;
}

TEST(ListFormTest, ListsComeBack) {
  for (const char* lines :
       {"", "10.0.0.1", "::", "0.0.0.0/0\n255.255.255.255:65535 weight=4294967295\n::/0",
        "[2001:db8::/32]:443 weight=0 a=\"\\\" b==#\n::ffff:1.2.3.4"}) {
    const auto back = FromJson<VersionedList>(*ParseJson(Dump(AListOf(lines))), "x");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back->list, AList(lines));
    EXPECT_EQ(back->digest(), AList(lines).digest());
  }
}

TEST(ListFormTest, OrderAndTextAreCanonical) {
  Json json = AListOf("10.0.0.1\n10.0.0.2");
  json["endpoints"] = {"10.0.0.2", "10.0.0.1"};
  EXPECT_EQ(Fault<VersionedList>(json),
            "x.endpoints[1]: '10.0.0.1' is not above the endpoint before it");
  json["endpoints"] = {"10.0.0.1", "10.0.0.1"};
  EXPECT_EQ(Fault<VersionedList>(json),
            "x.endpoints[1]: '10.0.0.1' is not above the endpoint before it");
  json["endpoints"] = {"10.0.0.1/32", "10.0.0.2"};
  EXPECT_EQ(Fault<VersionedList>(json), "x.endpoints[0]: expected the canonical text '10.0.0.1'");
  json["endpoints"] = {"10.0.0.1 # note", "10.0.0.2"};
  EXPECT_EQ(Fault<VersionedList>(json), "x.endpoints[0]: expected the canonical text '10.0.0.1'");
}

TEST(ListFormTest, CountAndDigestAreThoseOfTheEndpoints) {
  Json json = AListOf("10.0.0.1\n10.0.0.2");
  json["count"] = 3;
  EXPECT_EQ(Fault<VersionedList>(json), "x.count: expected that of its endpoints, 2, found 3");
  json = AListOf("10.0.0.1");
  json["digest"] = AListOf("10.0.0.2")["digest"];
  EXPECT_TRUE(Fault<VersionedList>(json).starts_with("x.digest: expected that of its endpoints, "));
}

TEST(ListFormTest, BlameIsOfEachEndpoint) {
  const Json list = AListOf("10.0.0.1\n10.0.0.2");
  Json json = {{"id", "a"},
               {"version", 1},
               {"revision", 1},
               {"endpoints", list["endpoints"]},
               {"value_from", {1, 1}},
               {"key_from", {1, 1}},
               {"oldest_kept", 1}};
  EXPECT_EQ(Fault<Blame>(json), "taken");
  json["key_from"] = {1};
  EXPECT_EQ(Fault<Blame>(json),
            "x: expected value_from and key_from for each of 2 endpoints, found 2 and 1");
}

TEST(ListFormTest, DiffsComeBackAndStillApply) {
  const EndpointList from = AList("10.0.0.1\n10.0.0.2 weight=1\n10.0.0.3 zone=a\n::1");
  const EndpointList to = AList("10.0.0.2\n10.0.0.3 weight=0 zone=a\n::1 q=\"#\"\n::2");
  for (const ListDiff& diff : {Diff(from, to), Diff(to, from), Diff(from, from)}) {
    const auto back = FromJson<ListDiff>(*ParseJson(Dump(ToJson(diff))), "x");
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->removed, diff.removed);
    EXPECT_EQ(back->changed_from, diff.changed_from);
    EXPECT_EQ(back->changed_to, diff.changed_to);
    EXPECT_EQ(back->added, diff.added);
    EXPECT_EQ(back->DigestChange(), diff.DigestChange());
  }
  const auto back = FromJson<ListDiff>(ToJson(Diff(from, to)), "x");
  EXPECT_EQ(Apply(from, *back), to);
}

Json ADiff(Json changed) {
  return {{"removed", Json::array()}, {"changed", std::move(changed)}, {"added", Json::array()}};
}
Json AChange(std::string_view endpoint, std::string_view from, std::string_view to) {
  return {{"endpoint", endpoint}, {"from", from}, {"to", to}};
}

TEST(ListFormTest, AChangedValueIsACanonicalValue) {
  const auto fault = [](std::string_view from, std::string_view to) {
    return Fault<ListDiff>(ADiff(Json::array({AChange("10.0.0.1", from, to)})));
  };
  EXPECT_EQ(fault("weight=1", ""), "taken");
  for (const char* bad : {"b=1 a=1", " weight=2", "weight=2 ", "# note", "weight=2 # note",
                          "weight=2\n10.0.0.2", "weight=2\t", "a=1 weight=2", "weight"}) {
    EXPECT_TRUE(fault("weight=1", bad).starts_with("x.changed[0].to: ")) << bad;
    EXPECT_TRUE(fault(bad, "weight=1").starts_with("x.changed[0].from: ")) << bad;
  }
  EXPECT_EQ(fault("a=1", "a=1"), "x.changed[0]: expected two values that differ");
}

TEST(ListFormTest, AChangedEndpointIsAKeyInItsOrder) {
  EXPECT_EQ(Fault<ListDiff>(ADiff(Json::array({AChange("10.0.0.1 weight=1", "", "a=1")}))),
            "x.changed[0].endpoint: expected ADDRESS[/PREFIX][:PORT] alone, found weight or "
            "attributes");
  EXPECT_EQ(Fault<ListDiff>(ADiff(
                Json::array({AChange("10.0.0.2", "", "a=1"), AChange("10.0.0.1", "", "a=1")}))),
            "x.changed[1]: it is not above the endpoint before it");
}

TEST(ListFormTest, AKeyOfADiffStandsInOnePart) {
  Json json = ADiff(Json::array({AChange("10.0.0.1", "", "a=1")}));
  json["added"] = {"10.0.0.1"};
  EXPECT_EQ(Fault<ListDiff>(json),
            "x: expected each endpoint in one of removed, changed and added");
  json["added"] = {"10.0.0.2"};
  EXPECT_EQ(Fault<ListDiff>(json), "taken");
  json["removed"] = {"10.0.0.2 weight=1"};
  EXPECT_EQ(Fault<ListDiff>(json),
            "x: expected each endpoint in one of removed, changed and added");
}

TEST(ListFormTest, ANetChangeHasAVersion) {
  Json json = ToJson(NetChange{Id("a"), {{Version{1}, Revision{1}}}, true, true, 0, 0, {}, {}});
  EXPECT_EQ(Fault<NetChange>(json), "taken");
  const std::string expected = "x.versions: expected one version or more, rising, from 1 on";
  json["versions"] = Json::array();
  EXPECT_EQ(Fault<NetChange>(json), expected);
  json["versions"] = {{{"version", 0}, {"revision", 1}}};
  EXPECT_EQ(Fault<NetChange>(json), expected);
  json["versions"] = {{{"version", 2}, {"revision", 1}}, {{"version", 2}, {"revision", 1}}};
  EXPECT_EQ(Fault<NetChange>(json), expected);
}

TEST(ListFormTest, ALifeHasAValue) {
  Json json = ToJson(EndpointLife{AKey("::1"), Version{1}, false, {}, {{Version{1}, ""}}});
  EXPECT_EQ(Fault<EndpointLife>(json), "taken");
  json["values"] = Json::array();
  EXPECT_EQ(Fault<EndpointLife>(json), "x.values: expected one value or more");
}

}  // namespace
}  // namespace switchback::wire
