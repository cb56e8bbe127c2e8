#include "cli/failure.h"

namespace switchback::cli {

std::string_view CommittedName(Committed committed) {
  switch (committed) {
    case Committed::kNo:
      return "no";
    case Committed::kPartial:
      return "partial";
    case Committed::kYes:
      return "yes";
    case Committed::kUnknown:
      break;
  }
  return "unknown";
}

Failure::Failure(Error cause) : error(std::move(cause)) {
  if (error.code == ErrorCode::kUnknownOutcome) committed = Committed::kUnknown;
}

int Failure::ExitCode() const {
  return switchback::ExitCode(error.code);
}

std::string_view Failure::Reason() const {
  return usage ? "usage" : ErrorCodeName(error.code);
}

std::unexpected<Failure> UsageFailure(std::string message) {
  Failure failure(Error{ErrorCode::kInvalidArgument, std::move(message), {}, 0});
  failure.usage = true;
  return std::unexpected<Failure>(std::move(failure));
}

}  // namespace switchback::cli
