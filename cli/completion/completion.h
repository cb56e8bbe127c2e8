// What a shell offers behind a command line that is being typed. Everything comes from the table of
// commands, their options and usage texts, and from the store: a new command needs nothing here.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/completion/candidates.h"

namespace switchback::cli {

struct Completion {
  std::vector<Candidate> candidates;
  bool files = false;    // the shell offers files
  bool folders = false;  // the shell offers folders
  bool open = false;     // a candidate is not the whole word yet: no blank behind it
};

// `words`: without the program's name, as typed, quotes and all; the last one, which may be empty,
// is at the cursor. `context` says which store where the line does not.
[[nodiscard]] Completion Complete(Context& context, const std::vector<std::string>& words);

}  // namespace switchback::cli
