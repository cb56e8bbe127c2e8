// The words for error codes that scripts rely on. Adding a code without a word is a warning here.
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

}  // namespace switchback
