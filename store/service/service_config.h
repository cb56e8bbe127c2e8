// The configuration file of a service (ReadServiceConfig of switchback/service.h), in parts.
#pragma once

#include <string>
#include <string_view>

#include "switchback/service.h"

namespace switchback {

// The options that `text` gives. `file` is what errors call it; `folder` is what relative paths are
// of. Errors: as ReadServiceConfig.
[[nodiscard]] Result<ServiceOptions> ParseServiceConfig(std::string_view text,
                                                        const std::string& file,
                                                        const std::string& folder);

// An address to listen on, in its parts: "127.0.0.1:80", "[::1]:80", "localhost:80".
struct ListenAddress {
  std::string host = {};
  uint16_t port = 0;
};
// Errors: kInvalidArgument.
[[nodiscard]] Result<ListenAddress> ParseListenAddress(std::string_view text);

// Whether the options can be served with, wherever they come from: forms, ranges, and what only
// goes together. Looks at no file. Errors: kInvalidArgument, naming the key as in the file.
[[nodiscard]] Result<void> CheckServiceOptions(const ServiceOptions& options);

}  // namespace switchback
