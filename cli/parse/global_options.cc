#include "cli/parse/global_options.h"

#include <fmt/format.h>

#include <cstdlib>

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

Outcome<Format> ReadFormat(const std::string& word) {
  if (word == "text") return Format::kText;
  if (word == "json") return Format::kJson;
  return UsageFailure(fmt::format("--format takes text or json, not '{}'", word));
}

Outcome<ColorChoice> ReadColor(const std::string& word) {
  if (word == "auto") return ColorChoice::kAuto;
  if (word == "always") return ColorChoice::kAlways;
  if (word == "never") return ColorChoice::kNever;
  return UsageFailure(fmt::format("--color takes auto, always or never, not '{}'", word));
}

}  // namespace

void AddGlobalOptions(po::options_description& options) {
  auto add = options.add_options();
  add("store", po::value<std::string>()->value_name("DIR"),
      "the store's folder (default: SWITCHBACK_STORE)");
  add("format", po::value<std::string>()->value_name("text|json"), "form of the output");
  add("color", po::value<std::string>()->value_name("auto|always|never"),
      "auto: on a terminal, unless NO_COLOR is set");
  add("quiet,q", po::bool_switch(), "no notes, no progress, no report of a write");
  add("help,h", po::bool_switch(), "this text");
  add("version", po::bool_switch(), "the program's version");
}

Outcome<GlobalOptions> ReadGlobalOptions(const po::variables_map& values) {
  GlobalOptions global;
  if (values.count("store") > 0) {
    global.store = values["store"].as<std::string>();
  } else if (const char* store = std::getenv("SWITCHBACK_STORE");
             store != nullptr && *store != '\0') {
    global.store = store;
  }
  if (values.count("format") > 0) {
    ASSIGN_OR_FAIL(global.format, ReadFormat(values["format"].as<std::string>()));
  }
  if (values.count("color") > 0) {
    ASSIGN_OR_FAIL(global.color, ReadColor(values["color"].as<std::string>()));
  }
  global.quiet = values["quiet"].as<bool>();
  global.help = values["help"].as<bool>();
  global.version = values["version"].as<bool>();
  return global;
}

}  // namespace switchback::cli
