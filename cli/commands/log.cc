// switchback log: history, of the table or of one business ID, newest first.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/output/log_printer.h"
#include "cli/parse/filter_options.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

// The first of a revision's changes that the filter's IDs match; nothing where none does. Its count
// and ID also say what a one-ID revision did.
Outcome<std::optional<VersionInfo>> FirstMatch(const View& view, Revision revision,
                                               const RevisionFilter& filter) {
  ASSIGN_OR_FAIL(const auto changes, view.Changes(revision));
  for (;;) {
    ASSIGN_OR_FAIL(auto change, changes->Next());
    if (!change || filter.MatchesId(change->id)) return change;
  }
}

// Where a listing that ends at a time starts: a search, not a walk.
Outcome<Revision> NewestWanted(const View& view, const RevisionFilter& filter) {
  if (!filter.until) return view.revision();
  return view.ResolveRevision(TimeSelector{*filter.until});
}

Outcome<void> LogTable(Context& context, const View& view, const RevisionFilter& filter) {
  ASSIGN_OR_FAIL(const Revision newest, NewestWanted(view, filter));
  if (newest.value == 0) return {};
  ASSIGN_OR_FAIL(const auto log, view.Log(newest));
  TableLogPrinter printer(context);
  for (uint64_t printed = 0; !filter.limit || printed < *filter.limit;) {
    ASSIGN_OR_FAIL(const auto info, log->Next());
    if (!info || filter.IsPast(*info)) break;
    if (!filter.Matches(*info)) continue;
    std::optional<VersionInfo> match;
    if (filter.chooses_ids() || (!context.json() && info->id_count == 1)) {
      ASSIGN_OR_FAIL(match, FirstMatch(view, info->revision, filter));
      if (!match) continue;
    }
    printer.Add(*info, info->id_count == 1 ? match : std::nullopt);
    ++printed;
    FAIL_IF_ERROR(context.out.Drain());
  }
  printer.Finish();
  return {};
}

Outcome<void> LogId(Context& context, const View& view, const RevisionFilter& filter) {
  ASSIGN_OR_FAIL(const Address address, ResolveAddress(context, view, context.arguments[0]));
  ASSIGN_OR_FAIL(const auto history, view.History(address.id, address.found.version));
  IdLogPrinter printer(context);
  for (uint64_t printed = 0; !filter.limit || printed < *filter.limit;) {
    ASSIGN_OR_FAIL(const auto info, history->Next());
    if (!info || filter.IsPast(info->commit)) break;
    if (!filter.Matches(info->commit)) continue;
    printer.Add(*info);
    ++printed;
    FAIL_IF_ERROR(context.out.Drain());
  }
  printer.Finish();
  return {};
}

Outcome<int> RunLog(Context& context) {
  ASSIGN_OR_FAIL(const RevisionFilter filter, ReadFilterOptions(context));
  if (!context.arguments.empty() && filter.chooses_ids()) {
    return UsageFailure("log takes an ID, or --ids and --ids-from, not both");
  }
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  if (context.arguments.empty()) {
    FAIL_IF_ERROR(LogTable(context, *reading.view, filter));
  } else {
    FAIL_IF_ERROR(LogId(context, *reading.view, filter));
  }
  return kExitDone;
}

}  // namespace

Command LogCommand() {
  return {.name = "log",
          .usage = "[ID[@SELECTOR]]",
          .summary = "history, newest first",
          .details =
              "Prints the revisions of the table, or the versions of one ID: who, when, why,\n"
              "how many endpoints were added (+), removed (-) and changed (~), and how many\n"
              "(=) there were then. ! marks the loss of more than half of a list.\n",
          .example = "  switchback log 394521 --since 2h\n",
          .max_arguments = 1,
          .add_options = AddFilterOptions,
          .run = RunLog};
}

}  // namespace switchback::cli
