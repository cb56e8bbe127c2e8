#include "api/edit_judge.h"

#include <fmt/format.h>

#include <utility>

#include "api/validation.h"

namespace switchback {
namespace {

constexpr size_t kMaxItems = 20;

std::string ValueText(const EndpointValue& value) {
  std::string text;
  AppendEndpointValue(value, text);
  return text.empty() ? "no weight or attributes" : text;
}

}  // namespace

Result<EditJudge::Value> EditJudge::Judge(std::span<const EndpointEdit* const> edits,
                                          const Value& current) {
  for (const EndpointEdit* edit : edits) {
    if (Result<void> checked = CheckEndpoint(edit->endpoint.view()); !checked) {
      return std::unexpected(checked.error());
    }
  }
  if (edits.size() == 1) return JudgeOne(*edits.front(), current);
  const EndpointEdit* remove = edits[0]->kind == EditKind::kRemove ? edits[0] : edits[1];
  const EndpointEdit* add = edits[0]->kind == EditKind::kRemove ? edits[1] : edits[0];
  if (edits.size() > 2 || remove->kind != EditKind::kRemove || add->kind != EditKind::kAdd) {
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format("{} {}: stands {} times among the edits{}; once, or once as a remove and once "
                    "as an add, is what is taken",
                    id_.text(), FormatEndpointKey(edits.front()->endpoint.key), edits.size(),
                    line_ == 0 ? "" : fmt::format(" of line {}", line_)));
  }
  return JudgeReplacement(*remove, *add, current);
}

EditJudge::Value EditJudge::JudgeOne(const EndpointEdit& edit, const Value& current) {
  const Endpoint wanted = edit.endpoint.view();
  switch (edit.kind) {
    case EditKind::kAdd:
      if (current && (!if_needed_ || *current != wanted.value)) {
        Conflict(wanted.key,
                 fmt::format("to be added, is there already with {}", ValueText(*current)));
      }
      return wanted.value;
    case EditKind::kRemove:
      if (current) {
        CheckValue(edit, *current);
      } else if (!if_needed_) {
        Conflict(wanted.key, "to be removed, is not there");
      }
      return std::nullopt;
    case EditKind::kSet:
      break;
  }
  return wanted.value;
}

EditJudge::Value EditJudge::JudgeReplacement(const EndpointEdit& remove, const EndpointEdit& add,
                                             const Value& current) {
  const Endpoint wanted = add.endpoint.view();
  if (!current) {
    Conflict(wanted.key, "to be changed, is not there");
  } else if (!if_needed_ || *current != wanted.value) {
    CheckValue(remove, *current);
  }
  return wanted.value;
}

void EditJudge::CheckValue(const EndpointEdit& remove, const EndpointValue& current) {
  const EndpointValue expected = remove.endpoint.view().value;
  if (!remove.match_value || current == expected) return;
  Conflict(remove.endpoint.key, fmt::format("to be removed with {}, is there with {}",
                                            ValueText(expected), ValueText(current)));
}

void EditJudge::Conflict(std::string_view what) {
  AddConflict(fmt::format("{}: {}", id_.text(), what));
}

void EditJudge::Conflict(const EndpointKey& key, std::string_view what) {
  AddConflict(fmt::format("{} {}: {}", id_.text(), FormatEndpointKey(key), what));
}

void EditJudge::AddConflict(std::string text) {
  ++conflict_count_;
  if (conflicts_.size() == kMaxItems) return;
  conflicts_.push_back(line_ == 0 ? std::move(text) : fmt::format("line {}: {}", line_, text));
}

Result<void> EditJudge::Finish() {
  if (conflict_count_ == 0) return {};
  Error error{
      ErrorCode::kConflict,
      fmt::format("{}: {} edit{} do{} not fit the current list; nothing was written. First: {}",
                  id_.text(), conflict_count_, conflict_count_ == 1 ? "" : "s",
                  conflict_count_ == 1 ? "es" : "", conflicts_.front()),
      std::move(conflicts_), conflict_count_};
  return std::unexpected(std::move(error));
}

}  // namespace switchback
