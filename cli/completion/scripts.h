// The scripts that teach a shell to complete the program's command lines. They hold no candidates:
// they ask `switchback complete` and hand on what it says (doc/cli.md, "Completion").
#pragma once

#include <string_view>

namespace switchback::cli {

[[nodiscard]] std::string_view BashCompletion();
[[nodiscard]] std::string_view ZshCompletion();

}  // namespace switchback::cli
