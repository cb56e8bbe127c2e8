// The texts of --help.
#pragma once

#include <string>
#include <string_view>

#include "cli/command.h"

namespace switchback::cli {

std::string_view ProgramVersion();
std::string ProgramHelp();
std::string CommandHelp(const Command& command);

}  // namespace switchback::cli
