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
  Progress progress(context.terminal);
  return store.Verify([&progress](uint64_t done, uint64_t total) {
    if (!progress.Due()) return;
    progress.Show(total == 0 ? fmt::format("verifying: {}", Grouped(done))
                             : fmt::format("verifying: {} of {} ({})", Grouped(done),
                                           Grouped(total), Percent(done, total)));
  });
}

void PrintText(const VerifyReport& report, std::string& out) {
  out += fmt::format("{}: {}, {}, {}, {}, {} checked\n", report.ok() ? "ok" : "DAMAGED",
                     Counted(report.ids, "ID"), Counted(report.versions, "version"),
                     Counted(report.revisions, "revision"), Counted(report.chunks, "chunk"),
                     Counted(report.endpoints, "endpoint"));
  for (const Damage& damage : report.damage) {
    out += fmt::format("  {}\n", OneLine(damage.what));
    if (damage.id && damage.version) {
      out += fmt::format("    hits {} from @{}\n", damage.id->text(), damage.version->value);
    } else if (damage.id) {
      out += fmt::format("    hits {}\n", damage.id->text());
    }
    if (!damage.consequence.empty()) out += fmt::format("    {}\n", OneLine(damage.consequence));
  }
  if (report.damage_count > report.damage.size()) {
    out += fmt::format("  ... and {} more\n", Grouped(report.damage_count - report.damage.size()));
  }
}

void PrintJson(const VerifyReport& report, std::string& out) {
  JsonWriter json(out);
  json.BeginObject().Flag("ok", report.ok()).Key("checked").BeginObject();
  json.Field("ids", report.ids).Field("versions", report.versions);
  json.Field("revisions", report.revisions).Field("chunks", report.chunks);
  json.Field("endpoints", report.endpoints).EndObject();
  json.Key("damage").BeginArray();
  for (const Damage& damage : report.damage) {
    json.BeginObject().Field("what", damage.what).Key("id");
    damage.id ? json.String(damage.id->text()) : json.Null();
    json.Key("version");
    damage.version ? json.Number(damage.version->value) : json.Null();
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
  damaged.damage.push_back({report.error().error.message, {}, {}, ""});
  damaged.damage_count = 1;
  return damaged;
}

Outcome<int> RunVerify(Context& context) {
  ASSIGN_OR_FAIL(const VerifyReport report, OpenAndVerify(context));
  if (context.json()) {
    PrintJson(report, context.out.buffer());
  } else {
    PrintText(report, context.out.buffer());
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
              "journal's chain included. Damage exits 6, and the report says which versions\n"
              "it hits. Takes no lock.\n",
          .example = "  switchback verify\n",
          .run = RunVerify};
}

}  // namespace switchback::cli
