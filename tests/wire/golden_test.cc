// The forms are a promise to whoever speaks to a service: each is pinned here, and comes back.
#include <gtest/gtest.h>

#include "wire/samples.h"

namespace switchback::wire {
namespace {

TEST(GoldenTest, EveryTypeHasItsText) {
  for (const Sample& sample : Samples()) {
    EXPECT_EQ(Dump(sample.json), sample.text) << sample.name;
  }
}

TEST(GoldenTest, EveryTypeComesBackFromItsText) {
  for (const Sample& sample : Samples()) {
    const auto parsed = ParseJson(sample.text);
    ASSERT_TRUE(parsed) << sample.name << ": " << parsed.error().message;
    const auto again = sample.reread(*parsed);
    ASSERT_TRUE(again) << sample.name << ": " << again.error().message;
    EXPECT_EQ(Dump(*again), sample.text) << sample.name;
  }
}

// Members that the text alone could not tell apart from others of the same kind.
TEST(GoldenTest, MembersComeBackWhereTheyWere) {
  RevisionInfo info;
  info.author = "ann";
  info.added = 1;
  info.removed = 2;
  info.time = ATime("2026-11-22T03:45:00.000001Z");
  info.origin.host = "host1";
  const auto back = FromJson<RevisionInfo>(ToJson(info), "");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->author, "ann");
  EXPECT_EQ(back->added, 1U);
  EXPECT_EQ(back->removed, 2U);
  EXPECT_EQ(back->time, info.time);
  EXPECT_EQ(back->effective_time, Timestamp{});
  EXPECT_EQ(back->original_time, std::nullopt);
  EXPECT_EQ(back->origin, info.origin);
}

TEST(GoldenTest, OfEachTypeTheShortestRequestIsTaken) {
  const auto options = FromJson<CommitOptions>(Json::object(), "");
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_EQ(ToJson(*options), ToJson(CommitOptions{}));
  EXPECT_TRUE(FromJson<PrunePolicy>(Json::object(), ""));
  EXPECT_TRUE(FromJson<RevisionChoice>(Json{{"revisions", {1}}}, ""));
  EXPECT_TRUE(FromJson<RestoreTarget>(Json{{"id", "a"}, {"version", 1}}, ""));
  EXPECT_TRUE(FromJson<Error>(Json{{"reason", "conflict"}, {"message", "no"}}, ""));
}

TEST(GoldenTest, AnOperationOfANewerServiceIsUnknown) {
  Json json = ToJson(RevisionInfo{});
  json["operation"] = "teleport";
  const auto info = FromJson<RevisionInfo>(json, "");
  ASSERT_TRUE(info);
  EXPECT_EQ(OperationName(info->operation), "unknown");
}

}  // namespace
}  // namespace switchback::wire
