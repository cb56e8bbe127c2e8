// switchback prune: drops old versions, on request only.
#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>

#include "cli/commands/commands.h"
#include "cli/output/json_writer.h"
#include "cli/output/progress.h"
#include "cli/output/table.h"
#include "cli/output/text_format.h"
#include "cli/parse/write_options.h"
#include "cli/session.h"
#include "switchback/prune.h"
#include "switchback/selector.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("keep-last", text("N"), "keep the newest N versions of each ID");
  add("keep-since", text("TIME"), "keep all that were current at this time or later");
  add("ids", text("GLOB"), "only of IDs that match");
  add("dry-run", po::bool_switch(), "say what would go, write nothing, take no lock");
  AddMetadataOptions(options);
  AddOpenOptions(options);
}

Outcome<std::optional<uint64_t>> ReadKeepLast(const Context& context) {
  const auto text = context.Text("keep-last");
  if (!text) return std::nullopt;
  uint64_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || stop != end || number == 0) {
    return UsageFailure(
        fmt::format("--keep-last {}: a number of versions is expected, 1 or more", *text));
  }
  return number;
}

Outcome<PrunePolicy> ReadPolicy(const Context& context) {
  PrunePolicy policy;
  ASSIGN_OR_FAIL(policy.keep_last, ReadKeepLast(context));
  if (const auto text = context.Text("keep-since")) {
    auto time = ParseTimeSelector(*text, context.clock);
    if (!time) return UsageFailure(fmt::format("--keep-since: {}", time.error().message));
    policy.keep_since = *time;
    context.Note(fmt::format("--keep-since {} is {}", *text, LocalTime(*time, context.clock)));
  }
  if (!policy.keep_last && !policy.keep_since) {
    return UsageFailure(
        "prune needs --keep-last N, --keep-since TIME, or both: a version goes "
        "only if both let it go");
  }
  policy.glob = context.Text("ids").value_or("");
  return policy;
}

// The IDs that a dry run tells of, as rows or in JSON.
class PlanPrinter {
 public:
  explicit PlanPrinter(Context& context)
      : context_(context),
        json_(context.out.buffer()),
        table_({Align::kLeft, Align::kRight, Align::kRight, Align::kRight}, context.terminal,
               context.out) {}

  void Add(const PrunedId& pruned) {
    if (context_.json()) {
      json_.BeginObject().Field("id", pruned.id.text()).Field("dropped", pruned.dropped);
      json_.Field("kept", pruned.kept).Field("oldest_kept", pruned.oldest_kept.value).EndObject();
      return;
    }
    if (!begun_) table_.Add({{"ID"}, {"DROPPED"}, {"KEPT"}, {"OLDEST KEPT"}});
    begun_ = true;
    table_.Add({{Clip(pruned.id.text(), IdWidth(context_.terminal)), Ink::kBold},
                {Grouped(pruned.dropped)},
                {Grouped(pruned.kept)},
                {fmt::format("@{}", pruned.oldest_kept.value)}});
  }
  JsonWriter& json() { return json_; }
  void Finish() { table_.Flush(); }

 private:
  Context& context_;
  JsonWriter json_;
  Table table_;
  bool begun_ = false;
};

void AppendSummary(const Context& context, const PruneReport& report, const std::string& place,
                   bool dry_run, std::string& out) {
  if (report.dropped == 0) {
    out += fmt::format("nothing to drop in {}", place);
  } else {
    out += fmt::format("{} {} of {} in {}: {} of rows; {} kept",
                       dry_run ? "dry run: would drop" : "dropped",
                       Counted(report.dropped, "version"), Counted(report.ids, "ID"), place,
                       Bytes(report.row_bytes), Grouped(report.kept));
  }
  if (report.pins > 0) out += fmt::format("; snapshots pin {}", Counted(report.pins, "revision"));
  if (!dry_run && report.chunks > 0) {
    out += fmt::format("; {} freed", Counted(report.chunks, "chunk"));
  }
  out += '\n';
  if (!dry_run && report.dropped > 0) {
    context.Note(
        fmt::format("the space comes back as the store merges its files, at once by "
                    "'switchback{} compact'",
                    context.StoreArgument()));
  }
}

void WriteSummary(const PruneReport& report, JsonWriter& json) {
  json.Field("ids", report.ids).Field("dropped", report.dropped).Field("kept", report.kept);
  json.Field("pins", report.pins).Field("row_bytes", report.row_bytes);
  json.Field("chunks", report.chunks).Field("revisions", report.revisions);
}

Outcome<int> RunPrune(Context& context) {
  ASSIGN_OR_FAIL(const WriteOptions write, ReadWriteOptions(context));
  ASSIGN_OR_FAIL(const PrunePolicy policy, ReadPolicy(context));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));
  ASSIGN_OR_FAIL(const std::string path, StoreName(context));
  const StoreIdentity& identity = store->identity();
  PlanPrinter plan(context);
  if (context.json()) {
    plan.json().BeginObject().Field("environment", identity.environment).Field("store", path);
    plan.json().Field("store_uuid", identity.uuid).Key("revision").Null();
    plan.json().Key("changes").BeginArray().EndArray().Flag("dry_run", write.dry_run);
    plan.json().Key("pruned").BeginArray();
  }
  Progress progress(context.terminal);
  const auto show = [&progress](uint64_t done, uint64_t total) {
    if (progress.Due()) progress.Show(fmt::format("pruning: {}", Percent(done, total)));
  };
  // Only a dry run lists them: what is printed before a failure would be taken for done.
  const auto tell = [&](const PrunedId& pruned) {
    if (write.dry_run) plan.Add(pruned);
  };
  ASSIGN_OR_FAIL(const PruneReport report,
                 store->Prune(policy, ToCommitOptions(write, Operation::kPrune), show, tell));
  progress.Clear();
  context.landed = !write.dry_run && report.dropped > 0;
  plan.Finish();
  if (context.json()) {
    plan.json().EndArray();
    WriteSummary(report, plan.json());
    plan.json().EndObject().EndLine();
  } else if (!context.global.quiet || write.dry_run) {
    AppendSummary(context, report, fmt::format("{} ({})", identity.environment, path),
                  write.dry_run, context.out.buffer());
  }
  return kExitDone;
}

}  // namespace

Command PruneCommand() {
  return {.name = "prune",
          .usage = "--keep-last N | --keep-since TIME",
          .summary = "drop old versions",
          .details =
              "Drops the versions that every rule given lets go, and frees what nothing names\n"
              "any more. The newest version of an ID always stays, and so does what was current\n"
              "at a revision that a snapshot names. Reading what was dropped exits 3. That each\n"
              "commit was made, by whom and why, stays in the log. Nothing else ever drops\n"
              "anything. See it first with --dry-run.\n",
          .example = "  switchback prune --keep-last 100 --keep-since 90d --dry-run\n",
          .max_arguments = 0,
          .add_options = AddOptions,
          .run = RunPrune};
}

}  // namespace switchback::cli
