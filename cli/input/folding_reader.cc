#include "cli/input/folding_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

namespace switchback::cli {

FoldingReader::FoldingReader(const std::vector<ChangeLine>& lines) : lines_(lines) {
  Start();
  for (std::vector<Front> fronts = PopId(); !fronts.empty(); fronts = PopId()) {
    if (++ids_ == 1) first_id_ = fronts.front().id;
  }
}

bool FoldingReader::Touches(std::string_view id) const {
  return std::ranges::any_of(lines_,
                             [id](const ChangeLine& line) { return line.changes.Contains(id); });
}

void FoldingReader::Start() {
  heap_.clear();
  next_.assign(lines_.size(), 0);
  for (size_t line = 0; line < lines_.size(); ++line) Push(line);
}

void FoldingReader::Push(size_t line) {
  const PackedChanges& changes = lines_[line].changes;
  if (next_[line] == changes.size()) return;
  heap_.push_back({changes.id(next_[line]), line, next_[line]});
  std::ranges::push_heap(heap_, IsLater);
}

std::vector<FoldingReader::Front> FoldingReader::PopId() {
  std::vector<Front> fronts;
  while (!heap_.empty() && (fronts.empty() || heap_.front().id == fronts.front().id)) {
    std::ranges::pop_heap(heap_, IsLater);
    fronts.push_back(heap_.back());
    heap_.pop_back();
    ++next_[fronts.back().line];
    Push(fronts.back().line);
  }
  return fronts;
}

Outcome<void> FoldingReader::Expect(ExpectedVersions expected) {
  expected_ = std::move(expected);
  Faults faults;
  Start();
  for (std::vector<Front> fronts = PopId(); !fronts.empty(); fronts = PopId()) {
    CheckExpected(fronts, faults);
  }
  if (!faults.empty()) return faults.ToFailure("expected versions", "contradiction");
  return {};
}

void FoldingReader::CheckExpected(const std::vector<Front>& fronts, Faults& faults) const {
  std::optional<Version> first = expected_.Find(fronts.front().id);
  std::string first_place = "--expect";
  for (const Front& front : fronts) {
    const ChangeLine& line = lines_[front.line];
    const std::optional<Version> version = line.expected.Find(front.id);
    std::string place = fmt::format("line {}", line.number);
    if (!first) {
      first = version;
      first_place = std::move(place);
    } else if (version && *version != *first) {
      faults.Add(
          fmt::format("ID {}: {} expects version {}, {} version {}: what is expected is the "
                      "version before all lines",
                      front.id, first_place, first->value, place, version->value));
      return;
    }
  }
}

Result<void> FoldingReader::Rewind() {
  Start();
  return {};
}

Result<std::optional<IdChange>> FoldingReader::Next() {
  const std::vector<Front> fronts = PopId();
  if (fronts.empty()) return std::nullopt;
  const std::string_view id = fronts.front().id;
  EditSteps steps;
  std::optional<Version> expected = expected_.Find(id);
  for (const Front& front : fronts) {
    const ChangeLine& line = lines_[front.line];
    steps.steps.push_back(line.changes.Step(front.change));
    steps.steps.back().line = line.number;
    if (!expected) expected = line.expected.Find(id);
  }
  return IdChange{*BusinessId::Parse(id), std::move(steps), expected};
}

}  // namespace switchback::cli
