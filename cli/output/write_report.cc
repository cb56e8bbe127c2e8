#include "cli/output/write_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/output/diff_json.h"
#include "cli/output/diff_text.h"
#include "cli/output/json_writer.h"
#include "cli/output/table.h"
#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

// IDs that a warning names.
constexpr size_t kNamedIds = 3;

void AppendResolved(const Context& context, const WriteReport& report, std::string& out) {
  for (const ResolvedArgument& argument : report.resolved) {
    const std::string when =
        argument.time ? ", " + LocalTime(*argument.time, context.clock) : std::string();
    if (argument.id) {
      out += fmt::format("{}@{} is @{} (r{}{})\n", argument.id->text(), argument.selector,
                         argument.version.value, argument.revision.value, when);
    } else {
      out += fmt::format("{} is r{}{}\n", argument.selector, argument.revision.value, when);
    }
  }
}

std::string ChangeCounts(const ChangedId& change) {
  return CountsText(change.from.value > 0, change.count_before, !change.deleted, change.count);
}

void AppendChanges(const Context& context, const WriteReport& report) {
  Table table({Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft},
              context.terminal, context.out);
  for (const ChangedId& change : report.result.changes) {
    const bool loss = IsBigLoss(change.count_before, change.removed, change.count);
    const std::string from =
        change.from.value == 0 ? "none" : fmt::format("@{}", change.from.value);
    table.Add({{change.id.text(), Ink::kBold},
               {fmt::format("{} -> @{}", from, change.version.value)},
               {ChangeCounts(change)},
               {Delta(change.added, change.removed, change.changed)},
               {loss ? fmt::format("! {} gone", Percent(change.removed, change.count_before)) : "",
                Ink::kRed}});
  }
  table.Flush();
}

void AppendAlready(const Context& context, const WriteReport& report, std::string& out) {
  for (const AlreadySo& already : report.already) {
    out += fmt::format("{}  already so: @{}, since {} by {}\n", already.id.text(),
                       already.version.value, LocalTime(already.since, context.clock),
                       OneLine(already.by));
  }
  if (report.already_count.value_or(0) > 0) {
    out += fmt::format("{} already so\n", Counted(*report.already_count, "ID"));
  }
}

std::string ValueText(const std::optional<std::string>& value) {
  if (!value) return "absent";
  return value->empty() ? "no value" : OneLine(*value);
}

void AppendReverted(const WriteReport& report, std::string& out) {
  if (report.reverted) {
    const RevertedRevisions& reverted = *report.reverted;
    out += reverted.count == 1
               ? fmt::format("takes back r{}\n", reverted.oldest.value)
               : fmt::format("takes back {} of r{}..r{}\n", Counted(reverted.count, "revision"),
                             reverted.oldest.value, reverted.newest.value);
  }
  for (const RevertConflict& conflict : report.skipped) {
    out += conflict.key ? fmt::format("left as it is: {} {}  {} then, {} now", conflict.id.text(),
                                      FormatEndpointKey(*conflict.key), ValueText(conflict.then),
                                      ValueText(conflict.now))
                        : fmt::format("left as it is: {}  deleted since", conflict.id.text());
    out += conflict.version.value == 0
               ? "\n"
               : fmt::format("  (@{}, r{})\n", conflict.version.value, conflict.revision.value);
  }
}

void AppendPlace(const Context& context, const WriteReport& report, std::string& out) {
  const std::string place = fmt::format("{} ({})", report.identity.environment, report.store);
  const size_t ids = report.result.changes.size();
  if (report.dry_run) {
    out +=
        fmt::format("dry run: nothing written; would change {} in {}\n", Counted(ids, "ID"), place);
  } else if (!report.result.revision) {
    out += fmt::format("nothing to do in {}: no revision made\n", place);
  } else {
    out += fmt::format("r{} in {} at {}{}\n", report.result.revision->value, place,
                       LocalTime(report.result.time, context.clock),
                       report.result.replayed ? ", landed before with this request ID" : "");
  }
}

// Nothing where it is no dry run.
Outcome<void> ForEachPlanned(const WriteReport& report,
                             const std::function<Outcome<void>(const DiffReport&)>& print) {
  if (!report.plan) return {};
  for (const ChangedId& change : report.result.changes) {
    ASSIGN_OR_FAIL(const DiffReport diff, report.plan(change));
    FAIL_IF_ERROR(print(diff));
  }
  return {};
}

Outcome<void> PrintText(Context& context, const WriteReport& report) {
  for (const std::string& warning : report.warnings) context.Note(warning);
  if (context.global.quiet && !report.dry_run) return {};
  std::string& out = context.out.buffer();
  AppendResolved(context, report, out);
  AppendReverted(report, out);
  if (!report.plan) AppendChanges(context, report);
  FAIL_IF_ERROR(ForEachPlanned(report, [&](const DiffReport& diff) {
    return PrintDiff(diff, context.terminal.color, context.out);
  }));
  AppendAlready(context, report, out);
  AppendPlace(context, report, out);
  return {};
}

void WriteChanges(const WriteReport& report, JsonWriter& json) {
  json.Key("changes").BeginArray();
  for (const ChangedId& change : report.result.changes) {
    json.BeginObject().Field("id", change.id.text()).Field("version", change.version.value);
    json.Field("from", change.from.value).Flag("deleted", change.deleted);
    json.Field("count_before", change.count_before).Field("count", change.count);
    json.Field("added", change.added).Field("removed", change.removed);
    json.Field("changed", change.changed).EndObject();
  }
  json.EndArray();
}

