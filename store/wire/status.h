// Error codes as HTTP statuses and exit codes of the program.
#pragma once

#include <optional>
#include <string_view>

#include "switchback/error.h"

namespace switchback::wire {

[[nodiscard]] unsigned HttpStatus(ErrorCode code);
// What the program ends with (doc/cli.md); so scripts that curl see the same number.
[[nodiscard]] int ExitCode(ErrorCode code);
// The code whose ErrorCodeName is `name`.
[[nodiscard]] std::optional<ErrorCode> ErrorCodeOf(std::string_view name);

}  // namespace switchback::wire
