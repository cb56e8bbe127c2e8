#include "cli/commands/apply_table.h"

#include <fmt/format.h>

#include "cli/commands/write_support.h"
#include "cli/input/table_file.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

Outcome<void> CheckUsage(const Context& context, const WriteOptions& write) {
  if (!context.arguments.empty() || context.Flag("one-revision")) {
    return UsageFailure("apply takes lines of a change, or --table FILE, not both");
  }
  if (!write.expect.empty()) {
    return UsageFailure("--expect goes with single IDs; with --table, use --expect-head rN");
  }
  return {};
}

// A file that came out empty, or a mistyped glob, would delete everything.
Outcome<void> CheckNotEmpty(const Context& context, const TableFile& table) {
  if (table.ids() > 0 || context.Flag("allow-empty")) return {};
  const std::string which =
      table.globs().empty()
          ? ""
          : fmt::format(" that '{}' matches",
                        OneLine(fmt::format("{}", fmt::join(table.globs(), "' and '"))));
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("{} has no ID{}: to apply it would delete every ID{} of the store. If "
                          "that is meant, give --allow-empty; nothing was written",
                          table.name(), which, which));
}

Outcome<void> CheckEnvironment(const Context& context, const TableFile& table,
                               const StoreIdentity& identity) {
  const std::string& found = table.header().environment;
  const auto named = context.Text("from-environment");
  if (found == named.value_or(identity.environment)) return {};
  return Fail(
      ErrorCode::kWrongEnvironment,
      named ? fmt::format("{} is a table of '{}', not of '{}' as expected; nothing was written",
                          table.name(), OneLine(found), *named)
            : fmt::format("{} is a table of '{}', and the store's environment is '{}'; nothing was "
                          "written. If that is meant, say so with --from-environment {}",
                          table.name(), OneLine(found), identity.environment, ShellWord(found)));
}

void WarnOfTable(const TableFile& table, WriteReport& report) {
  if (!table.header().ids) {
    report.warnings.push_back(
        fmt::format("{}: its header does not say how many IDs it has, so nobody can tell whether "
                    "it was cut off",
                    table.name()));
  }
  if (table.duplicates() > 0) {
    report.warnings.push_back(
        fmt::format("{} collapsed", Counted(table.duplicates(), "exact duplicate")));
  }
}

// What is planned for an ID: its list in the table, which is read on to it, or none.
Outcome<ListDiff> PlannedList(TableFileReader& lists, const ChangedId& change,
                              const EndpointList& before) {
  while (!change.deleted) {
    ASSIGN_OR_FAIL(const auto next, lists.Next());
    if (!next) break;
    if (next->id == change.id) return Diff(before, std::get<Replace>(next->action).list);
  }
  return Diff(before, EndpointList());
}

}  // namespace

void AddTableOptions(po::options_description& options) {
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("table", text("FILE"), "make the whole table what FILE says, in the form of get --all");
  add("ids", text("GLOB"), "with --table: only the IDs that match");
  add("from-environment", text("NAME"), "with --table: FILE is this other environment's");
  add("allow-empty", po::bool_switch(), "with --table: also if that deletes every ID");
}

Outcome<void> CheckNoTableOptions(const Context& context) {
  if (!context.Has("ids") && !context.Has("from-environment") && !context.Flag("allow-empty")) {
    return {};
  }
  return UsageFailure("--ids, --from-environment and --allow-empty go with apply --table FILE");
}

Outcome<int> ApplyTable(Context& context, const WriteOptions& write) {
  FAIL_IF_ERROR(CheckUsage(context, write));
  // The input first: the store is not held while a slow pipe is read.
  ASSIGN_OR_FAIL(const auto table, TableFile::Open(*context.Text("table"), context.Text("ids")));
  FAIL_IF_ERROR(CheckNotEmpty(context, *table));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));
  FAIL_IF_ERROR(CheckEnvironment(context, *table, store->identity()));

  WriteReport report;
  WarnOfTable(*table, report);
  TableFileReader lists(*table);
  ASSIGN_OR_FAIL(report.result, store->ApplyTable(lists, table->globs(),
                                                  ToCommitOptions(write, Operation::kApplyTable)));
  MarkLanded(context, report.result);
  // There may be a million of them.
  report.already_count = report.result.unchanged.size();
  report.result.unchanged.clear();
  if (write.dry_run) {
    FAIL_IF_ERROR(lists.Rewind());
    const auto planned = [&](const ChangedId& change, const EndpointList& before) {
      return PlannedList(lists, change, before);
    };
    FAIL_IF_ERROR(PlanDiffs(*store, planned, report));
  }
  return FinishWrite(context, *store, write, std::move(report));
}

}  // namespace switchback::cli
