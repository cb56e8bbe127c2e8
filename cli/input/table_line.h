// One line of a table in its text form (doc/cli.md, "Table form"): the header, or an ID's list.
#pragma once

#include <expected>
#include <string_view>

#include "cli/input/faults.h"
#include "cli/table_header.h"
#include "switchback/endpoint_list.h"
#include "switchback/types.h"

namespace switchback::cli {

struct TableRow {
  BusinessId id;
  EndpointList list;
  uint64_t duplicates = 0;  // endpoints that collapsed with an equal one
};

// Strict, as the lines of a history. `environment` must be there.
[[nodiscard]] std::expected<TableHeader, Faults> ParseTableHeader(std::string_view text);
// `id` and `endpoints`, in any order of either, must be there; a digest that is must be that of the
// list.
[[nodiscard]] std::expected<TableRow, Faults> ParseTableRow(std::string_view text);

}  // namespace switchback::cli
