// apply --table: makes the whole table equal to a file.
#pragma once

#include <boost/program_options.hpp>

#include "cli/command.h"
#include "cli/failure.h"
#include "cli/parse/write_options.h"

namespace switchback::cli {

void AddTableOptions(boost::program_options::options_description& options);
// Whether one of them is given that goes with --table only.
[[nodiscard]] Outcome<void> CheckNoTableOptions(const Context& context);

[[nodiscard]] Outcome<int> ApplyTable(Context& context, const WriteOptions& write);

}  // namespace switchback::cli
