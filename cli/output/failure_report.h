// Prints a failure, on standard error: for people, or as one JSON object.
#pragma once

#include <string>

#include "cli/failure.h"

namespace switchback::cli {

[[nodiscard]] std::string FormatFailure(const Failure& failure, bool json);
void PrintFailure(const Failure& failure, bool json, int descriptor);

}  // namespace switchback::cli
