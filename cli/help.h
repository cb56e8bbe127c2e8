// The texts of --help, and the tables in them: the manual page is made from the same ones.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "cli/command.h"

namespace switchback::cli {

// A line of a table: what it is about, and what is to be said of it.
struct HelpEntry {
  std::string_view name;
  std::string_view text;
};

[[nodiscard]] std::span<const HelpEntry> SelectorForms();
[[nodiscard]] std::span<const HelpEntry> ExitCodes();
[[nodiscard]] std::span<const HelpEntry> EnvironmentVariables();

std::string_view ProgramVersion();
std::string ProgramHelp();
std::string CommandHelp(const Command& command);

}  // namespace switchback::cli
