// Error codes as HTTP statuses, and by name.
#pragma once

#include <optional>
#include <string_view>

#include "switchback/error.h"

namespace switchback::wire {

[[nodiscard]] unsigned HttpStatus(ErrorCode code);
// Of answers that are no error of the library: who asks is not known, or may not, an If-Match or
// If-None-Match does not hold, too much is asked for, or just now.
inline constexpr unsigned kUnauthorized = 401;
inline constexpr unsigned kForbidden = 403;
inline constexpr unsigned kPreconditionFailed = 412;
inline constexpr unsigned kTooManyRequests = 429;
inline constexpr unsigned kUnavailable = 503;
// The code whose ErrorCodeName is `name`.
[[nodiscard]] std::optional<ErrorCode> ErrorCodeOf(std::string_view name);

}  // namespace switchback::wire
