// diff --against: a list, or the whole table, against a file.
#pragma once

#include "cli/command.h"
#include "cli/failure.h"
#include "cli/output/diff_printer.h"

namespace switchback::cli {

// The diff goes from the store to the file: what would change if the file were set, or applied.
[[nodiscard]] Outcome<void> DiffAgainstList(Context& context, DiffPrinter& printer);
[[nodiscard]] Outcome<void> DiffAgainstTable(Context& context, DiffPrinter& printer);

}  // namespace switchback::cli
