#include "cli/parse/option_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <typeinfo>

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

bool IsRepeatable(const po::value_semantic& semantic) {
  const auto* typed = dynamic_cast<const po::typed_value_base*>(&semantic);
  return typed != nullptr && typed->value_type() == typeid(std::vector<std::string>);
}

OptionEntry ReadEntry(const po::option_description& option) {
  OptionEntry entry;
  entry.name = fmt::format("--{}", option.long_name());
  const std::string name =
      option.canonical_display_name(po::command_line_style::allow_dash_for_short);
  if (name.starts_with('-')) entry.short_name = name;
  entry.description = option.description();
  const po::value_semantic& semantic = *option.semantic();
  const std::string value = semantic.name();
  if (semantic.max_tokens() > 0) entry.value = value.substr(0, value.find(" (="));  // the default
  entry.takes_many = semantic.max_tokens() > 1;
  entry.repeatable = IsRepeatable(semantic);
  return entry;
}

std::vector<OptionEntry> ReadTable(const po::options_description& options) {
  std::vector<OptionEntry> table;
  for (const auto& option : options.options()) table.push_back(ReadEntry(*option));
  return table;
}

}  // namespace

std::vector<OptionEntry> GlobalOptionTable() {
  po::options_description options;
  AddGlobalOptions(options);
  return ReadTable(options);
}

std::vector<OptionEntry> CommandOptionTable(const Command& command) {
  po::options_description options;
  if (command.add_options != nullptr) command.add_options(options);
  return ReadTable(options);
}

std::vector<OptionEntry> OptionTable(const Command* command) {
  std::vector<OptionEntry> table;
  const auto append = [&table](std::vector<OptionEntry> entries) {
    std::ranges::move(entries, std::back_inserter(table));
  };
  if (command != nullptr) {
    append(CommandOptionTable(*command));
  } else {
    for (const Command& each : Commands()) append(CommandOptionTable(each));
  }
  append(GlobalOptionTable());
  return table;
}

const OptionEntry* FindOption(const std::vector<OptionEntry>& table, std::string_view word) {
  const auto found = std::ranges::find_if(table, [word](const OptionEntry& entry) {
    return entry.name == word || (!entry.short_name.empty() && entry.short_name == word);
  });
  return found == table.end() ? nullptr : &*found;
}

}  // namespace switchback::cli