void WriteResolved(const WriteReport& report, JsonWriter& json) {
  json.Key("resolved").BeginArray();
  for (const ResolvedArgument& argument : report.resolved) {
    json.BeginObject();
    if (argument.id) json.Field("id", argument.id->text());
    json.Field("selector", argument.selector);
    if (argument.id) json.Field("version", argument.version.value);
    json.Field("revision", argument.revision.value);
    if (argument.time) json.Time("time", *argument.time);
    json.EndObject();
  }
  json.EndArray().Key("already").BeginArray();
  for (const AlreadySo& already : report.already) {
    json.BeginObject().Field("id", already.id.text()).Field("version", already.version.value);
    json.Time("since", already.since).Field("by", already.by).EndObject();
  }
  json.EndArray();
  json.Field("already_count", report.already_count.value_or(report.already.size()));
}

void WriteValue(std::string_view name, const std::optional<std::string>& value, JsonWriter& json) {
  json.Key(name);
  if (value) {
    json.String(*value);
  } else {
    json.Null();
  }
}

void WriteReverted(const WriteReport& report, JsonWriter& json) {
  if (!report.reverted) return;
  json.Key("reverted").BeginObject().Field("revisions", report.reverted->count);
  json.Field("first_revision", report.reverted->oldest.value);
  json.Field("last_revision", report.reverted->newest.value).EndObject();
  json.Key("skipped").BeginArray();
  for (const RevertConflict& conflict : report.skipped) {
    json.BeginObject().Field("id", conflict.id.text()).Key("endpoint");
    if (conflict.key) {
      json.KeyText(*conflict.key);
    } else {
      json.Null();
    }
    WriteValue("then", conflict.then, json);
    WriteValue("now", conflict.now, json);
    json.Field("version", conflict.version.value);
    json.Field("revision", conflict.revision.value).EndObject();
  }
  json.EndArray();
}

Outcome<void> PrintJson(Context& context, const WriteReport& report) {
  JsonWriter json(context.out.buffer());
  json.BeginObject().Field("environment", report.identity.environment);
  json.Field("store", report.store).Field("store_uuid", report.identity.uuid).Key("revision");
  if (report.result.revision && !report.dry_run) {
    json.Number(report.result.revision->value);
  } else {
    json.Null();
  }
  json.Time("time", report.result.time).Flag("dry_run", report.dry_run);
  json.Flag("replayed", report.result.replayed);
  WriteChanges(report, json);
  WriteResolved(report, json);
  WriteReverted(report, json);
  json.Key("warnings").BeginArray();
  for (const std::string& warning : report.warnings) json.String(warning);
  json.EndArray();
  if (report.dry_run) {
    json.Key("diffs").BeginArray();
    FAIL_IF_ERROR(ForEachPlanned(
        report, [&](const DiffReport& diff) { return WriteDiff(diff, false, json, context.out); }));
    json.EndArray();
  }
  json.EndObject().EndLine();
  return {};
}

std::string OneLoss(const Context& context, const WriteReport& report, const ChangedId& change) {
  std::string text =
      fmt::format("{} {} {} of its {}", change.id.text(), report.dry_run ? "would lose" : "lost",
                  Grouped(change.removed), Counted(change.count_before, "endpoint"));
  if (!report.dry_run) {
    text += "; to take it back: " +
            FormatCommandLine(fmt::format("switchback{} restore", context.StoreArgument()),
                              fmt::format(" {}@{}", change.id.text(), change.from.value),
                              fmt::format(" --expect {}", change.version.value));
  }
  return text;
}

// One line for all of them. REQUIRES: at least two.
std::string ManyLosses(const Context& context, const WriteReport& report,
                       const std::vector<const ChangedId*>& losses) {
  std::string text =
      fmt::format("{} {} more than half of their list: ", Counted(losses.size(), "ID"),
                  report.dry_run ? "would lose" : "lost");
  for (size_t i = 0; i < std::min(losses.size(), kNamedIds); ++i) {
    text += (i == 0 ? "" : ", ") + losses[i]->id.text();
  }
  if (losses.size() > kNamedIds) {
    text += fmt::format(" and {} more", Grouped(losses.size() - kNamedIds));
  }
  if (!report.dry_run && report.result.revision) {
    const uint64_t revision = report.result.revision->value;
    text += fmt::format(
        "; to take all of r{} back: switchback{} restore --all --to r{}^ --expect-head r{}",
        revision, context.StoreArgument(), revision, revision);
  }
  return text;
}

}  // namespace

Outcome<void> FillAlready(const View& view, WriteReport& report) {
  for (const auto& unchanged : report.result.unchanged) {
    if (unchanged.version.value == 0) continue;  // it never was
    ASSIGN_OR_FAIL(const VersionInfo info, view.Describe(unchanged.id, unchanged.version));
    report.already.push_back(
        {unchanged.id, unchanged.version, info.commit.time, info.commit.author});
  }
  return {};
}

void FillWarnings(const Context& context, WriteReport& report) {
  std::vector<const ChangedId*> losses;
  for (const ChangedId& change : report.result.changes) {
    if (IsBigLoss(change.count_before, change.removed, change.count)) losses.push_back(&change);
  }
  if (losses.size() == 1) {
    report.warnings.push_back(OneLoss(context, report, *losses.front()));
  } else if (!losses.empty()) {
    report.warnings.push_back(ManyLosses(context, report, losses));
  }
}

Outcome<int> PrintWriteReport(Context& context, const WriteReport& report) {
  if (context.json()) {
    FAIL_IF_ERROR(PrintJson(context, report));
  } else {
    FAIL_IF_ERROR(PrintText(context, report));
  }
  return kExitDone;
}

}  // namespace switchback::cli
