#include "cli/commands/log_records.h"

#include "cli/left_out.h"
#include "cli/output/said_printer.h"

namespace switchback::cli {
namespace {

// A refusal has no author: nobody but the service says who was refused.
bool Matches(const RevisionFilter& filter, const SaidRecord& record) {
  if (!record.info.author.empty()) return filter.Matches(record.info);
  RevisionInfo info = record.info;
  info.author = info.origin.user;
  return filter.Matches(info);
}

}  // namespace

Outcome<int> LogRecords(Context& context, const View& view, const RevisionFilter& filter) {
  ASSIGN_OR_FAIL(const auto records, view.SaidRecords());
  SaidPrinter printer(context);
  LeftOut left_out;
  for (uint64_t printed = 0; !filter.limit || printed < *filter.limit;) {
    const auto next = records->Next();
    if (!next) {
      if (!left_out.Take(next.error())) return std::unexpected(next.error());
      continue;
    }
    if (!*next) break;
    // One that is too old ends nothing: a clock that stepped back may have left newer ones below.
    if (!Matches(filter, **next)) continue;
    printer.Add(**next);
    ++printed;
    FAIL_IF_ERROR(context.out.Drain());
  }
  printer.Finish();
  return left_out.Finish(context);
}

}  // namespace switchback::cli
