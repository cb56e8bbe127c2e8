#include "cli/output/revision_text.h"

#include <fmt/format.h>

#include "cli/output/terminal.h"
#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

void AppendField(std::string_view name, const std::string& text, std::string& out) {
  if (!text.empty()) out += fmt::format("{:<10}{}\n", name, text);
}

// A message keeps its lines; each but the first is set in under it.
std::string Indented(std::string_view text) {
  std::string indented;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    if (!indented.empty()) indented += "\n          ";
    indented += OneLine(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return indented;
}

}  // namespace

void AppendRevision(const RevisionInfo& info, const StoreIdentity& identity, const Clock& clock,
                    bool color, std::string& out) {
  Paint(out, color, Ink::kBold, fmt::format("revision {}", info.revision.value));
  out += fmt::format(" of {}\n", identity.environment);
  AppendField("time", LocalTimeExact(info.time, clock), out);
  if (info.effective_time != info.time) {
    AppendField("effective", LocalTimeExact(info.effective_time, clock) + " (the clock was behind)",
                out);
  }
  if (info.original_time) {
    AppendField("original", LocalTimeExact(*info.original_time, clock), out);
  }
  AppendField("author", OneLine(info.author), out);
  AppendField("operation", std::string(OperationName(info.operation)), out);
  AppendField("message", Indented(info.message), out);
  AppendField("ticket", OneLine(info.ticket), out);
  AppendField("source", OneLine(info.source), out);
  AppendField("request", OneLine(info.request_id), out);
  AppendField("by",
              OneLine(fmt::format("{}@{} with {} {}", info.origin.user, info.origin.host,
                                  info.origin.program, info.origin.program_version)),
              out);
  AppendField("changes",
              fmt::format("{}   {}", Counted(info.id_count, "ID"),
                          Delta(info.added, info.removed, info.changed)),
              out);
}

void WriteCommitFields(const RevisionInfo& info, JsonWriter& json) {
  json.Time("time", info.time);
  if (info.effective_time != info.time) json.Time("effective_time", info.effective_time);
  if (info.original_time) json.Time("original_time", *info.original_time);
  json.Field("author", info.author).Field("message", info.message);
  json.Field("ticket", info.ticket).Field("source", info.source);
  json.Field("operation", OperationName(info.operation));
}

void WriteOrigin(const Origin& origin, JsonWriter& json) {
  json.Key("origin").BeginObject();
  json.Field("user", origin.user).Field("host", origin.host);
  json.Field("program", origin.program);
  json.Field("program_version", origin.program_version).EndObject();
}

void WriteRevision(const RevisionInfo& info, JsonWriter& json) {
  json.Field("revision", info.revision.value);
  WriteCommitFields(info, json);
  json.Field("request_id", info.request_id);
  WriteOrigin(info.origin, json);
  json.Field("ids", info.id_count).Field("added", info.added);
  json.Field("removed", info.removed).Field("changed", info.changed);
}

}  // namespace switchback::cli
