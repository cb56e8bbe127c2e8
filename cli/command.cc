#include "cli/command.h"

#include <unistd.h>

#include <tuple>

#include "cli/output/text_format.h"

namespace switchback::cli {

std::string Context::StoreArgument() const {
  std::string words;
  for (const char* option : {"store", "server", "token-file", "ca-file"}) {
    if (const auto given = Text(option)) {
      words += std::string(" --") + option + ' ' + ShellWord(*given);
    }
  }
  return words;
}

void Context::Note(std::string_view text) const {
  if (json() || global.quiet) return;
  Output err(STDERR_FILENO);
  err.Append("switchback: " + OneLine(text) + "\n");
  // A note is a courtesy: where standard error is closed, the command goes on.
  std::ignore = err.Finish();
}

}  // namespace switchback::cli
