// A word of a command line that is being typed, and what the shell will make of it.
#pragma once

#include <string>
#include <string_view>

namespace switchback::cli {

// The word without its quotes and backslashes, and with the home folder for a leading ~/, as bash
// and zsh would hand it to a program. A quote need not be closed yet. Variables and commands in it
// stay as they are: looking at a line must run nothing of it.
[[nodiscard]] std::string ReadShellWord(std::string_view typed);

}  // namespace switchback::cli
