// Error codes as others know them. Adding a code without a status is a warning here.
#include "wire/status.h"

namespace switchback::wire {
namespace {

constexpr auto kLastErrorCode = ErrorCode::kUnknownOutcome;

}  // namespace

unsigned HttpStatus(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kLimitExceeded:
      return 413;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kPruned:
      return 410;
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kConflict:
      return 409;
    case ErrorCode::kWrongEnvironment:
      return 421;
    case ErrorCode::kRefused:
      return 403;
    case ErrorCode::kHeld:
      return 503;
    case ErrorCode::kDataLoss:
    case ErrorCode::kIoError:
    case ErrorCode::kUnknownOutcome:
      break;
  }
  return 500;
}

std::optional<ErrorCode> ErrorCodeOf(std::string_view name) {
  for (int number = 0; number <= static_cast<int>(kLastErrorCode); ++number) {
    const auto code = static_cast<ErrorCode>(number);
    if (ErrorCodeName(code) == name) return code;
  }
  return std::nullopt;
}

}  // namespace switchback::wire
