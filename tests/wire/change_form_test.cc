// What a client asks to be done.
#include <gtest/gtest.h>

#include <variant>

#include "wire/samples.h"

namespace switchback::wire {
namespace {

std::string Fault(const Json& json) {
  const auto read = FromJson<IdChange>(json, "x");
  if (read) return "taken";
  EXPECT_EQ(read.error().code, ErrorCode::kInvalidArgument);
  return read.error().message;
}

TEST(ChangeFormTest, ReplaceTakesAnyOrderAndOneOfEachDuplicate) {
  const Json json = {{"id", "a"},
                     {"replace", {"::1", "10.0.0.2 zone=a weight=1", "10.0.0.1", "10.0.0.1"}}};
  const auto change = FromJson<IdChange>(json, "x");
  ASSERT_TRUE(change) << change.error().message;
  EXPECT_EQ(std::get<Replace>(change->action).list,
            AList("10.0.0.1\n10.0.0.2 weight=1 zone=a\n::1"));
  EXPECT_EQ(change->expect, std::nullopt);
}

TEST(ChangeFormTest, BadEndpointsOfAReplaceAreListed) {
  const Json json = {{"id", "a"}, {"replace", {"10.0.0.1", "10.0.0.1 weight=1", "what"}}};
  const auto change = FromJson<IdChange>(json, "ids[4]");
  ASSERT_FALSE(change);
  EXPECT_EQ(change.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(change.error().item_count, 2U);
  ASSERT_EQ(change.error().items.size(), 2U);
  EXPECT_TRUE(change.error().items[0].starts_with("ids[4].replace:2: 10.0.0.1 weight=1: "))
      << change.error().items[0];
  EXPECT_TRUE(change.error().items[1].starts_with("ids[4].replace:3: what: "));
}

TEST(ChangeFormTest, OneTextIsOneEndpoint) {
  for (const char* text :
       {"", " ", "# note", " 10.0.0.1", "10.0.0.1\n10.0.0.2", "10.0.0.1\r", "10.0.0.1\tweight=1",
        "\xef\xbb\xbf"
        "10.0.0.1",
        "10.0.0.1\x7f", "\xc3\xa9"}) {
    EXPECT_TRUE(Fault({{"id", "a"}, {"replace", {"::2", text}}})
                    .starts_with("x.replace[1]: expected an endpoint, found '"))
        << text;
    EXPECT_TRUE(Fault({{"id", "a"}, {"edits", {{{"kind", "add"}, {"endpoint", text}}}}})
                    .starts_with("x.edits[0].endpoint: expected an endpoint, found '"))
        << text;
  }
  const std::string with_nul("10.0.0.1\0", 9);
  EXPECT_TRUE(Fault({{"id", "a"}, {"replace", {with_nul}}}).starts_with("x.replace[0]: "));
}

TEST(ChangeFormTest, ANoteIsNotAnEndpointMore) {
  const auto change = FromJson<IdChange>({{"id", "a"}, {"replace", {"10.0.0.1 # 10.0.0.2"}}}, "x");
  ASSERT_TRUE(change);
  EXPECT_EQ(std::get<Replace>(change->action).list, AList("10.0.0.1"));
}

TEST(ChangeFormTest, ExactlyOneThingIsDone) {
  EXPECT_EQ(Fault({{"id", "a"}}),
            "x: expected one of replace, edits, delete, copy and steps, found 0 of them");
  EXPECT_EQ(Fault({{"id", "a"}, {"copy", 1}, {"delete", true}}),
            "x: expected one of replace, edits, delete, copy and steps, found 2 of them");
  EXPECT_EQ(Fault({{"id", "a"}, {"delete", false}}), "x.delete: expected true, found false");
}

TEST(ChangeFormTest, AKeyOfAnotherActionIsRefused) {
  EXPECT_EQ(Fault({{"id", "a"}, {"copy", 1}, {"if_needed", true}}),
            "x.if_needed: there is no such key");
  EXPECT_EQ(Fault({{"id", "a"}, {"replace", Json::array()}, {"removes", Json::array()}}),
            "x.removes: there is no such key");
}

TEST(ChangeFormTest, FlagsThatAreFalseMayStand) {
  const Json json = {{"id", "a"},
                     {"if_needed", false},
                     {"edits", {{{"kind", "set"}, {"endpoint", "::1"}, {"match_value", false}}}}};
  EXPECT_EQ(Fault(json), "taken");
  const Json steps = {{"id", "a"},
                      {"steps", {{{"edits", Json::array()}, {"deletes", false}, {"line", 0}}}}};
  EXPECT_EQ(Fault(steps), "taken");
}

TEST(ChangeFormTest, EveryKindOfEditComesBack) {
  const std::vector<EndpointEdit> edits = {
      {EditKind::kAdd, AnEndpoint("[2001:db8::/32]:1 weight=4294967295 q=\"x\""), false},
      {EditKind::kRemove, AnEndpoint("10.0.0.0/8"), true},
      {EditKind::kSet, AnEndpoint("::ffff:1.2.3.4 weight=0"), false}};
  const auto back = FromJson<IdChange>(ToJson(IdChange{Id("a"), EditEndpoints{edits, true}}), "");
  ASSERT_TRUE(back) << back.error().message;
  const auto& action = std::get<EditEndpoints>(back->action);
  EXPECT_TRUE(action.if_needed);
  ASSERT_EQ(action.edits.size(), edits.size());
  for (size_t i = 0; i < edits.size(); ++i) {
    EXPECT_EQ(action.edits[i].kind, edits[i].kind);
    EXPECT_EQ(action.edits[i].endpoint.view(), edits[i].endpoint.view());
    EXPECT_EQ(action.edits[i].match_value, edits[i].match_value);
  }
  EXPECT_EQ(Fault({{"id", "a"}, {"edits", {{{"kind", "drop"}, {"endpoint", "::1"}}}}}),
            "x.edits[0].kind: expected add, remove or set, found 'drop'");
}

TEST(ChangeFormTest, ADeleteKnowsNoRemovesFromAnEmptyListOfThem) {
  const auto without = FromJson<IdChange>(ToJson(IdChange{Id("a"), DeleteId{}}), "");
  ASSERT_TRUE(without);
  EXPECT_FALSE(std::get<DeleteId>(without->action).removes.has_value());
  const auto with =
      FromJson<IdChange>(ToJson(IdChange{Id("a"), DeleteId{std::vector<EndpointEdit>{}}}), "");
  ASSERT_TRUE(with);
  EXPECT_TRUE(std::get<DeleteId>(with->action).removes.has_value());
}

TEST(ChangeFormTest, StepsComeBackInOrder) {
  const EditSteps steps{{{{}, false, 18446744073709551615U}, {{}, true, 0}}};
  const auto back = FromJson<IdChange>(ToJson(IdChange{Id("a"), steps, Version{0}}), "");
  ASSERT_TRUE(back);
  EXPECT_EQ(back->expect, Version{0});
  const auto& read = std::get<EditSteps>(back->action).steps;
  ASSERT_EQ(read.size(), 2U);
  EXPECT_EQ(read[0].line, 18446744073709551615U);
  EXPECT_FALSE(read[0].deletes);
  EXPECT_TRUE(read[1].deletes);
}

TEST(ChangeFormTest, OptionsRefuseWhatHasNoName) {
  EXPECT_EQ(FromJson<CommitOptions>({{"operation", "teleport"}}, "").error().message,
            "operation: expected the name of an operation, such as edit");
  EXPECT_EQ(FromJson<CommitOptions>({{"operation", "unknown"}}, "").error().message,
            "operation: expected the name of an operation, such as edit");
  EXPECT_EQ(FromJson<CommitOptions>({{"durability", "maybe"}}, "").error().message,
            "durability: expected synced or buffered, found 'maybe'");
}

TEST(ChangeFormTest, EveryOperationWithANameIsTaken) {
  for (unsigned number = 0; number < 256; ++number) {
    CommitOptions options;
    options.operation = static_cast<Operation>(number);
    const auto back = FromJson<CommitOptions>(ToJson(options), "");
    EXPECT_EQ(back.has_value(), OperationName(options.operation) != "unknown") << number;
    if (back) {
      EXPECT_EQ(back->operation, options.operation);
    }
  }
}

}  // namespace
}  // namespace switchback::wire
