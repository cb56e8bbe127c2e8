// switchback stats: how much is in the store, and what takes the space.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/output/json_writer.h"
#include "cli/output/table.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

void PrintJson(const StoreStats& stats, const StoreIdentity& identity, std::string& out) {
  JsonWriter json(out);
  json.BeginObject().Field("environment", identity.environment);
  json.Field("store_uuid", identity.uuid);
  json.Field("ids", stats.ids).Field("deleted_ids", stats.deleted_ids);
  json.Field("versions", stats.versions).Field("pruned_versions", stats.pruned_versions);
  json.Field("revisions", stats.revisions);
  json.Field("endpoints", stats.endpoints).Key("versions_by_kind").BeginObject();
  json.Field("script", stats.script_versions).Field("full", stats.full_versions);
  json.Field("same_as", stats.same_as_versions).Field("deletion", stats.deletions).EndObject();
  json.Field("checkpoints", stats.checkpoints).Field("chunks", stats.chunks);
  json.Field("files", stats.files).Key("bytes").BeginObject();
  json.Field("total", stats.disk_bytes).Field("version_rows", stats.version_row_bytes);
  json.Field("checkpoints", stats.checkpoint_bytes).Field("chunks", stats.chunk_bytes);
  json.Field("revision_rows", stats.revision_row_bytes);
  json.Field("head_rows", stats.head_row_bytes).EndObject().EndObject().EndLine();
}

std::string PerVersion(const StoreStats& stats) {
  if (stats.versions == 0) return "";
  return fmt::format(", {:.1f} bytes a version",
                     static_cast<double>(stats.disk_bytes) / static_cast<double>(stats.versions));
}

void PrintText(const Context& context, const StoreStats& stats, const StoreIdentity& identity) {
  std::string& out = context.out.buffer();
  out += fmt::format("{}: {}, {}, {}, {} now\n", identity.environment, Counted(stats.ids, "ID"),
                     Counted(stats.versions, "version"), Counted(stats.revisions, "revision"),
                     Counted(stats.endpoints, "endpoint"));
  out += fmt::format("{} on disk in {}{}\n\n", Bytes(stats.disk_bytes),
                     Counted(stats.files, "file"), PerVersion(stats));
  Table table({Align::kLeft, Align::kRight, Align::kRight}, context.terminal, context.out);
  table.Add({{"KIND"}, {"NUMBER"}, {"BYTES AS WRITTEN"}});
  table.Add({{"versions"}, {Grouped(stats.versions)}, {Bytes(stats.version_row_bytes)}});
  table.Add({{"  edit scripts"}, {Grouped(stats.script_versions)}, {}});
  table.Add({{"  full lists"}, {Grouped(stats.full_versions)}, {}});
  table.Add({{"  same as an earlier one"}, {Grouped(stats.same_as_versions)}, {}});
  table.Add({{"  deletions"}, {Grouped(stats.deletions)}, {}});
  if (stats.pruned_versions > 0) {
    table.Add({{"pruned versions"}, {Grouped(stats.pruned_versions)}, {}});
  }
  table.Add({{"checkpoints"}, {Grouped(stats.checkpoints)}, {Bytes(stats.checkpoint_bytes)}});
  table.Add({{"chunks"}, {Grouped(stats.chunks)}, {Bytes(stats.chunk_bytes)}});
  table.Add({{"revisions"}, {Grouped(stats.revisions)}, {Bytes(stats.revision_row_bytes)}});
  table.Add({{"heads"}, {Grouped(stats.ids + stats.deleted_ids)}, {Bytes(stats.head_row_bytes)}});
  table.Flush();
}

Outcome<int> RunStats(Context& context) {
  ASSIGN_OR_FAIL(const auto store, OpenForReading(context));
  ASSIGN_OR_FAIL(const StoreStats stats, store->Stats());
  if (context.json()) {
    PrintJson(stats, store->identity(), context.out.buffer());
  } else {
    PrintText(context, stats, store->identity());
  }
  return kExitDone;
}

}  // namespace

Command StatsCommand() {
  return {.name = "stats",
          .usage = "",
          .summary = "IDs, versions, bytes a version, space by kind",
          .details =
              "Counts what is in the store. The bytes of a kind are as written, before\n"
              "compression; the total is what the files take.\n",
          .example = "  switchback stats\n",
          .run = RunStats};
}

}  // namespace switchback::cli
