#include "cli/output/failure_report.h"

#include <fmt/format.h>

#include <tuple>

#include "cli/output/json_writer.h"
#include "cli/output/output.h"
#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

std::string FormatJson(const Failure& failure) {
  std::string text;
  JsonWriter json(text);
  json.BeginObject().Key("error").BeginObject();
  json.Field("exit", static_cast<uint64_t>(failure.ExitCode()));
  json.Field("reason", failure.Reason()).Field("message", failure.error.message);
  json.Field("committed", CommittedName(failure.committed)).Key("last_revision");
  if (failure.last_revision) {
    json.Number(failure.last_revision->value);
  } else {
    json.Null();
  }
  json.Key("items").BeginArray();
  for (const std::string& item : failure.error.items) json.String(item);
  json.EndArray().Field("item_count", failure.error.item_count);
  json.EndObject().EndObject().EndLine();
  return text;
}

// A message of ours may have lines, such as a command to type; what came from elsewhere is made
// harmless in each.
std::string MessageLines(std::string_view message) {
  std::string lines;
  for (;;) {
    const size_t end = message.find('\n');
    lines += OneLine(message.substr(0, end)) + "\n";
    if (end == std::string_view::npos) return lines;
    message.remove_prefix(end + 1);
  }
}

std::string FormatText(const Failure& failure) {
  std::string text = "switchback: " + MessageLines(failure.error.message);
  for (const std::string& item : failure.error.items) {
    text += fmt::format("  {}\n", OneLine(item));
  }
  if (failure.error.item_count > failure.error.items.size()) {
    text += fmt::format("  ... and {} more\n",
                        Grouped(failure.error.item_count - failure.error.items.size()));
  }
  if (failure.committed == Committed::kYes && failure.last_revision) {
    text +=
        fmt::format("switchback: the write itself is done: r{}\n", failure.last_revision->value);
  }
  return text;
}

}  // namespace

std::string FormatFailure(const Failure& failure, bool json) {
  return json ? FormatJson(failure) : FormatText(failure);
}

void PrintFailure(const Failure& failure, bool json, int descriptor) {
  Output out(descriptor);
  out.Append(FormatFailure(failure, json));
  // Where standard error is closed too, only the exit code is left to tell.
  std::ignore = out.Finish();
}

}  // namespace switchback::cli
