#include "cli/parse/global_options.h"

#include <fmt/format.h>

#include "cli/parse/environment.h"

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

std::optional<std::string> Given(const po::variables_map& values, const std::string& option) {
  if (values.count(option) == 0) return std::nullopt;
  return values[option].as<std::string>();
}

Outcome<void> ReadPlace(const po::variables_map& values, GlobalOptions& global) {
  global.store = Given(values, "store");
  global.server = Given(values, "server");
  if (global.store && global.server) {
    return UsageFailure("name a store by --store, or who serves one by --server: not both");
  }
  if (!global.store && !global.server) {
    global.store = FromEnvironment("SWITCHBACK_STORE");
    if (!global.store) global.server = FromEnvironment("SWITCHBACK_SERVER");
  }
  auto token = Given(values, "token-file");
  if (!token) token = FromEnvironment("SWITCHBACK_TOKEN_FILE");
  global.token_file = token.value_or("");
  auto authority = Given(values, "ca-file");
  if (!authority) authority = FromEnvironment("SWITCHBACK_CA_FILE");
  global.ca_file = authority.value_or("");
  return {};
}

}  // namespace

void AddGlobalOptions(po::options_description& options) {
  auto add = options.add_options();
  add("store", po::value<std::string>()->value_name("DIR"),
      "the store's folder (default: SWITCHBACK_STORE)");
  add("server", po::value<std::string>()->value_name("URL"),
      "in its place, who serves the store (unix:PATH, https://HOST:PORT)");
  add("token-file", po::value<std::string>()->value_name("FILE"),
      "--server: a token that says who asks");
  add("ca-file", po::value<std::string>()->value_name("FILE"),
      "--server: who vouches for it (default: the system's)");
  add("format", po::value<std::string>()->value_name("text|json"), "form of the output");
  add("color", po::value<std::string>()->value_name("auto|always|never"),
      "auto: on a terminal, unless NO_COLOR is set");
  add("quiet,q", po::bool_switch(), "no notes, no progress, no report of a write");
  add("help,h", po::bool_switch(), "this text");
  add("version", po::bool_switch(), "the program's version");
}

Outcome<GlobalOptions> ReadGlobalOptions(const po::variables_map& values) {
  GlobalOptions global;
  FAIL_IF_ERROR(ReadPlace(values, global));
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
