// log --by-id: what chosen revisions did to each ID, net, biggest loss first.
#pragma once

#include "cli/command.h"
#include "cli/parse/filter_options.h"
#include "switchback/view.h"

namespace switchback::cli {

void AddByIdOptions(boost::program_options::options_description& options);
// Whether an option that goes with --by-id alone was given.
[[nodiscard]] bool HasByIdOptions(const Context& context);
[[nodiscard]] Outcome<void> LogById(Context& context, const View& view, RevisionFilter filter);

}  // namespace switchback::cli
