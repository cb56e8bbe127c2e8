// Lengths of time as people write them in options: 500ms, 10s, 2m, 1h.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "cli/failure.h"

namespace switchback::cli {

// Errors: usage, naming `option` and the forms.
[[nodiscard]] Outcome<std::chrono::milliseconds> ParseDuration(std::string_view option,
                                                               std::string_view text);
// In seconds: "0.5 s".
[[nodiscard]] std::string FormatDuration(std::chrono::milliseconds duration);

}  // namespace switchback::cli
