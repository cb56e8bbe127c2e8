// switchback import: takes in a routing history, JSON lines.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/importer.h"
#include "cli/output/json_writer.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  AddMetadataOptions(options);
  auto add = options.add_options();
  add("expect-head", po::value<std::string>()->value_name("rN"),
      "only if this is the newest revision now");
  add("dry-run", po::bool_switch(), "check the form of every line, write nothing, take no lock");
  AddOpenOptions(options);
}

void PrintText(const Context& context, const ImportSummary& summary, const std::string& place) {
  std::string& out = context.out.buffer();
  if (context.Flag("dry-run")) {
    out += fmt::format("dry run: {} well formed; nothing written to {}\n",
                       Counted(summary.revisions, "line"), place);
    return;
  }
  if (context.global.quiet) return;
  if (summary.passed_lines > 0) {
    out += fmt::format("{} imported before\n", Counted(summary.passed_lines, "line"));
  }
  if (summary.revisions == 0) {
    out += fmt::format("nothing left to import into {}\n", place);
    return;
  }
  const double rate = static_cast<double>(summary.revisions) / std::max(summary.seconds, 1e-6);
  out +=
      fmt::format("{} made in {:.1f} s ({}/s); the last is r{}, in {}\n",
                  Counted(summary.revisions, "revision"), summary.seconds,
                  Grouped(static_cast<uint64_t>(rate)), summary.state.last_revision.value, place);
}

void PrintJson(const Context& context, const ImportSummary& summary, const StoreIdentity& identity,
               const std::string& path) {
  JsonWriter json(context.out.buffer());
  json.BeginObject().Field("environment", identity.environment).Field("store", path);
  json.Field("store_uuid", identity.uuid).Key("revision");
  if (summary.revisions > 0 && !context.Flag("dry-run")) {
    json.Number(summary.state.last_revision.value);
  } else {
    json.Null();
  }
  json.Key("changes").BeginArray().EndArray().Field("lines", summary.state.lines);
  json.Field("lines_imported_before", summary.passed_lines);
  json.Field("revisions", summary.revisions).Flag("dry_run", context.Flag("dry-run"));
  json.EndObject().EndLine();
}

Outcome<void> CheckHead(const Store& store, const WriteOptions& write) {
  if (!write.expect_head) return {};
  ASSIGN_OR_FAIL(const auto view, store.NewView());
  if (view->revision() == *write.expect_head) return {};
  return Fail(ErrorCode::kConflict, fmt::format("the newest revision is r{}, not r{} as expected",
                                                view->revision().value, write.expect_head->value));
}

Outcome<int> RunImport(Context& context) {
  ASSIGN_OR_FAIL(const WriteOptions write, ReadWriteOptions(context));
  ASSIGN_OR_FAIL(const std::string path, StoreName(context));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));
  FAIL_IF_ERROR(CheckHead(*store, write));
  Importer importer(context, *store, write, context.arguments[0]);
  ASSIGN_OR_FAIL(const ImportSummary summary, importer.Run());
  if (summary.revisions > 0 && !write.dry_run) {
    context.landed = true;
    context.landed_revision = summary.state.last_revision;
  }
  if (context.json()) {
    PrintJson(context, summary, store->identity(), path);
  } else {
    PrintText(context, summary, fmt::format("{} ({})", store->identity().environment, path));
  }
  return kExitDone;
}

}  // namespace

Command ImportCommand() {
  return {.name = "import",
          .usage = "FILE",
          .summary = "take in a routing history (JSON lines)",
          .details =
              "Commits each line of FILE as one revision, in order; - is standard input, and\n"
              "zstd is unpacked on the way. A line whose removes are not there, or whose\n"
              "adds are, is refused; the lines before it are kept. An interrupted import is\n"
              "run again and goes on where it stopped. Into an empty store, the lines' times\n"
              "become the revisions' own; else they are kept beside them. Author, message,\n"
              "ticket and source given here go to lines that have none.\n",
          .example = "  switchback import routing-history.jsonl.zst\n",
          .min_arguments = 1,
          .max_arguments = 1,
          .add_options = AddOptions,
          .run = RunImport};
}

}  // namespace switchback::cli
