// switchback diff: what changed between two versions, two IDs, or two states of the whole table.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/output/diff_json.h"
#include "cli/output/diff_text.h"
#include "cli/output/json_writer.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  add("all", po::bool_switch(), "the whole table: --all FROM [TO], TO being head by default");
  add("stat", po::bool_switch(), "one line an ID: counts, no endpoints");
  add("exit-code", po::bool_switch(), "exit 1 if there is a difference");
}

// Prints diffs one after the other in the form that was asked for.
class DiffPrinter {
 public:
  explicit DiffPrinter(Context& context)
      : context_(context), stat_(context.Flag("stat")), table_(context.terminal, context.out) {}

  Outcome<void> Add(const DiffReport& report) {
    if (context_.json()) {
      JsonWriter json(context_.out.buffer());
      FAIL_IF_ERROR(WriteDiff(report, stat_, json, context_.out));
      json.EndLine();
    } else if (stat_) {
      table_.Add(report);
    } else {
      if (printed_) context_.out.Append("\n");
      FAIL_IF_ERROR(PrintDiff(report, context_.terminal.color, context_.out));
    }
    printed_ = true;
    FAIL_IF_ERROR(context_.out.Drain());
    return {};
  }
  void Finish() { table_.Flush(); }

 private:
  Context& context_;
  bool stat_;
  DiffStatTable table_;
  bool printed_ = false;
};

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

Outcome<bool> DiffLists(Context& context, const View& view) {
  ASSIGN_OR_FAIL(const Sides sides, ResolveSides(context, view));
  ASSIGN_OR_FAIL(const DiffReport report, LoadDiff(view, sides.from, sides.to, context.json()));
  DiffPrinter printer(context);
  FAIL_IF_ERROR(printer.Add(report));
  printer.Finish();
  return !report.diff.empty() || report.from.exists != report.to.exists;
}

Outcome<bool> DiffTables(Context& context, const View& view) {
  ASSIGN_OR_FAIL(const Revision from, ResolveTableSelector(context, view, context.arguments[0]));
  Revision to = view.revision();
  if (context.arguments.size() == 2) {
    ASSIGN_OR_FAIL(to, ResolveTableSelector(context, view, context.arguments[1]));
  }
  ASSIGN_OR_FAIL(const auto differences, view.DiffTable(from, to));
  DiffPrinter printer(context);
  bool different = false;
  for (;;) {
    ASSIGN_OR_FAIL(const auto one, differences->Next());
    if (!one) break;
    ASSIGN_OR_FAIL(const DiffReport report,
                   LoadDiff(view, {one->id, one->from}, {one->id, one->to}, context.json()));
    // A change and its restore: other versions, the same list.
    if (report.diff.empty() && report.from.exists == report.to.exists) continue;
    different = true;
    FAIL_IF_ERROR(printer.Add(report));
  }
  printer.Finish();
  return different;
}

Outcome<int> RunDiff(Context& context) {
  if (context.arguments.empty()) {
    return UsageFailure("usage: switchback diff ID[@SELECTOR] [ID[@SELECTOR]] | --all FROM [TO]");
  }
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  ASSIGN_OR_FAIL(const bool different, context.Flag("all") ? DiffTables(context, *reading.view)
                                                           : DiffLists(context, *reading.view));
  return different && context.Flag("exit-code") ? kExitDifference : kExitDone;
}

}  // namespace

Command DiffCommand() {
  return {.name = "diff",
          .usage = "ID[@SELECTOR] [ID[@SELECTOR]] | --all FROM [TO]",
          .summary = "what changed between two versions, two IDs or two tables",
          .details =
              "diff ID           the last change of ID\n"
              "diff ID@A         everything since A\n"
              "diff ID@A ID2@B   from one to the other; the IDs may differ\n"
              "diff --all A [B]  each ID whose list differs between two revisions, times\n"
              "                  or snapshots (B: head)\n",
          .example = "  switchback diff 394521@11:45\n",
          .max_arguments = 2,
          .add_options = AddOptions,
          .run = RunDiff};
}

}  // namespace switchback::cli
