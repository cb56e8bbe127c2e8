#include "cli/input/change_lines.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/input/line_reader.h"

namespace switchback::cli {
namespace {

// A key may stand once among the adds of a line and once among its removes. An import leaves this
// to the commit, which tells of the first one only.
void FindRepeats(const EditStep& step, std::string_view id, EditKind kind, Faults& faults) {
  std::vector<EndpointKey> keys;
  for (const EndpointEdit& edit : step.edits) {
    if (edit.kind == kind) keys.push_back(edit.endpoint.key);
  }
  std::ranges::sort(keys);
  for (size_t i = 1; i < keys.size(); ++i) {
    if (keys[i] != keys[i - 1]) continue;
    faults.Add(fmt::format("ID {}: endpoint {} stands twice in '{}'", id,
                           FormatEndpointKey(keys[i]), kind == EditKind::kAdd ? "add" : "remove"));
  }
}

Faults FindRepeats(const PackedChanges& changes) {
  Faults faults;
  for (size_t i = 0; i < changes.size(); ++i) {
    const EditStep step = changes.Step(i);
    FindRepeats(step, changes.id(i), EditKind::kAdd, faults);
    FindRepeats(step, changes.id(i), EditKind::kRemove, faults);
  }
  return faults;
}

void Take(std::optional<std::string>&& text, uint64_t line, GivenText& given) {
  if (!text) return;
  if (!given.text) {
    given.text = std::move(text);
    given.line = line;
  } else if (*given.text != *text && !given.differs_in) {
    given.differs_in = line;
  }
}

void TakeLine(HistoryLine&& line, uint64_t number, ChangeLines& into) {
  Take(std::move(line.author), number, into.author);
  Take(std::move(line.message), number, into.message);
  Take(std::move(line.ticket), number, into.ticket);
  Take(std::move(line.source), number, into.source);
  const auto time = line.original_time ? line.original_time : line.time;
  if (time) into.original_time = time;
  into.lines.push_back({number, std::move(line.changes), std::move(line.expected)});
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

Outcome<ChangeLines> ReadChangeLines(OpenedSource& source, bool fold) {
  LineReader reader(source);
  ChangeLines lines;
  Faults faults;
  for (bool begun = false;; begun = true) {
    ASSIGN_OR_FAIL(auto text, reader.Next());
    while (text && IsBlank(*text)) {
      ASSIGN_OR_FAIL(text, reader.Next());
    }
    if (!text) break;
    if (begun && !fold) {
      return UsageFailure(
          fmt::format("{} has more than one line: with --one-revision they become one revision "
                      "together; import makes a revision of each",
                      source.name));
    }
    auto line = ParseHistoryLine(*text, LineForm::kApply);
    reader.DropLine();
    const Faults found = line ? FindRepeats(line->changes) : line.error();
    faults.AddAll(fmt::format("{}:{}: ", source.name, reader.line()), found);
    // What can't be used is not kept.
    if (faults.empty()) TakeLine(*std::move(line), reader.line(), lines);
  }
  if (!faults.empty()) return faults.ToFailure(source.name, "fault");
  if (lines.lines.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} has no line: there is nothing to apply", source.name));
  }
  return lines;
}

}  // namespace switchback::cli
