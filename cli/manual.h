// The manual page switchback(1), made from the table of commands, their options, and the tables of
// the help: what is true of --help is true of it.
#pragma once

#include <string>

namespace switchback::cli {

// The page in roff, with the macros of man(7).
[[nodiscard]] std::string ManualPage();

}  // namespace switchback::cli
