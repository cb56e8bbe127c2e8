// switchback show: one revision, with its diff.
#include <fmt/format.h>

#include <optional>

#include "cli/commands/commands.h"
#include "cli/output/diff_json.h"
#include "cli/output/diff_text.h"
#include "cli/output/revision_text.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  options.add_options()("stat", po::bool_switch(), "one line an ID, no endpoints");
}

// Nothing where that is not known any more.
Outcome<std::optional<DiffReport>> DiffOfVersion(const View& view, const VersionInfo& info,
                                                 bool with_digest) {
  if (info.pruned) return std::nullopt;
  auto report =
      LoadDiff(view, {info.id, info.version.Previous()}, {info.id, info.version}, with_digest);
  if (report) return *std::move(report);
  if (report.error().error.code == ErrorCode::kPruned) return std::nullopt;
  return std::unexpected(std::move(report).error());
}

Outcome<void> PrintText(Context& context, const View& view, const StoreIdentity& identity,
                        const RevisionInfo& info, Cursor<VersionInfo>& changes) {
  AppendRevision(info, identity, context.clock, context.terminal.color, context.out.buffer());
  DiffStatTable stat(context.terminal, context.out);
  for (;;) {
    ASSIGN_OR_FAIL(const auto change, changes.Next());
    if (!change) break;
    ASSIGN_OR_FAIL(const auto report, DiffOfVersion(view, *change, false));
    if (!report) {
      context.out.Append(fmt::format("{}{}  @{}  what it changed was pruned\n",
                                     context.Flag("stat") ? "" : "\n", change->id.text(),
                                     change->version.value));
    } else if (context.Flag("stat")) {
      stat.Add(*report);
    } else {
      context.out.Append("\n");
      FAIL_IF_ERROR(PrintDiff(*report, context.terminal.color, context.out));
    }
    FAIL_IF_ERROR(context.out.Drain());
  }
  stat.Flush();
  return {};
}

Outcome<void> PrintJson(Context& context, const View& view, const RevisionInfo& info,
                        Cursor<VersionInfo>& changes) {
  JsonWriter json(context.out.buffer());
  json.BeginObject();
  WriteRevision(info, json);
  json.Key("changes").BeginArray();
  for (;;) {
    ASSIGN_OR_FAIL(const auto change, changes.Next());
    if (!change) break;
    ASSIGN_OR_FAIL(const auto report, DiffOfVersion(view, *change, true));
    if (!report) {
      json.BeginObject().Field("id", change->id.text()).Field("version", change->version.value);
      json.Flag("pruned", true).EndObject();
      continue;
    }
    FAIL_IF_ERROR(WriteDiff(*report, context.Flag("stat"), json, context.out));
    FAIL_IF_ERROR(context.out.Drain());
  }
  json.EndArray().EndObject().EndLine();
  return {};
}

Outcome<int> RunShow(Context& context) {
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  const View& view = *reading.view;
  ASSIGN_OR_FAIL(const Revision revision,
                 ResolveTableSelector(context, view, context.arguments[0]));
  ASSIGN_OR_FAIL(const RevisionInfo info, view.DescribeRevision(revision));
  ASSIGN_OR_FAIL(const auto changes, view.Changes(revision));
  if (context.json()) {
    FAIL_IF_ERROR(PrintJson(context, view, info, *changes));
  } else {
    FAIL_IF_ERROR(PrintText(context, view, reading.store->identity(), info, *changes));
  }
  return kExitDone;
}

}  // namespace

Command ShowCommand() {
  return {.name = "show",
          .usage = "rREVISION",
          .summary = "one revision: who, when, why, and its diff",
          .details =
              "Prints one revision and what it changed in each ID. Also takes a time, a\n"
              "snapshot name, head or head~N.\n",
          .example = "  switchback show r57\n",
          .min_arguments = 1,
          .max_arguments = 1,
          .add_options = AddOptions,
          .run = RunShow};
}

}  // namespace switchback::cli
