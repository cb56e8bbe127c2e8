// A command of the program: its name, its help, its options, and the function that does it. A
// command gets its arguments parsed, calls the library, and prints through the Output; it never
// writes to standard output by itself.
#pragma once

#include <boost/program_options.hpp>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.h"
#include "cli/output/output.h"
#include "cli/output/terminal.h"
#include "cli/parse/global_options.h"
#include "switchback/types.h"

namespace switchback::cli {

// What a command is run with.
struct Context {
  GlobalOptions global;
  std::vector<std::string> arguments;  // what is not an option, without the command's name
  boost::program_options::variables_map values;
  Clock clock;
  Terminal terminal;
  Output& out;
  // Set once a write has landed: whatever fails afterwards, the failure says "committed":"yes".
  bool landed = false;
  std::optional<Revision> landed_revision = std::nullopt;

  [[nodiscard]] bool json() const { return global.format == Format::kJson; }
  [[nodiscard]] bool Has(const std::string& option) const { return values.count(option) > 0; }
  [[nodiscard]] bool Flag(const std::string& option) const {
    return values.count(option) > 0 && values[option].as<bool>();
  }
  [[nodiscard]] std::optional<std::string> Text(const std::string& option) const {
    if (values.count(option) == 0) return std::nullopt;
    return values[option].as<std::string>();
  }
  [[nodiscard]] std::vector<std::string> Texts(const std::string& option) const {
    if (values.count(option) == 0) return {};
    return values[option].as<std::vector<std::string>>();
  }
  // " --store DIR" or " --server URL" and what goes with it, if the command line named it: for
  // commands that are printed to be typed.
  [[nodiscard]] std::string StoreArgument() const;
  // A line for people on standard error; silent with --quiet and in JSON.
  void Note(std::string_view text) const;
};

struct Command {
  std::string_view name;
  // The arguments: "ID [FILE]"; several ways to call it stand with " | " between them. Completion
  // knows these words in it: FILE TABLE DIR ID ID@SELECTOR SELECTOR FROM TO rREVISION SNAPSHOT, and
  // takes words in small letters for themselves (cli/completion/usage_forms.h).
  std::string_view usage;
  std::string_view summary;  // one line for the list of commands
  std::string_view details;  // whole lines of at most 80 columns
  std::string_view example;  // a real one
  size_t min_arguments = 0;
  size_t max_arguments = 0;
  void (*add_options)(boost::program_options::options_description& options) = nullptr;
  Outcome<int> (*run)(Context& context) = nullptr;
  bool hidden = false;  // for programs: not in help, manual or completion
};

// All of them, in the order of the help.
std::span<const Command> Commands();
const Command* FindCommand(std::string_view name);

}  // namespace switchback::cli
