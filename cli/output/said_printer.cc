#include "cli/output/said_printer.h"

#include <fmt/format.h>

#include <string>

#include "cli/output/json_writer.h"
#include "cli/output/revision_text.h"
#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

// What it was about: "before-move r3".
std::string SubjectText(const SaidRecord& record) {
  std::string text = OneLine(record.subject);
  if (record.target) text += fmt::format(" r{}", record.target->value);
  return text;
}

}  // namespace

SaidPrinter::SaidPrinter(Context& context)
    : context_(context),
      table_({Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft},
             context.terminal, context.out) {}

void SaidPrinter::Add(const SaidRecord& record) {
  if (context_.json()) return AddJson(record);
  const RevisionInfo& info = record.info;
  const std::string& who = info.author.empty() ? info.origin.user : info.author;
  table_.Add({{fmt::format("r{}.{}", info.revision.value, record.sub), Ink::kBold},
              {LocalTime(info.time, context_.clock)},
              {OneLine(who)},
              {std::string(OperationName(info.operation))},
              {SubjectText(record)},
              {OneLine(info.message)}});
}

void SaidPrinter::AddJson(const SaidRecord& record) {
  JsonWriter json(context_.out.buffer());
  json.BeginObject().Field("revision", record.info.revision.value).Field("sub", record.sub);
  WriteCommitFields(record.info, json);
  json.Field("subject", record.subject).Key("target");
  if (record.target) {
    json.Number(record.target->value);
  } else {
    json.Null();
  }
  WriteOrigin(record.info.origin, json);
  json.EndObject().EndLine();
}

}  // namespace switchback::cli
