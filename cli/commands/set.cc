// switchback set: replaces the list of one business ID.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/write_support.h"
#include "cli/input/byte_source.h"
#include "cli/output/text_format.h"
#include "cli/session.h"
#include "switchback/text.h"

namespace switchback::cli {
namespace {

Outcome<ParsedList> ReadList(const Context& context) {
  const std::string path = context.arguments.size() > 1 ? context.arguments[1] : "-";
  ASSIGN_OR_FAIL(const InputText input, ReadInput(path));
  return ParseEndpointList(input.text, input.name);
}

Outcome<int> RunSet(Context& context) {
  ASSIGN_OR_FAIL(const WriteOptions write, ReadWriteOptions(context));
  ASSIGN_OR_FAIL(const BusinessId id, BusinessId::Parse(context.arguments[0]));
  FAIL_IF_ERROR(CheckExpectations(write, {id}));
  // The input first: the store is not held while a slow pipe is read.
  ASSIGN_OR_FAIL(ParsedList parsed, ReadList(context));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));

  WriteReport report;
  if (parsed.duplicates > 0) {
    report.warnings.push_back(
        fmt::format("{} collapsed", Counted(parsed.duplicates, "exact duplicate")));
  }
  const Change change{{{id, Replace{parsed.list}, ExpectedVersion(write, id)}}};
  ASSIGN_OR_FAIL(report.result, store->Commit(change, ToCommitOptions(write, Operation::kSet)));
  MarkLanded(context, report.result);
  if (write.dry_run) {
    const auto planned = [&](const ChangedId&, const EndpointList& before) {
      return Diff(before, parsed.list);
    };
    FAIL_IF_ERROR(PlanDiffs(*store, planned, report));
  }
  return FinishWrite(context, *store, write, std::move(report));
}

}  // namespace

Command SetCommand() {
  return {.name = "set",
          .usage = "ID [FILE]",
          .summary = "replace the list of an ID",
          .details =
              "Makes the list of ID what FILE says (- or no file: standard input), one\n"
              "endpoint a line: ADDRESS[/PREFIX][:PORT] [weight=N] [key=value ...].\n"
              "Blank lines and # comments are skipped. Bad input is refused whole. A list\n"
              "that is already so makes no version.\n",
          .example = "  switchback set 394521 servers.txt -m 'move to the new racks' --expect 41\n",
          .min_arguments = 1,
          .max_arguments = 2,
          .add_options = AddWriteOptions,
          .run = RunSet};
}

}  // namespace switchback::cli
