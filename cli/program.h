// The program as a function: command line in, exit code out.
#pragma once

#include <string>
#include <vector>

namespace switchback::cli {

// `arguments` without the program's name. Prints to the process's standard streams.
[[nodiscard]] int RunProgram(const std::vector<std::string>& arguments);

}  // namespace switchback::cli
