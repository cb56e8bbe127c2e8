// What completion makes of usage texts, of commands that are not there yet too, and of words as
// they are typed.
#include <gtest/gtest.h>

#include <cstdlib>

#include "cli/completion/shell_word.h"
#include "cli/completion/typed_line.h"
#include "cli/completion/usage_forms.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;
using Words = std::vector<std::string>;
using Kinds = std::vector<ValueKind>;

// Options as some command might have them.
void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("all", po::bool_switch(), "");
  add("to", text("SEL"), "");
  add("table", text("FILE"), "");
  add("ids", text("GLOB"), "");
  add("edits,e", text("FILE"), "");
  add("add", po::value<Words>()->multitoken()->composing()->value_name("EP ..."), "");
  add("level", po::value<int>()->default_value(3)->value_name("N"), "");
}

Command Made(std::string_view usage) {
  return {.name = "made",
          .usage = usage,
          .summary = "",
          .details = "",
          .example = "",
          .max_arguments = 100,
          .add_options = AddOptions};
}

Kinds Next(std::string_view usage, const Words& arguments, const Words& options = {}) {
  const Command command = Made(usage);
  Kinds kinds;
  for (const ValueForm& form :
       NextArgument(command, CommandOptionTable(command), arguments, options)) {
    kinds.push_back(form.kind);
  }
  return kinds;
}

Words NextWords(std::string_view usage, const Words& arguments) {
  const Command command = Made(usage);
  Words words;
  for (const ValueForm& form : NextArgument(command, CommandOptionTable(command), arguments, {})) {
    words.push_back(form.word);
  }
  return words;
}

TEST(UsageForms, ArgumentsStandInTheirOrder) {
  EXPECT_EQ(Next("ID [FILE]", {}), Kinds{ValueKind::kId});
  EXPECT_EQ(Next("ID [FILE]", {"1"}), Kinds{ValueKind::kFile});
  EXPECT_EQ(Next("ID [FILE]", {"1", "f"}), Kinds{});
  EXPECT_EQ(Next("[ID[@SELECTOR]]", {}), Kinds{ValueKind::kAddress});
  EXPECT_EQ(Next("rREV ... | rA..rB", {}), Kinds{ValueKind::kRevision});
  EXPECT_EQ(Next("ADDRESS[/PREFIX]", {}), Kinds{ValueKind::kUnknown});
  EXPECT_EQ(Next("", {}), Kinds{});
}

TEST(UsageForms, OnlyTheLastArgumentRepeats) {
  EXPECT_EQ(Next("ID@SEL ...", {"1@1", "2@1"}), Kinds{ValueKind::kFullAddress});
  EXPECT_EQ(Next("[ID ...]", {"1", "2"}), Kinds{ValueKind::kId});
  // These dots are of an option's value.
  EXPECT_EQ(Next("ID --add EP ...", {"1"}), Kinds{});
}

TEST(UsageForms, ValuesOfOptionsAreNoArguments) {
  EXPECT_EQ(Next("--to SEL [--ids GLOB] DIR", {}), Kinds{ValueKind::kFolder});
  EXPECT_EQ(Next("-e FILE ID", {}), Kinds{ValueKind::kId});
  EXPECT_EQ(Next("--all FROM [TO]", {"r1"}), Kinds{ValueKind::kSelector}) << "--all takes none";
}

TEST(UsageForms, GivenOptionsChooseAmongTheWaysToCallACommand) {
  constexpr std::string_view kUsage = "ID[@SEL] | --all FROM [TO] | --table FILE [--ids GLOB]";
  EXPECT_EQ(Next(kUsage, {}), (Kinds{ValueKind::kAddress, ValueKind::kSelector}));
  EXPECT_EQ(Next(kUsage, {}, {"--all"}), Kinds{ValueKind::kSelector});
  EXPECT_EQ(Next(kUsage, {}, {"--table", "--ids"}), Kinds{});
  EXPECT_EQ(Next(kUsage, {}, {"--level"}), (Kinds{ValueKind::kAddress, ValueKind::kSelector}));
}

