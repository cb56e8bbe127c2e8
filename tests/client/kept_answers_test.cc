#include "client/kept_answers.h"

#include <gtest/gtest.h>

#include "client/list_server.h"

namespace switchback::client {
namespace {

constexpr size_t kPlenty = 1 << 20;

KeptAnswer List(std::string_view id, uint64_t version, int64_t heard = 0,
                std::string bytes = "list") {
  return {Id(id), Version{version}, Revision{version}, Timestamp{heard},
          std::make_shared<const std::string>(std::move(bytes))};
}
KeptAnswer Gone(std::string_view id, int64_t heard = 0, uint64_t version = 0) {
  return {Id(id), Version{version}, Revision{}, Timestamp{heard}, nullptr};
}

TEST(KeptAnswersTest, WhatCameLaterCounts) {
  KeptAnswers answers(kPlenty);
  EXPECT_EQ(answers.Find(Id("a")), nullptr);
  answers.Keep(List("a", 3), answers.Begin());
  answers.Keep(List("a", 4), answers.Begin());
  EXPECT_EQ(answers.Find(Id("a"))->version, Version{4});
  answers.Keep(Gone("a"), answers.Begin());
  EXPECT_EQ(answers.Find(Id("a"))->list, nullptr);
  EXPECT_EQ(answers.Find(Id("a"))->version, Version{4});
  answers.Keep(List("a", 6), answers.Begin());
  EXPECT_EQ(answers.Find(Id("a"))->version, Version{6});
}

// The store was restored from a backup: its versions are lower now.
TEST(KeptAnswersTest, ALowerVersionCountsWhereItWasAskedForLater) {
  KeptAnswers answers(kPlenty);
  answers.Keep(List("a", 7), answers.Begin());
  answers.Keep(List("a", 3), answers.Begin());
  EXPECT_EQ(answers.Find(Id("a"))->version, Version{3});
}

TEST(KeptAnswersTest, WhatWasOvertakenDoesNotCount) {
  KeptAnswers answers(kPlenty);
  const auto slow = answers.Begin();
  answers.Keep(List("a", 7), answers.Begin());
  answers.Keep(List("a", 3), slow);
  EXPECT_EQ(answers.Find(Id("a"))->version, Version{7});
}

TEST(KeptAnswersTest, AListThatWasOvertakenByItsDeletionDoesNotComeBack) {
  KeptAnswers answers(kPlenty);
  const auto slow = answers.Begin();
  answers.Keep(Gone("a"), answers.Begin());
  answers.Keep(List("a", 3), slow);
  EXPECT_EQ(answers.Find(Id("a"))->list, nullptr);
  answers.Keep(List("a", 3), answers.Begin());
  EXPECT_NE(answers.Find(Id("a"))->list, nullptr);
}

TEST(KeptAnswersTest, AViewAddsButTakesNothingBack) {
  KeptAnswers answers(kPlenty);
  answers.KeepOlder(List("a", 3));
  EXPECT_EQ(answers.Find(Id("a"))->version, Version{3});
  answers.KeepOlder(List("a", 2));
  EXPECT_EQ(answers.Find(Id("a"))->version, Version{3});
  answers.KeepOlder(List("a", 4));
  EXPECT_EQ(answers.Find(Id("a"))->version, Version{4});
  answers.Keep(Gone("a"), answers.Begin());
  answers.KeepOlder(List("a", 5));
  EXPECT_EQ(answers.Find(Id("a"))->list, nullptr);
}

TEST(KeptAnswersTest, OfWhatAnotherProcessHeardTheLaterCounts) {
  KeptAnswers answers(kPlenty);
  answers.Keep(List("a", 3, 10), answers.Begin());
  answers.Keep(Gone("b", 10), answers.Begin());
  answers.Keep(List("c", 3, 10), answers.Begin());
  answers.Merge({Gone("a", 11), List("b", 5, 9), List("c", 4, 11), List("d", 1, 1)});
  EXPECT_EQ(answers.Find(Id("a"))->list, nullptr);
  EXPECT_EQ(answers.Find(Id("b"))->list, nullptr);
  EXPECT_EQ(answers.Find(Id("c"))->version, Version{4});
  EXPECT_EQ(answers.Find(Id("d"))->version, Version{1});
}

TEST(KeptAnswersTest, ThereIsNothingToWriteWhereNothingIsNew) {
  KeptAnswers answers(kPlenty);
  answers.Keep(List("a", 3, 10), answers.Begin());
  const uint64_t generation = answers.generation();
  answers.Keep(List("a", 3, 20), answers.Begin());
  EXPECT_EQ(answers.generation(), generation);
  EXPECT_EQ(answers.Find(Id("a"))->heard, Timestamp{20});
  answers.Keep(List("a", 3, 30, "tsil"), answers.Begin());
  EXPECT_GT(answers.generation(), generation);
}

TEST(KeptAnswersTest, WhatWasUsedLongestAgoIsDropped) {
  const size_t each = CacheBytesOf(List("a", 1));
  KeptAnswers answers(3 * each);
  for (const char* id : {"a", "b", "c"}) answers.Keep(List(id, 1), answers.Begin());
  EXPECT_NE(answers.Find(Id("a")), nullptr);
  answers.Keep(List("d", 1), answers.Begin());
  EXPECT_EQ(answers.Find(Id("b")), nullptr);
  std::string ids;
  for (const KeptAnswerHandle& answer : answers.All()) ids += answer->id.text();
  EXPECT_EQ(ids, "acd");
}

// Rather nothing than what is known to be old.
TEST(KeptAnswersTest, AListThatIsTooLongIsForgottenAlone) {
  KeptAnswers answers(1'000);
  answers.Keep(List("a", 1), answers.Begin());
  answers.Keep(List("b", 1), answers.Begin());
  answers.Keep(List("b", 2, 0, std::string(2'000, 'x')), answers.Begin());
  EXPECT_EQ(answers.Find(Id("b")), nullptr);
  EXPECT_NE(answers.Find(Id("a")), nullptr);
}

}  // namespace
}  // namespace switchback::client
