// switchback restore: puts earlier versions back, as one new revision.
#include <fmt/format.h>

#include <unordered_map>

#include "cli/commands/commands.h"
#include "cli/commands/restore_targets.h"
#include "cli/commands/write_support.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("from", text("FILE"), "ID@SELECTOR lines; - is standard input");
  add("all", po::bool_switch(), "the whole table; IDs born since are deleted");
  add("to", text("SELECTOR"), "with --all: a revision, a time or a snapshot");
  add("ids", text("GLOB"), "with --all: only the IDs that match");
  AddWriteOptions(options);
}

// In a dry run, the view that the commit was judged by tells the diffs.
void PlanVersions(const View& view, const std::vector<RestoreTarget>& targets,
                  WriteReport& report) {
  std::unordered_map<BusinessId, Version> versions;
  for (const RestoreTarget& target : targets) versions[target.id] = target.version;
  report.plan = [&view,
                 versions = std::move(versions)](const ChangedId& changed) -> Outcome<DiffReport> {
    ASSIGN_OR_FAIL(ListDiff diff,
                   view.Diff({changed.id, changed.from}, {changed.id, versions.at(changed.id)}));
    return PlannedDiff(view, changed, std::move(diff));
  };
}

Outcome<int> RestoreIds(Context& context, const WriteOptions& write) {
  // The input first: the store is not held while a slow pipe is read.
  ASSIGN_OR_FAIL(const RestoreArguments arguments, ReadRestoreArguments(context));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));
  ASSIGN_OR_FAIL(const auto view, store->NewView());
  WriteReport report;
  if (arguments.duplicates > 0) {
    report.warnings.push_back(
        fmt::format("{} collapsed", Counted(arguments.duplicates, "exact duplicate")));
  }
  ASSIGN_OR_FAIL(const auto targets, ResolveTargets(context, *view, write, arguments, report));
  ASSIGN_OR_FAIL(report.result,
                 store->Restore(targets, ToCommitOptions(write, Operation::kRestore)));
  MarkLanded(context, report.result);
  if (write.dry_run) PlanVersions(*view, targets, report);
  return FinishWrite(context, *store, write, std::move(report));
}

// A time before the first revision would delete the whole table: only rN^ says that on purpose.
Outcome<void> RefuseBeforeTheFirst(const Context& context, const View& view,
                                   const Selector& selector, Revision target) {
  const auto* revision = std::get_if<RevisionSelector>(&selector);
  if (target.value > 0 || (revision != nullptr && revision->before)) return {};
  if (view.revision().value == 0) {
    return Fail(ErrorCode::kNotFound, "nothing existed then: the store has no revision yet");
  }
  ASSIGN_OR_FAIL(const RevisionInfo first, view.DescribeRevision(Revision{1}));
  return Fail(ErrorCode::kNotFound,
              fmt::format("nothing existed then: the store's first revision is r1 of {}",
                          LocalTime(first.time, context.clock)));
}

Outcome<void> CheckTableSelector(const Context& context, const View& view,
                                 const WriteOptions& write, const Selector& selector,
                                 Revision target) {
  if (!IsHeadRelative(selector) || write.expect_head) return {};
  const auto glob = context.Text("ids");
  return UsageFailure(fmt::format(
      "--to {} moves with every commit: two people who restore it bring the fault back. Use\n"
      "  switchback{} restore --all --to r{}{} --expect-head r{}",
      FormatSelector(selector, context.clock), context.StoreArgument(), target.value,
      glob ? " --ids " + ShellWord(*glob) : "", view.revision().value));
}

// What the diffs of a dry run are against: the table as of the target.
void PlanTable(const View& view, Revision target, WriteReport& report) {
  report.plan = [&view, target](const ChangedId& changed) -> Outcome<DiffReport> {
    VersionRef to{changed.id, Version{0}};
    if (!changed.deleted) {
      ASSIGN_OR_FAIL(const ResolvedVersion then,
                     view.Resolve(changed.id, RevisionSelector{target, false}));
      to.version = then.version;
    }
    ASSIGN_OR_FAIL(ListDiff diff, view.Diff({changed.id, changed.from}, to));
    return PlannedDiff(view, changed, std::move(diff));
  };
}

Outcome<int> RestoreAll(Context& context, const WriteOptions& write) {
  const auto to = context.Text("to");
  if (!to) return UsageFailure("restore --all needs --to SELECTOR: a revision, a time, a snapshot");
  if (!context.arguments.empty() || context.Has("from")) {
    return UsageFailure("restore takes IDs or --all, not both");
  }
  if (!write.expect.empty()) {
    return UsageFailure("--expect goes with single IDs; with --all, use --expect-head rN");
  }
  ASSIGN_OR_FAIL(const Selector selector, ParseSelector(*to, context.clock));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));
  ASSIGN_OR_FAIL(const auto view, store->NewView());
  ASSIGN_OR_FAIL(const Revision target, view->ResolveRevision(selector));
  FAIL_IF_ERROR(RefuseBeforeTheFirst(context, *view, selector, target));
  FAIL_IF_ERROR(CheckTableSelector(context, *view, write, selector, target));
  WriteReport report;
  ResolvedArgument resolved{{}, FormatSelector(selector, context.clock), {}, target, {}};
  if (target.value > 0) {
    const Result<RevisionInfo> info = view->DescribeRevision(target);
    // Where its record is damaged the table of then may still be whole.
    if (info) resolved.time = info->time;
    if (!info && info.error().code != ErrorCode::kDataLoss) return std::unexpected(info.error());
  }
  report.resolved.push_back(std::move(resolved));
  ASSIGN_OR_FAIL(report.result,
                 store->RestoreTable(target, context.Text("ids").value_or(""),
                                     ToCommitOptions(write, Operation::kRestoreAll)));
  MarkLanded(context, report.result);
  if (write.dry_run) PlanTable(*view, target, report);
  return FinishWrite(context, *store, write, std::move(report));
}

Outcome<int> RunRestore(Context& context) {
  ASSIGN_OR_FAIL(const WriteOptions write, ReadWriteOptions(context));
  if (context.Flag("all")) return RestoreAll(context, write);
  if (context.Has("to") || context.Has("ids")) {
    return UsageFailure("--to and --ids go with restore --all; for one ID, write ID@SELECTOR");
  }
  return RestoreIds(context, write);
}

}  // namespace

Command RestoreCommand() {
  return {.name = "restore",
          .usage = "ID@SEL ... | --from FILE | --all --to SEL [--ids GLOB]",
          .summary = "put earlier versions back, all in one revision",
          .details =
              "Makes new versions with the content of earlier ones: history only grows. All\n"
              "of them in one revision, or none. What is already so is no error, and says\n"
              "since when, so a script can run it twice. A selector that moves with head\n"
              "(head~1) needs --expect, for --all --expect-head.\n",
          .example = "  switchback restore 394521@41 -m 'undo the migration tool' --ticket OPS-7\n",
          .max_arguments = 1'000'000,
          .add_options = AddOptions,
          .run = RunRestore};
}

}  // namespace switchback::cli