TEST(UsageForms, WordsInSmallLettersAreThemselves) {
  constexpr std::string_view kUsage = "create NAME [--to SEL] | delete SNAPSHOT | list";
  EXPECT_EQ(NextWords(kUsage, {}), (Words{"create", "delete", "list"}));
  EXPECT_EQ(Next(kUsage, {"create"}), Kinds{ValueKind::kUnknown});
  EXPECT_EQ(Next(kUsage, {"delete"}), Kinds{ValueKind::kSnapshot});
  EXPECT_EQ(Next(kUsage, {"list"}), Kinds{});
  EXPECT_EQ(NextWords("create|list|verify DIR", {}), (Words{"create", "list", "verify"}));
  EXPECT_EQ(Next("create|list|verify DIR", {"list"}), Kinds{ValueKind::kFolder});
  EXPECT_EQ(ReadValueForms("FILE|none"),
            (std::vector<ValueForm>{{ValueKind::kFile, ""}, {ValueKind::kWord, "none"}}));
}

TEST(OptionTable, IsReadOffTheParsersOwn) {
  const Command command = Made("");
  const auto table = CommandOptionTable(command);
  const OptionEntry* edits = FindOption(table, "-e");
  ASSERT_NE(edits, nullptr);
  EXPECT_EQ(edits, FindOption(table, "--edits"));
  EXPECT_EQ(edits->value, "FILE");
  EXPECT_FALSE(edits->repeatable || edits->takes_many);
  EXPECT_FALSE(FindOption(table, "--all")->takes_value());
  EXPECT_TRUE(FindOption(table, "--add")->takes_many && FindOption(table, "--add")->repeatable);
  EXPECT_EQ(FindOption(table, "--level")->value, "N") << "without its default";
  EXPECT_EQ(FindOption(table, "--edit"), nullptr);
}

TEST(ShellWord, IsWhatTheShellWouldHandOn) {
  ASSERT_EQ(setenv("HOME", "/home/ann", 1), 0);
  EXPECT_EQ(ReadShellWord("394521@head~1"), "394521@head~1");
  EXPECT_EQ(ReadShellWord("'a b'\"c d\"e"), "a bc de");
  EXPECT_EQ(ReadShellWord("a\\ b\\\\"), "a b\\");
  EXPECT_EQ(ReadShellWord(R"("\"\$\x")"), R"("$\x)");
  EXPECT_EQ(ReadShellWord(R"('\')"), "\\");
  EXPECT_EQ(ReadShellWord("~/routes"), "/home/ann/routes");
  EXPECT_EQ(ReadShellWord("~"), "/home/ann");
  for (const std::string same : {"a~/b", "~ann/b", "$HOME", "$(ls)", "`ls`", ""}) {
    EXPECT_EQ(ReadShellWord(same), same);
  }
  EXPECT_EQ(ReadShellWord("'~/b'"), "~/b");
  for (const std::string open : {"'39", "\"39"}) EXPECT_EQ(ReadShellWord(open), "39");
  EXPECT_EQ(ReadShellWord("39\\"), "39\\") << "what it quotes is not there yet";
}

TEST(TypedLine, TellsArgumentsFromOptionsAndTheirValues) {
  const TypedLine line = ReadTypedLine({"--store", "/tmp/a b", "-q", "edit", "394521", "--add",
                                        "10.0.0.1", "weight=5", "--edits=f", "-m", "x", "y"});
  ASSERT_NE(line.command, nullptr);
  EXPECT_EQ(line.command->name, "edit");
  EXPECT_EQ(line.arguments, Words{"394521"});
  EXPECT_EQ(line.options, (Words{"--store", "--quiet", "--add", "--edits", "--message"}));
  EXPECT_EQ(line.store, "/tmp/a b");
  EXPECT_EQ(line.word, "y");
  EXPECT_FALSE(line.value_of.has_value());
}

TEST(TypedLine, KnowsWhoseValueIsTyped) {
  EXPECT_EQ(ReadTypedLine({"edit", "1", "--add", "a", "b"}).value_of->name, "--add");
  EXPECT_FALSE(ReadTypedLine({"edit", "1", "--add", "a", "--se"}).value_of.has_value());
  const TypedLine joined = ReadTypedLine({"list", "--format=js"});
  EXPECT_EQ(joined.value_of->name, "--format");
  EXPECT_EQ(joined.joined, "--format=");
  EXPECT_EQ(joined.word, "js");
  EXPECT_TRUE(ReadTypedLine({"set", "--", "-x", ""}).only_arguments);
  EXPECT_TRUE(ReadTypedLine({"no-such", ""}).unknown_command);
  EXPECT_EQ(ReadTypedLine({"help", "get"}).word, "get");
}

}  // namespace
}  // namespace switchback::cli
