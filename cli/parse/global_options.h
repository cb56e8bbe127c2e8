// Options that every command takes, wherever they stand on the command line.
#pragma once

#include <boost/program_options.hpp>
#include <cstdint>
#include <optional>
#include <string>

#include "cli/failure.h"

namespace switchback::cli {

enum class Format : uint8_t { kText, kJson };
enum class ColorChoice : uint8_t { kAuto, kAlways, kNever };

struct GlobalOptions {
  // One of the two, or neither: --store or --server, else SWITCHBACK_STORE, else SWITCHBACK_SERVER.
  std::optional<std::string> store;
  std::optional<std::string> server;
  std::string token_file;  // --token-file, else SWITCHBACK_TOKEN_FILE
  std::string ca_file;     // --ca-file, else SWITCHBACK_CA_FILE
  Format format = Format::kText;
  ColorChoice color = ColorChoice::kAuto;
  bool quiet = false;
  bool help = false;
  bool version = false;
};

void AddGlobalOptions(boost::program_options::options_description& options);
// Errors: usage, a word that an option does not know, or both a store and a server.
[[nodiscard]] Outcome<GlobalOptions> ReadGlobalOptions(
    const boost::program_options::variables_map& values);

}  // namespace switchback::cli
