// A diff as text for a terminal: what it is between and the counts first, a long one summed up,
// then its lines in canonical order. Stable enough to paste into a ticket.
#pragma once

#include <string>

#include "cli/diff_report.h"
#include "cli/failure.h"
#include "cli/output/output.h"
#include "cli/output/table.h"
#include "cli/output/terminal.h"

namespace switchback::cli {

// `394521  @41 -> @42   812 -> 1 endpoints   +1 -812`, and a mark where most of the list went.
void AppendDiffHeader(const DiffReport& report, bool color, std::string& out);

// Header, summary where the diff is long, and lines. Errors: kIoError of the output.
[[nodiscard]] Outcome<void> PrintDiff(const DiffReport& report, bool color, Output& out);

// The counts of several diffs, a line each, aligned (--stat).
class DiffStatTable {
 public:
  DiffStatTable(const Terminal& terminal, Output& out);
  void Add(const DiffReport& report);
  void Flush() { table_.Flush(); }

 private:
  size_t id_width_;
  Table table_;
};

// "3 -> 4 endpoints", or with "deleted" and "none" for a side that is no list.
std::string CountsText(const DiffReport& report);
std::string CountsText(bool from_exists, uint64_t from, bool to_exists, uint64_t to);

}  // namespace switchback::cli
