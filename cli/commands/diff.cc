// switchback diff: what changed between two versions, two IDs, or two states of the whole table.
#include <utility>

#include "cli/commands/commands.h"
#include "cli/commands/diff_against.h"
#include "cli/output/diff_printer.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("all", po::bool_switch(), "the whole table: --all FROM [TO], TO being head by default");
  add("against", text("FILE"),
      "a file of endpoints, with --all of a table (get --all); - is standard input");
  add("ids", text("GLOB"), "with --all --against: only the IDs that match");
  AddDiffOptions(options);
}

struct Sides {
  VersionRef from;
  VersionRef to;
};

// `diff ID`: the last change. `diff ID@A`: all since A. `diff ID@A ID2@B`: as it says.
Outcome<Sides> ResolveSides(const Context& context, const View& view) {
  ASSIGN_OR_FAIL(const Address first, ResolveAddress(context, view, context.arguments[0]));
  NoteResolved(context, view, first);
  if (context.arguments.size() == 2) {
    ASSIGN_OR_FAIL(const Address second, ResolveAddress(context, view, context.arguments[1]));
    NoteResolved(context, view, second);
    return Sides{first.ref(), second.ref()};
  }
  if (!first.has_selector) {
    return Sides{{first.id, first.found.version.Previous()}, first.ref()};
  }
  ASSIGN_OR_FAIL(const ResolvedVersion head, view.Resolve(first.id, HeadSelector{}));
  return Sides{first.ref(), {first.id, head.version}};
}

Outcome<void> DiffLists(const Context& context, const View& view, DiffPrinter& printer) {
  ASSIGN_OR_FAIL(const Sides sides, ResolveSides(context, view));
  ASSIGN_OR_FAIL(DiffReport report, LoadDiff(view, sides.from, sides.to, context.json()));
  return printer.Add(std::move(report), /*always=*/true);
}

Outcome<void> DiffTables(const Context& context, const View& view, DiffPrinter& printer) {
  ASSIGN_OR_FAIL(const Revision from, ResolveTableSelector(context, view, context.arguments[0]));
  Revision to = view.revision();
  if (context.arguments.size() == 2) {
    ASSIGN_OR_FAIL(to, ResolveTableSelector(context, view, context.arguments[1]));
  }
  ASSIGN_OR_FAIL(const auto differences, view.DiffTable(from, to));
  for (;;) {
    ASSIGN_OR_FAIL(const auto one, differences->Next());
    if (!one) return {};
    ASSIGN_OR_FAIL(DiffReport report,
                   LoadDiff(view, {one->id, one->from}, {one->id, one->to}, context.json()));
    FAIL_IF_ERROR(printer.Add(std::move(report), /*always=*/false));
  }
}

Outcome<void> DiffVersions(const Context& context, DiffPrinter& printer) {
  if (context.arguments.empty()) {
    return UsageFailure("usage: switchback diff ID[@SELECTOR] [ID[@SELECTOR]] | --all FROM [TO]");
  }
  if (context.Has("ids")) return UsageFailure("--ids goes with diff --all --against TABLE");
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  return context.Flag("all") ? DiffTables(context, *reading.view, printer)
                             : DiffLists(context, *reading.view, printer);
}

Outcome<int> RunDiff(Context& context) {
  DiffPrinter printer(context);
  if (!context.Has("against")) {
    FAIL_IF_ERROR(DiffVersions(context, printer));
  } else if (context.Flag("all")) {
    FAIL_IF_ERROR(DiffAgainstTable(context, printer));
  } else {
    FAIL_IF_ERROR(DiffAgainstList(context, printer));
  }
  printer.Finish();
  return printer.ExitCode();
}

}  // namespace

Command DiffCommand() {
  return {.name = "diff",
          .usage = "ID[@SEL] [ID[@SEL]] | --all FROM [TO] | --against FILE",
          .summary = "what changed between two versions, two IDs, two tables",
          .details =
              "diff ID           the last change of ID\n"
              "diff ID@A         everything since A\n"
              "diff ID@A ID2@B   from one to the other; the IDs may differ\n"
              "diff --all A [B]  each ID whose list differs between two revisions, times\n"
              "                  or snapshots (B: head)\n"
              "diff ID[@A] --against FILE\n"
              "                  from a version (head) to a file of endpoints\n"
              "diff --all [A] --against TABLE\n"
              "                  from the table (of A) to a file that get --all printed\n",
          .example = "  switchback diff 394521@11:45\n",
          .max_arguments = 2,
          .add_options = AddOptions,
          .run = RunDiff};
}

}  // namespace switchback::cli
