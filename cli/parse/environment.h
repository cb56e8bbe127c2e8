// Variables of the environment that options fall back on.
#pragma once

#include <optional>
#include <string>

namespace switchback::cli {

// Nothing where it is not set, or empty.
[[nodiscard]] std::optional<std::string> FromEnvironment(const char* name);

}  // namespace switchback::cli
