// switchback apply: changes many business IDs in one revision.
#include <fmt/format.h>

#include <tuple>

#include "cli/commands/apply_table.h"
#include "cli/commands/commands.h"
#include "cli/commands/write_support.h"
#include "cli/input/change_lines.h"
#include "cli/input/folding_reader.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  options.add_options()("one-revision", po::bool_switch(),
                        "several lines: fold them, in order, into one revision");
  AddTableOptions(options);
  AddWriteOptions(options);
}

// What the command line says counts; else what the lines say, if they say one thing.
Outcome<void> TakeGiven(const Context& context, const std::string& option, const GivenText& given,
                        std::string& text) {
  if (context.Has(option) || !given.text) return {};
  if (given.differs_in) {
    return UsageFailure(
        fmt::format("lines {} and {} have different texts as '{}', and one revision has one: give "
                    "it with --{}",
                    given.line, *given.differs_in, option, option));
  }
  text = *given.text;
  return {};
}

Outcome<CommitOptions> OptionsFor(const Context& context, const WriteOptions& write,
                                  const ChangeLines& lines) {
  CommitOptions options = ToCommitOptions(write, Operation::kApply);
  FAIL_IF_ERROR(TakeGiven(context, "author", lines.author, options.author));
  FAIL_IF_ERROR(TakeGiven(context, "message", lines.message, options.message));
  FAIL_IF_ERROR(TakeGiven(context, "ticket", lines.ticket, options.ticket));
  FAIL_IF_ERROR(TakeGiven(context, "source", lines.source, options.source));
  options.original_time = lines.original_time;
  return options;
}

Outcome<void> TakeExpectations(const WriteOptions& write, FoldingReader& changes) {
  FAIL_IF_ERROR(CheckExpectations(write, changes.ids(), [&changes](const BusinessId& id) {
    return changes.Touches(id.text());
  }));
  ASSIGN_OR_FAIL(const BusinessId only, BusinessId::Parse(changes.first_id()));
  ExpectedVersions expected;
  for (const Expectation& expectation : write.expect) {
    expected.Add(expectation.id.value_or(only), expectation.version);
  }
  // That none stands twice is checked.
  std::ignore = expected.Sort();
  return changes.Expect(std::move(expected));
}

// The steps of an ID, for the diffs of a dry run, which asks in order of IDs.
Outcome<ListDiff> PlannedSteps(FoldingReader& changes, const BusinessId& id,
                               const EndpointList& before) {
  for (;;) {
    ASSIGN_OR_FAIL(const auto next, changes.Next());
    if (!next) return ListDiff();
    if (next->id == id) return DiffOfSteps(before, std::get<EditSteps>(next->action).steps);
  }
}

Outcome<int> ApplyLines(Context& context, const WriteOptions& write) {
  FAIL_IF_ERROR(CheckNoTableOptions(context));
  if (context.arguments.empty()) {
    return UsageFailure("usage: switchback apply FILE [--one-revision] | --table FILE");
  }
  // The input first: the store is not held while a slow pipe is read.
  ASSIGN_OR_FAIL(OpenedSource source, OpenSource(context.arguments[0]));
  ASSIGN_OR_FAIL(const ChangeLines lines, ReadChangeLines(source, context.Flag("one-revision")));
  ASSIGN_OR_FAIL(const CommitOptions options, OptionsFor(context, write, lines));
  FoldingReader changes(lines.lines);
  FAIL_IF_ERROR(TakeExpectations(write, changes));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));

  WriteReport report;
  ASSIGN_OR_FAIL(report.result, store->Commit(changes, options));
  MarkLanded(context, report.result);
  if (write.dry_run) {
    FAIL_IF_ERROR(changes.Rewind());
    const auto planned = [&](const ChangedId& change, const EndpointList& before) {
      return PlannedSteps(changes, change.id, before);
    };
    FAIL_IF_ERROR(PlanDiffs(*store, planned, report));
  }
  return FinishWrite(context, *store, write, std::move(report));
}

Outcome<int> RunApply(Context& context) {
  ASSIGN_OR_FAIL(const WriteOptions write, ReadWriteOptions(context));
  return context.Has("table") ? ApplyTable(context, write) : ApplyLines(context, write);
}

}  // namespace

Command ApplyCommand() {
  return {.name = "apply",
          .usage = "FILE [--one-revision] | --table FILE [--ids GLOB]",
          .summary = "change many IDs, or the whole table, in one revision",
          .details =
              "Makes one revision of a line in the form of export, with \"expect\":{\"ID\":N}\n"
              "beside its changes where versions matter (0: must not exist). With\n"
              "--one-revision, of several lines, each checked on what those before it\n"
              "leave. - is standard input, and zstd is unpacked. All of it, or nothing: bad\n"
              "input exits 2, what does not fit exits 4, each naming all that is wrong.\n"
              "Author, message, ticket and source given here go before those of the lines.\n"
              "\n"
              "With --table, the table (or the IDs that GLOB matches) becomes equal to FILE,\n"
              "as get --all prints it: lists that differ are replaced, IDs that FILE lacks\n"
              "are deleted, what is equal stays. A file that was cut off, whose digests do\n"
              "not fit, of another environment, or without any ID is refused.\n",
          .example = "  switchback apply move.jsonl --ticket OPS-7 --request-id move-7\n",
          .max_arguments = 1,
          .add_options = AddOptions,
          .run = RunApply};
}

}  // namespace switchback::cli
