// The options of the program and of its commands as data, read off the tables that the parser
// uses: for whoever needs them apart from parsing (completion, the manual, finding the command in
// a command line).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/command.h"

namespace switchback::cli {

struct OptionEntry {
  std::string name;        // "--expect"
  std::string short_name;  // "-m"; empty: none
  std::string value;       // "[ID=]VERSION", as --help shows it; empty: takes none
  std::string description;
  bool takes_many = false;  // its value goes on up to the next option: "EP ..."
  bool repeatable = false;

  [[nodiscard]] bool takes_value() const { return !value.empty(); }
};

[[nodiscard]] std::vector<OptionEntry> GlobalOptionTable();
// Without the global ones.
[[nodiscard]] std::vector<OptionEntry> CommandOptionTable(const Command& command);
// What may stand on a command line of `command`, its own first; null: before any command's name, so
// whatever some command takes.
[[nodiscard]] std::vector<OptionEntry> OptionTable(const Command* command);

// By the word that it is given with: "--expect", "-m". Null: none.
[[nodiscard]] const OptionEntry* FindOption(const std::vector<OptionEntry>& table,
                                            std::string_view word);

}  // namespace switchback::cli
