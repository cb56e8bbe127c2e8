#include "cli/output/backup_report.h"

#include <fmt/format.h>

#include "cli/output/table.h"
#include "cli/output/text_format.h"

namespace switchback::cli {

void WriteBackup(const BackupInfo& info, JsonWriter& json) {
  json.Field("number", uint64_t{info.number}).Field("revision", info.revision.value);
  json.Time("time", info.time).Field("environment", info.environment);
  json.Field("store_uuid", info.store_uuid).Field("bytes", info.bytes);
  json.Field("new_bytes", info.new_bytes).Field("files", info.files).Key("damage");
  info.damage.empty() ? json.Null() : json.String(info.damage);
}

void PrintBackups(const std::vector<BackupInfo>& backups, Context& context) {
  Table table({Align::kRight, Align::kRight, Align::kLeft, Align::kRight, Align::kRight,
               Align::kRight, Align::kLeft},
              context.terminal, context.out);
  if (!context.json() && !backups.empty()) {
    table.Add({{"NUMBER"}, {"REVISION"}, {"TIME"}, {"SIZE"}, {"NEW"}, {"FILES"}, {"STORE"}});
  }
  for (const BackupInfo& info : backups) {
    if (context.json()) {
      JsonWriter json(context.out.buffer());
      json.BeginObject();
      WriteBackup(info, json);
      json.EndObject().EndLine();
    } else if (!info.damage.empty()) {
      table.Add({{fmt::format("{}", info.number), Ink::kBold},
                 {},
                 {},
                 {},
                 {},
                 {},
                 {"DAMAGED: " + OneLine(info.damage), Ink::kRed}});
    } else {
      table.Add({{fmt::format("{}", info.number), Ink::kBold},
                 {fmt::format("r{}", info.revision.value)},
                 {LocalTime(info.time, context.clock)},
                 {Bytes(info.bytes)},
                 {Bytes(info.new_bytes)},
                 {Grouped(info.files)},
                 {fmt::format("{} {}", info.environment, info.store_uuid)}});
    }
  }
  table.Flush();
}

void PrintBackupReport(const BackupReport& report, Context& context) {
  std::string& out = context.out.buffer();
  if (!context.json()) {
    out += fmt::format("{}: {}, {}, {} checked\n", report.ok() ? "ok" : "DAMAGED",
                       Counted(report.backups, "backup"), Counted(report.files, "file"),
                       Bytes(report.bytes));
    for (const BackupDamage& damage : report.damage) {
      out += fmt::format("  backup {}: {}\n", damage.number, OneLine(damage.what));
    }
    return;
  }
  JsonWriter json(out);
  json.BeginObject().Flag("ok", report.ok()).Key("checked").BeginObject();
  json.Field("backups", report.backups).Field("files", report.files);
  json.Field("bytes", report.bytes).EndObject().Key("damage").BeginArray();
  for (const BackupDamage& damage : report.damage) {
    json.BeginObject().Field("number", uint64_t{damage.number}).Field("what", damage.what);
    json.EndObject();
  }
  json.EndArray().Field("damage_count", uint64_t{report.damage.size()}).EndObject().EndLine();
}

}  // namespace switchback::cli
