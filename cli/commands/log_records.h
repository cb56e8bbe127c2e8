// log --records: what was said to the store between commits, newest first.
#pragma once

#include "cli/command.h"
#include "cli/parse/filter_options.h"
#include "switchback/view.h"

namespace switchback::cli {

[[nodiscard]] Outcome<int> LogRecords(Context& context, const View& view,
                                      const RevisionFilter& filter);

}  // namespace switchback::cli
