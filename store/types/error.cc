// The words and the numbers for error codes that scripts rely on. Adding a code without one is a
// warning here.
#include "switchback/error.h"

namespace switchback {

std::string_view ErrorCodeName(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return "invalid_argument";
    case ErrorCode::kLimitExceeded:
      return "limit_exceeded";
    case ErrorCode::kNotFound:
      return "not_found";
    case ErrorCode::kPruned:
      return "pruned";
    case ErrorCode::kAlreadyExists:
      return "already_exists";
    case ErrorCode::kConflict:
      return "conflict";
    case ErrorCode::kWrongEnvironment:
      return "wrong_environment";
    case ErrorCode::kRefused:
      return "refused";
    case ErrorCode::kDataLoss:
      return "data_loss";
    case ErrorCode::kHeld:
      return "store_held";
    case ErrorCode::kIoError:
      return "io_error";
    case ErrorCode::kUnknownOutcome:
      return "unknown_outcome";
  }
  return "unknown";
}

int ExitCode(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kLimitExceeded:
      return 2;
    case ErrorCode::kNotFound:
    case ErrorCode::kPruned:
      return 3;
    case ErrorCode::kAlreadyExists:
    case ErrorCode::kConflict:
      return 4;
    case ErrorCode::kWrongEnvironment:
    case ErrorCode::kRefused:
      return 5;
    case ErrorCode::kDataLoss:
      return 6;
    case ErrorCode::kHeld:
      return 7;
    case ErrorCode::kIoError:
    case ErrorCode::kUnknownOutcome:
      break;
  }
  return 8;
}

}  // namespace switchback
