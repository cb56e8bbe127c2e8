// Which versions a restore of single IDs puts back.
#pragma once

#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/output/write_report.h"
#include "cli/parse/write_options.h"
#include "switchback/store.h"

namespace switchback::cli {

// The ID@SELECTOR texts of the command line, or of the file that --from names.
[[nodiscard]] Outcome<std::vector<std::string>> ReadRestoreArguments(const Context& context);

// Finds the versions, and notes in the report what the selectors were taken for. Errors: usage, a
// text without a selector, or one relative to head without an expected version: the message has the
// command to type instead.
[[nodiscard]] Outcome<std::vector<RestoreTarget>> ResolveTargets(
    const Context& context, const View& view, const WriteOptions& write,
    const std::vector<std::string>& texts, WriteReport& report);

}  // namespace switchback::cli
