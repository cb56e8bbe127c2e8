// switchback snapshot: names for revisions.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/output/json_writer.h"
#include "cli/output/table.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  options.add_options()("at", po::value<std::string>()->value_name("SELECTOR"),
                        "create: the revision to name (default: head)");
  AddMetadataOptions(options);
  AddOpenOptions(options);
}

void WriteSnapshot(const SnapshotInfo& info, JsonWriter& json) {
  json.Field("name", info.name).Field("revision", info.revision.value);
  json.Time("created", info.created).Field("author", info.author).Field("message", info.message);
}

// Like every write, says which environment and store it went to.
Outcome<int> Report(Context& context, const Store& store, std::string_view done,
                    const SnapshotInfo& info) {
  context.landed = true;
  ASSIGN_OR_FAIL(const std::string path, StoreName(context));
  const std::string& environment = store.identity().environment;
  if (context.json()) {
    JsonWriter json(context.out.buffer());
    json.BeginObject().Field("environment", environment).Field("store", path);
    json.Field("store_uuid", store.identity().uuid).Field("snapshot", info.name);
    json.Field("done", done).Field("names", info.revision.value);
    json.Key("revision").Null().Key("changes").BeginArray().EndArray().EndObject().EndLine();
  } else if (!context.global.quiet) {
    context.out.Append(fmt::format("snapshot {} {} in {} ({}): r{}\n", info.name, done, environment,
                                   path, info.revision.value));
  }
  return kExitDone;
}

Outcome<int> Create(Context& context, const std::string& name) {
  ASSIGN_OR_FAIL(const WriteOptions write, ReadWriteOptions(context));
  FAIL_IF_ERROR(CheckSnapshotName(name));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));
  ASSIGN_OR_FAIL(const auto view, store->NewView());
  Revision revision = view->revision();
  if (const auto at = context.Text("at")) {
    ASSIGN_OR_FAIL(revision, ResolveTableSelector(context, *view, *at));
  }
  ASSIGN_OR_FAIL(
      const SnapshotInfo info,
      store->CreateSnapshot(name, revision, ToCommitOptions(write, Operation::kSnapshotCreate)));
  return Report(context, *store, "created", info);
}

Outcome<int> Delete(Context& context, const std::string& name) {
  ASSIGN_OR_FAIL(const WriteOptions write, ReadWriteOptions(context));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));
  ASSIGN_OR_FAIL(const auto view, store->NewView());
  ASSIGN_OR_FAIL(const Revision revision, view->ResolveRevision(NameSelector{name}));
  FAIL_IF_ERROR(store->DeleteSnapshot(name, ToCommitOptions(write, Operation::kSnapshotDelete)));
  return Report(context, *store, "deleted", {name, revision, {}, {}, {}});
}

Outcome<int> List(Context& context) {
  ASSIGN_OR_FAIL(const auto store, OpenForReading(context));
  ASSIGN_OR_FAIL(const auto snapshots, store->ListSnapshots());
  Table table({Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft},
              context.terminal, context.out);
  for (const SnapshotInfo& info : snapshots) {
    if (context.json()) {
      JsonWriter json(context.out.buffer());
      json.BeginObject();
      WriteSnapshot(info, json);
      json.EndObject().EndLine();
    } else {
      table.Add({{info.name, Ink::kBold},
                 {fmt::format("r{}", info.revision.value)},
                 {LocalTime(info.created, context.clock)},
                 {OneLine(info.author)},
                 {OneLine(info.message)}});
    }
  }
  table.Flush();
  return kExitDone;
}

Outcome<int> RunSnapshot(Context& context) {
  const std::string& verb = context.arguments[0];
  if (verb == "list" && context.arguments.size() == 1) return List(context);
  if (verb == "create" && context.arguments.size() == 2) {
    return Create(context, context.arguments[1]);
  }
  if (verb == "delete" && context.arguments.size() == 2) {
    return Delete(context, context.arguments[1]);
  }
  return UsageFailure("usage: switchback snapshot create NAME | delete NAME | list");
}

}  // namespace

Command SnapshotCommand() {
  return {.name = "snapshot",
          .usage = "create NAME [--at SELECTOR] | delete SNAPSHOT | list",
          .summary = "names for revisions",
          .details = "Gives a revision a name, which is then a selector: diff ID@NAME.\n",
          .example = "  switchback snapshot create before-move -m 'known good'\n",
          .min_arguments = 1,
          .max_arguments = 2,
          .add_options = AddOptions,
          .run = RunSnapshot};
}

}  // namespace switchback::cli
