// Which versions a restore of single IDs puts back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.h"
#include "cli/output/write_report.h"
#include "cli/parse/write_options.h"
#include "switchback/store.h"

namespace switchback::cli {

// An ID@SELECTOR, and where it stands.
struct RestoreArgument {
  std::string text;
  uint64_t line = 0;  // of the file; 0: on the command line
};
struct RestoreArguments {
  std::vector<RestoreArgument> all;
  std::string file;         // that --from names
  uint64_t duplicates = 0;  // lines of it that said the same as another one
};
// Of the command line and of the file. Errors: kInvalidArgument, every bad line of the file: no
// version address, one without a selector, or an ID that is there already with another one.
[[nodiscard]] Outcome<RestoreArguments> ReadRestoreArguments(const Context& context);

// Finds the versions, and notes in the report what the selectors were taken for. Errors: usage, an
// argument without a selector, or some that are relative to head without an expected version: the
// message or the items have what to type instead; kNotFound, every version that is not there or is
// a deletion.
[[nodiscard]] Outcome<std::vector<RestoreTarget>> ResolveTargets(const Context& context,
                                                                 const View& view,
                                                                 const WriteOptions& write,
                                                                 const RestoreArguments& arguments,
                                                                 WriteReport& report);

}  // namespace switchback::cli
