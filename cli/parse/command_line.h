// The command line, parsed: which command, with what arguments and options. Global options may
// stand before the command or after it.
#pragma once

#include <boost/program_options.hpp>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/failure.h"
#include "cli/parse/global_options.h"

namespace switchback::cli {

struct CommandLine {
  const Command* command = nullptr;  // null: none was given (help or version)
  GlobalOptions global;
  std::vector<std::string> arguments;
  boost::program_options::variables_map values;
};

// Errors: usage; an unknown command or option names the nearest that there is.
[[nodiscard]] Outcome<CommandLine> ParseCommandLine(const std::vector<std::string>& arguments);

// Whether the command line asks for JSON: answered even where the rest of it does not parse.
[[nodiscard]] bool WantsJson(const std::vector<std::string>& arguments);

}  // namespace switchback::cli
