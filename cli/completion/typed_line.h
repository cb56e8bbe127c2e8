// A command line that is being typed, up to the cursor: what is there already, and what the word
// at the cursor is to be.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/parse/option_table.h"

namespace switchback::cli {

struct TypedLine {
  const Command* command = nullptr;    // null: its name does not stand there yet
  bool unknown_command = false;        // a name stands there that is none
  std::vector<std::string> arguments;  // in front of the cursor, without the command's name
  std::vector<std::string> options;    // likewise: "--expect"
  std::optional<std::string> store;    // the value of --store
  std::vector<OptionEntry> table;      // what options may stand there

  std::string word;                     // at the cursor; may be empty
  std::optional<OptionEntry> value_of;  // the option whose value the word is
  std::string joined;                   // "--format=" where that stands in the same word
  bool only_arguments = false;          // behind a "--"
};

// `words`: without the program's name, as typed, quotes and all; the last one is at the cursor.
[[nodiscard]] TypedLine ReadTypedLine(const std::vector<std::string>& words);

}  // namespace switchback::cli
