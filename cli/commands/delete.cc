// switchback delete: says that business IDs are no more; their history stays.
#include "cli/commands/commands.h"
#include "cli/commands/write_support.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

Outcome<std::vector<BusinessId>> ReadIds(const Context& context) {
  std::vector<BusinessId> ids;
  for (const std::string& text : context.arguments) {
    ASSIGN_OR_FAIL(BusinessId id, BusinessId::Parse(text));
    ids.push_back(std::move(id));
  }
  return ids;
}

Outcome<int> RunDelete(Context& context) {
  ASSIGN_OR_FAIL(const WriteOptions write, ReadWriteOptions(context));
  ASSIGN_OR_FAIL(const std::vector<BusinessId> ids, ReadIds(context));
  FAIL_IF_ERROR(CheckExpectations(write, ids));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));

  WriteReport report;
  Change change;
  for (const BusinessId& id : ids) {
    change.ids.push_back({id, DeleteId{}, ExpectedVersion(write, id)});
  }
  ASSIGN_OR_FAIL(report.result, store->Commit(change, ToCommitOptions(write, Operation::kDelete)));
  MarkLanded(context, report.result);
  if (write.dry_run) {
    const auto planned = [](const ChangedId&, const EndpointList& before) {
      return Diff(before, EndpointList());
    };
    FAIL_IF_ERROR(PlanDiffs(*store, planned, report));
  }
  return FinishWrite(context, *store, write, std::move(report));
}

}  // namespace

Command DeleteCommand() {
  return {.name = "delete",
          .usage = "ID ...",
          .summary = "say that IDs are no more",
          .details =
              "Makes a version that says: no such ID, in one revision for all of them. Their\n"
              "history stays, restore brings them back, and a later set goes on with their\n"
              "numbering. An ID that is not there is an error (exit 3), and nothing is written.\n",
          .example = "  switchback delete 394521 --expect 41 -m 'the customer has left'\n",
          .min_arguments = 1,
          .max_arguments = 1'000'000,
          .add_options = AddWriteOptions,
          .run = RunDelete};
}

}  // namespace switchback::cli
