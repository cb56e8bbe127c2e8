// switchback verify: re-reads everything in the store.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/output/json_writer.h"
#include "cli/output/progress.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

Outcome<VerifyReport> Verify(const Context& context, const Store& store) {
  if (context.Flag("quick")) return store.Probe();
  Progress progress(context.terminal);
  return store.Verify([&progress](uint64_t done, uint64_t total) {
    if (!progress.Due()) return;
    progress.Show(total == 0 ? fmt::format("verifying: {}", Grouped(done))
                             : fmt::format("verifying: {} of {} ({})", Grouped(done),
                                           Grouped(total), Percent(done, total)));
  });
}

void PrintHits(const Damage& damage, std::string& out) {
  out += fmt::format("    hits {}", damage.id->text());
  if (damage.version) out += fmt::format(" @{}", damage.version->value);
  if (damage.version && !damage.last_version) out += " and on";
  if (damage.last_version && damage.last_version != damage.version) {
    out += fmt::format(" to @{}", damage.last_version->value);
  }
  out += '\n';
}

void PrintText(const VerifyReport& report, bool quick, std::string& out) {
  out += fmt::format("{}{}: {}, {}, {}, {}, {} checked\n", report.ok() ? "ok" : "DAMAGED",
                     quick ? " (quick)" : "", Counted(report.ids, "ID"),
                     Counted(report.versions, "version"), Counted(report.revisions, "revision"),
                     Counted(report.chunks, "chunk"), Counted(report.endpoints, "endpoint"));
  for (const Damage& damage : report.damage) {
    out += fmt::format("  {}\n", OneLine(damage.what));
    if (!damage.where.empty()) out += fmt::format("    in {}\n", OneLine(damage.where));
    if (damage.id) PrintHits(damage, out);
    if (!damage.consequence.empty()) out += fmt::format("    {}\n", OneLine(damage.consequence));
  }
  if (report.damage_count > report.damage.size()) {
    out += fmt::format("  ... and {} more\n", Grouped(report.damage_count - report.damage.size()));
  }
}

void PrintVersion(std::string_view key, const std::optional<Version>& version, JsonWriter& json) {
  json.Key(key);
  version ? json.Number(version->value) : json.Null();
}

void PrintJson(const VerifyReport& report, bool quick, std::string& out) {
  JsonWriter json(out);
  json.BeginObject().Flag("ok", report.ok()).Flag("quick", quick).Key("checked").BeginObject();
  json.Field("ids", report.ids).Field("versions", report.versions);
  json.Field("revisions", report.revisions).Field("chunks", report.chunks);
  json.Field("endpoints", report.endpoints).EndObject();
  json.Key("damage").BeginArray();
  for (const Damage& damage : report.damage) {
    json.BeginObject().Field("what", damage.what).Key("where");
    damage.where.empty() ? json.Null() : json.String(damage.where);
    json.Key("id");
    damage.id ? json.String(damage.id->text()) : json.Null();
    PrintVersion("version", damage.version, json);
    PrintVersion("last_version", damage.last_version, json);
    json.Field("consequence", damage.consequence).EndObject();
  }
  json.EndArray().Field("damage_count", report.damage_count).EndObject().EndLine();
}

// Damage that stops the reading, of a store that can't be opened say, is the whole report.
Outcome<VerifyReport> OpenAndVerify(const Context& context) {
  Outcome<VerifyReport> report = [&]() -> Outcome<VerifyReport> {
    ASSIGN_OR_FAIL(const auto store, OpenForReading(context));
    return Verify(context, *store);
  }();
  if (report || report.error().error.code != ErrorCode::kDataLoss) return report;
  VerifyReport damaged;
  damaged.damage.push_back({.what = report.error().error.message,
                            .where = report.error().error.where,
                            .consequence = "the store can't be opened: nothing else was checked"});
  damaged.damage_count = 1;
  return damaged;
}

void AddOptions(boost::program_options::options_description& options) {
  options.add_options()("quick", boost::program_options::bool_switch(),
                        "probe what breaks first, at little cost");
}

Outcome<int> RunVerify(Context& context) {
  ASSIGN_OR_FAIL(const VerifyReport report, OpenAndVerify(context));
  const bool quick = context.Flag("quick");
  if (context.json()) {
    PrintJson(report, quick, context.out.buffer());
  } else {
    PrintText(report, quick, context.out.buffer());
  }
  if (report.ok()) return kExitDone;
  // The report is what was asked for, and so it is printed although the command fails.
  FAIL_IF_ERROR(context.out.Finish());
  return Fail(ErrorCode::kDataLoss,
              fmt::format("the store is damaged in {}; copy its folder before anything else",
                          Counted(report.damage_count, "place")));
}

}  // namespace

Command VerifyCommand() {
  return {.name = "verify",
          .usage = "",
          .summary = "re-read everything; says what is damaged",
          .details =
              "Reads every row, list and chunk of the store and checks them, digests and the\n"
              "journal's chain included. Damage exits 6, and the report says of each what it\n"
              "is, where, which versions it hits and what is whole. Takes no lock.\n"
              "--quick is a probe: all heads and how many there are, origins, snapshots, and\n"
              "what the newest 100 revisions made (up to 10,000 versions). It sees nothing of\n"
              "older versions, long lists, checkpoints, chunks and the journal's chain.\n",
          .example = "  switchback verify\n  switchback verify --quick\n",
          .add_options = AddOptions,
          .run = RunVerify};
}

}  // namespace switchback::cli
