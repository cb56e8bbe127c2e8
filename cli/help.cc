#include "cli/help.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

constexpr auto kSelectorForms = std::to_array<HelpEntry>({
    {"head", "the newest one; what is meant where no selector is given"},
    {"head~N", "N before the newest"},
    {"N", "version N of the ID"},
    {"rREVISION", "as of that revision; rREVISION^: just before it"},
    {"TIME", "as of a time: 2026-11-22T11:45:00+08:00, 11:45, or an age (15m, 2h, 3d)"},
    {"NAME", "as of a snapshot"},
});

constexpr auto kExitCodes = std::to_array<HelpEntry>({
    {"0", "done; of a write also: it is so already"},
    {"1", "diff --exit-code found a difference"},
    {"2", "usage, or bad input"},
    {"3", "not found: store, ID, version, revision or name"},
    {"4", "conflict: an expectation does not hold, or it is there already"},
    {"5", "refused: another environment, a guard or a permission"},
    {"6", "data damage"},
    {"7", "the store is held by another process"},
    {"8", "I/O or resource failure, or an unknown outcome"},
});

constexpr auto kEnvironmentVariables = std::to_array<HelpEntry>({
    {"SWITCHBACK_STORE", "the store's folder, where --store is not given"},
    {"SWITCHBACK_SERVER", "who serves it, where neither --server nor a store is given"},
    {"SWITCHBACK_TOKEN_FILE", "as --token-file, where that is not given"},
    {"SWITCHBACK_CA_FILE", "as --ca-file, where that is not given"},
    {"NOTIFY_SOCKET", "serve: where systemd is told how far it is"},
    {"SWITCHBACK_AUTHOR", "who writes, where --author is not given"},
    {"SWITCHBACK_ENVIRONMENT", "as --environment, where that is not given"},
    {"NO_COLOR", "if set, no colour unless --color asks for it"},
    {"TMPDIR", "where a table that comes through a pipe is kept meanwhile"},
    {"TZ", "the time zone in which times are shown and read"},
});

std::string OptionTable(const po::options_description& options) {
  std::ostringstream text;
  text << options;
  return text.str();
}

po::options_description GlobalTable() {
  po::options_description options("Global options (before or after the command)", 80, 44);
  AddGlobalOptions(options);
  return options;
}

std::string EntryTable(std::string_view title, std::span<const HelpEntry> entries) {
  size_t width = 0;
  for (const HelpEntry& entry : entries) width = std::max(width, entry.name.size());
  std::string text = fmt::format("{}\n", title);
  for (const HelpEntry& entry : entries) {
    text += fmt::format("  {:<{}}  {}\n", entry.name, width, entry.text);
  }
  return text;
}

std::string CommandTable() {
  std::vector<HelpEntry> entries;
  for (const Command& command : Commands()) {
    if (!command.hidden) entries.push_back({command.name, command.summary});
  }
  return EntryTable("Commands:", entries);
}

}  // namespace

std::span<const HelpEntry> SelectorForms() {
  return kSelectorForms;
}

std::span<const HelpEntry> ExitCodes() {
  return kExitCodes;
}

std::span<const HelpEntry> EnvironmentVariables() {
  return kEnvironmentVariables;
}

std::string_view ProgramVersion() {
  return SWITCHBACK_VERSION;
}

std::string ProgramHelp() {
  return fmt::format(
      "switchback: a versioned store for routing tables\n\n"
      "Usage: switchback [--store DIR] COMMAND [ARGUMENTS] [OPTIONS]\n\n{}\n{}\n{}\n{}\n{}\n"
      "'switchback COMMAND --help' tells more, with an example.\n",
      CommandTable(), OptionTable(GlobalTable()),
      EntryTable("A version is named ID@SELECTOR. SELECTOR is", SelectorForms()),
      EntryTable("Environment variables:", EnvironmentVariables()),
      EntryTable("Exit codes:", ExitCodes()));
}

std::string CommandHelp(const Command& command) {
  std::string text =
      fmt::format("Usage: switchback {} {}\n\n{}\n", command.name, command.usage, command.details);
  if (command.add_options != nullptr) {
    po::options_description options("Options", 80, 44);
    command.add_options(options);
    text += fmt::format("{}\n", OptionTable(options));
  }
  text += fmt::format("{}\nExample:\n{}", OptionTable(GlobalTable()), command.example);
  return text;
}

}  // namespace switchback::cli
