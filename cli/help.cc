#include "cli/help.h"

#include <fmt/format.h>

#include <sstream>

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

constexpr std::string_view kAddresses =
    "A version is named ID@SELECTOR: head (default), N, head~N, rREVISION,\n"
    "rREVISION^ (just before it), a time (2026-11-22T11:45:00+08:00, 11:45, an age\n"
    "such as 15m, 2h, 3d) or a snapshot name.\n";

constexpr std::string_view kExitCodes =
    "Exit codes: 0 done, 1 difference (diff --exit-code), 2 usage or bad input,\n"
    "3 not found, 4 conflict, 5 refused, 6 data damage, 7 store held by another\n"
    "process, 8 I/O failure or unknown outcome.\n";

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

}  // namespace

std::string_view ProgramVersion() {
  return SWITCHBACK_VERSION;
}

std::string ProgramHelp() {
  std::string text =
      "switchback: a versioned store for routing tables\n\n"
      "Usage: switchback [--store DIR] COMMAND [ARGUMENTS] [OPTIONS]\n\nCommands:\n";
  for (const Command& command : Commands()) {
    text += fmt::format("  {:<9} {}\n", command.name, command.summary);
  }
  text += fmt::format("\n{}\n{}\n{}\n", OptionTable(GlobalTable()), kAddresses, kExitCodes);
  text += "'switchback COMMAND --help' tells more, with an example.\n";
  return text;
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
