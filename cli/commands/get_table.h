// get --all: prints the whole table in its text form.
#pragma once

#include "cli/command.h"
#include "cli/failure.h"

namespace switchback::cli {

[[nodiscard]] Outcome<int> GetTable(Context& context);

}  // namespace switchback::cli
