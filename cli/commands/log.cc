// switchback log: history, of the table or of one business ID, newest first.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/log_by_id.h"
#include "cli/commands/log_records.h"
#include "cli/left_out.h"
#include "cli/output/log_printer.h"
#include "cli/parse/filter_options.h"
#include "cli/revision_search.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

// Whether an ID of the revision lost most of its list.
Outcome<bool> HasBigLoss(const View& view, const RevisionInfo& info) {
  if (info.removed == 0) return false;
  ASSIGN_OR_FAIL(const auto changes, view.Changes(info.revision));
  for (;;) {
    ASSIGN_OR_FAIL(const auto change, changes->Next());
    if (!change) return false;
    if (IsBigLossOf(*change)) return true;
  }
}

// False: there are no more.
Outcome<bool> LogNext(const View& view, const RevisionFilter& filter, RevisionSearch& search,
                      bool json, TableLogPrinter& printer) {
  ASSIGN_OR_FAIL(const auto info, search.Next());
  if (!info) return false;
  if (json) {
    printer.AddJson(*info);
  } else if (info->id_count == 1) {
    ASSIGN_OR_FAIL(const auto only, FirstMatch(view, info->revision, filter));
    printer.Add(*info, only);
  } else {
    ASSIGN_OR_FAIL(const bool loss, HasBigLoss(view, *info));
    printer.AddMany(*info, loss);
  }
  return true;
}

Outcome<int> LogTable(Context& context, const View& view, const RevisionFilter& filter) {
  RevisionSearch search(view, filter);
  TableLogPrinter printer(context);
  LeftOut left_out;
  for (uint64_t printed = 0; !filter.limit || printed < *filter.limit;) {
    const Outcome<bool> more = LogNext(view, filter, search, context.json(), printer);
    if (!more) {
      if (left_out.Take(more.error())) continue;
      return std::unexpected(more.error());
    }
    if (!*more) break;
    ++printed;
    FAIL_IF_ERROR(context.out.Drain());
  }
  printer.Finish();
  return left_out.Finish(context);
}

Outcome<int> LogId(Context& context, const View& view, const RevisionFilter& filter) {
  ASSIGN_OR_FAIL(const Address address, ResolveAddress(context, view, context.arguments[0]));
  ASSIGN_OR_FAIL(const auto history, view.History(address.id, address.found.version));
  IdLogPrinter printer(context);
  LeftOut left_out;
  Version expected = address.found.version;
  for (uint64_t printed = 0; !filter.limit || printed < *filter.limit;) {
    const auto next = history->Next();
    if (!next) {
      if (!left_out.Take(next.error())) return std::unexpected(next.error());
      expected = expected.Previous();
      continue;
    }
    const std::optional<VersionInfo>& info = *next;
    const Version at = info ? info->version : Version{0};
    if (at < expected) printer.AddPruned(at.Next(), expected);
    if (!info || filter.IsPast(info->commit)) break;
    expected = at.Previous();
    if (!filter.Matches(info->commit)) continue;
    printer.Add(*info);
    ++printed;
    FAIL_IF_ERROR(context.out.Drain());
  }
  printer.Finish();
  return left_out.Finish(context);
}

void AddOptions(boost::program_options::options_description& options) {
  AddFilterOptions(options);
  AddByIdOptions(options);
  options.add_options()("records", boost::program_options::bool_switch(),
                        "what was said between the revisions");
}

// What goes with neither: one ID, nor what chooses some.
Outcome<void> CheckRecords(const Context& context, const RevisionFilter& filter) {
  if (context.Flag("by-id")) {
    return UsageFailure("log takes --by-id or --records, not both");
  }
  if (context.arguments.empty() && !filter.chooses_ids()) return {};
  return UsageFailure("log --records is of the whole store: it takes no ID, --ids or --ids-from");
}

Outcome<int> RunLog(Context& context) {
  ASSIGN_OR_FAIL(const RevisionFilter filter, ReadFilterOptions(context));
  if (!context.arguments.empty() && filter.chooses_ids()) {
    return UsageFailure("log takes an ID, or --ids and --ids-from, not both");
  }
  const bool by_id = context.Flag("by-id");
  if (!by_id && HasByIdOptions(context)) {
    return UsageFailure("--min-removed and --min-removed-percent go with log --by-id");
  }
  if (by_id && !context.arguments.empty()) {
    return UsageFailure("log --by-id lists IDs: choose some with --ids GLOB, not by name");
  }
  const bool records = context.Flag("records");
  if (records) FAIL_IF_ERROR(CheckRecords(context, filter));
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  if (records) return LogRecords(context, *reading.view, filter);
  if (by_id) {
    FAIL_IF_ERROR(LogById(context, *reading.view, filter));
    return kExitDone;
  }
  if (context.arguments.empty()) return LogTable(context, *reading.view, filter);
  return LogId(context, *reading.view, filter);
}

}  // namespace

Command LogCommand() {
  return {.name = "log",
          .usage = "[ID[@SELECTOR]] | --by-id | --records",
          .summary = "history, newest first",
          .details =
              "Prints the revisions of the table, or the versions of one ID: who, when, why,\n"
              "how many endpoints were added (+), removed (-) and changed (~), and how many\n"
              "(=) there were then, with a bar. ! marks the loss of more than half of a list.\n"
              "--by-id answers which IDs lost servers, and who did it. --records prints what\n"
              "else the journal holds: calls that a service refused, snapshots, prunes, backups.\n",
          .example = "  switchback log --by-id --since 15m\n",
          .max_arguments = 1,
          .add_options = AddOptions,
          .run = RunLog};
}

}  // namespace switchback::cli
