#include "cli/parse/command_line.h"

#include <fmt/format.h>

#include "cli/parse/nearest.h"
#include "cli/parse/option_table.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

constexpr int kStyle = po::command_line_style::unix_style & ~po::command_line_style::allow_guessing;
constexpr const char* kArguments = "(arguments)";  // no option can have this name

// Index of the command's name, or the size where there is none. The value of an option that stands
// before it must not be taken for it.
size_t FindCommandToken(const std::vector<std::string>& arguments) {
  std::vector<OptionEntry> options;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (!arguments[i].starts_with('-') || arguments[i] == "-") return i;
    if (options.empty()) options = OptionTable(nullptr);
    const OptionEntry* option = FindOption(options, arguments[i]);
    if (option != nullptr && option->takes_value()) ++i;
  }
  return arguments.size();
}

std::vector<std::string> CommandNames() {
  std::vector<std::string> names;
  for (const Command& command : Commands()) {
    if (!command.hidden) names.emplace_back(command.name);
  }
  return names;
}

Outcome<const Command*> LookUpCommand(const std::string& name) {
  if (const Command* command = FindCommand(name)) return command;
  return UsageFailure(fmt::format("no command '{}'{}; 'switchback --help' lists them all", name,
                                  DidYouMean(name, CommandNames())));
}

po::options_description OptionsOf(const Command* command) {
  po::options_description options;
  AddGlobalOptions(options);
  if (command != nullptr && command->add_options != nullptr) command->add_options(options);
  return options;
}

std::string UnknownOption(const std::string& name, const po::options_description& options,
                          const Command* command) {
  std::vector<std::string> names;
  for (const auto& option : options.options()) names.push_back("--" + option->long_name());
  const std::string where =
      command == nullptr ? "switchback" : fmt::format("'switchback {}'", command->name);
  return fmt::format("{} has no option '{}'{}; --help lists them", where, name,
                     DidYouMean(name, names));
}

// An empty text is what a script with an unset variable gives. Taken for "none" it would choose
// everything, or nothing.
Outcome<void> CheckGiven(const po::variables_map& values) {
  for (const auto& [name, value] : values) {
    if (value.defaulted() || name == "message" || name == "store") continue;
    const auto* text = boost::any_cast<std::string>(&value.value());
    if (text == nullptr || !text->empty()) continue;
    return UsageFailure(fmt::format(
        "--{} is given an empty text: leave it out, or look for a variable that is not set", name));
  }
  return {};
}

Outcome<void> Parse(const std::vector<std::string>& tokens, const po::options_description& options,
                    CommandLine& line) {
  po::options_description all;
  all.add(options).add_options()(kArguments, po::value<std::vector<std::string>>());
  po::positional_options_description positions;
  positions.add(kArguments, -1);
  try {
    po::store(
        po::command_line_parser(tokens).options(all).positional(positions).style(kStyle).run(),
        line.values);
    po::notify(line.values);
  } catch (const po::unknown_option& exception) {
    return UsageFailure(UnknownOption(exception.get_option_name(), options, line.command));
  } catch (const po::error& exception) {
    return UsageFailure(fmt::format("{}; --help lists the options", exception.what()));
  }
  if (Outcome<void> given = CheckGiven(line.values); !given) return given;
  if (line.values.count(kArguments) > 0) {
    line.arguments = line.values[kArguments].as<std::vector<std::string>>();
  }
  return {};
}

Outcome<void> CheckArgumentCount(const CommandLine& line) {
  const Command& command = *line.command;
  if (line.arguments.size() < command.min_arguments) {
    return UsageFailure(fmt::format("usage: switchback {} {}", command.name, command.usage));
  }
  if (line.arguments.size() > command.max_arguments) {
    return UsageFailure(fmt::format("'{}' is one argument too many; usage: switchback {} {}",
                                    line.arguments[command.max_arguments], command.name,
                                    command.usage));
  }
  return {};
}

// `switchback help [COMMAND]` is another way to write --help.
std::vector<std::string> SpellHelp(const std::vector<std::string>& arguments) {
  const size_t at = FindCommandToken(arguments);
  std::vector<std::string> spelled = arguments;
  if (at < arguments.size() && arguments[at] == "help") {
    spelled.erase(spelled.begin() + static_cast<std::ptrdiff_t>(at));
    spelled.emplace_back("--help");
  }
  return spelled;
}

}  // namespace

Outcome<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments) {
  std::vector<std::string> tokens = SpellHelp(arguments);
  CommandLine line;
  const size_t at = FindCommandToken(tokens);
  if (at < tokens.size()) {
    ASSIGN_OR_FAIL(line.command, LookUpCommand(tokens[at]));
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(at));
  }
  FAIL_IF_ERROR(Parse(tokens, OptionsOf(line.command), line));
  ASSIGN_OR_FAIL(line.global, ReadGlobalOptions(line.values));
  if (line.global.help || line.global.version) return line;
  if (line.command == nullptr) {
    return UsageFailure("no command given; 'switchback --help' lists them");
  }
  FAIL_IF_ERROR(CheckArgumentCount(line));
  return line;
}

bool WantsJson(const std::vector<std::string>& arguments) {
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--format=json") return true;
    if (arguments[i] == "--format" && i + 1 < arguments.size() && arguments[i + 1] == "json") {
      return true;
    }
  }
  return false;
}

}  // namespace switchback::cli
