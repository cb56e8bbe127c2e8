#include "api/list_edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "api/edit_judge.h"

namespace switchback {
namespace {

using Value = EditJudge::Value;
using EditsOfKey = std::span<const EndpointEdit* const>;

void AppendKeys(const std::vector<EndpointEdit>& edits, std::vector<EndpointKey>& keys) {
  for (const EndpointEdit& edit : edits) keys.push_back(edit.endpoint.key);
}

std::vector<EndpointKey> SortedOnce(std::vector<EndpointKey> keys) {
  std::ranges::sort(keys);
  const auto twice = std::ranges::unique(keys);
  keys.erase(twice.begin(), twice.end());
  return keys;
}

Value ValueUnder(const EndpointList& list, const EndpointKey& key) {
  const size_t at = list.Find(key);
  if (at == list.size()) return std::nullopt;
  return list.Value(at);
}

// What the keys that steps name have, from step to step.
class Stepper {
 public:
  Stepper(const BusinessId& id, const EndpointList& list, std::vector<EndpointKey> keys,
          SteppedId& at)
      : judge_(id, /*if_needed=*/false), keys_(std::move(keys)), at_(at) {
    before_.reserve(keys_.size());
    for (const EndpointKey& key : keys_) before_.push_back(ValueUnder(list, key));
    now_ = before_;
  }

  Result<void> Take(const EditStep& step) {
    judge_.StandOn(step.line);
    if (step.deletes && !at_.exists) judge_.Conflict("to be deleted, is not there");
    const uint64_t count_before = at_.count;
    Result<void> judged = ForEachKey(step.edits, [this](EditsOfKey edits) { return Edit(edits); });
    if (!judged) return judged;
    at_.exists = !step.deletes;
    if (step.deletes && at_.count > 0) {
      judge_.Conflict(
          fmt::format("to be deleted, would have {} of {} endpoints left by its removes", at_.count,
                      count_before));
      at_.count = 0;
      std::ranges::fill(now_, std::nullopt);
    }
    return {};
  }

  Result<ListDiff> Finish() {
    if (Result<void> fit = judge_.Finish(); !fit) return std::unexpected(fit.error());
    ListDiffBuilder diff;
    for (size_t i = 0; i < keys_.size(); ++i) diff.Append(keys_[i], before_[i], now_[i]);
    return diff.Finish();
  }

 private:
  Result<void> Edit(EditsOfKey edits) {
    const auto key = std::ranges::lower_bound(keys_, edits.front()->endpoint.key);
    Value& value = now_[static_cast<size_t>(key - keys_.begin())];
    const Result<Value> after = judge_.Judge(edits, value);
    if (!after) return std::unexpected(after.error());
    if (value) --at_.count;
    if (*after) ++at_.count;
    value = *after;
    return {};
  }

  EditJudge judge_;
  const std::vector<EndpointKey> keys_;
  std::vector<Value> before_;  // one a key
  std::vector<Value> now_;
  SteppedId& at_;
};

}  // namespace

std::vector<EndpointKey> KeysOf(const std::vector<EndpointEdit>& edits) {
  std::vector<EndpointKey> keys;
  keys.reserve(edits.size());
  AppendKeys(edits, keys);
  return SortedOnce(std::move(keys));
}

std::vector<EndpointKey> KeysOf(const std::vector<EditStep>& steps) {
  std::vector<EndpointKey> keys;
  for (const EditStep& step : steps) AppendKeys(step.edits, keys);
  return SortedOnce(std::move(keys));
}

Result<ListDiff> DiffOfEdits(const BusinessId& id, const EndpointList& list,
                             const std::vector<EndpointEdit>& edits, bool if_needed) {
  EditJudge judge(id, if_needed);
  ListDiffBuilder diff;
  const Result<void> judged = ForEachKey(edits, [&](EditsOfKey of_key) -> Result<void> {
    const EndpointKey& key = of_key.front()->endpoint.key;
    const Value before = ValueUnder(list, key);
    const Result<Value> after = judge.Judge(of_key, before);
    if (!after) return std::unexpected(after.error());
    diff.Append(key, before, *after);
    return {};
  });
  if (!judged) return std::unexpected(judged.error());
  if (Result<void> fit = judge.Finish(); !fit) return std::unexpected(fit.error());
  return diff.Finish();
}

Result<ListDiff> DiffOfSteps(const BusinessId& id, const EndpointList& list,
                             const std::vector<EditStep>& steps, SteppedId& at) {
  Stepper stepper(id, list, KeysOf(steps), at);
  for (const EditStep& step : steps) {
    if (Result<void> taken = stepper.Take(step); !taken) return std::unexpected(taken.error());
  }
  return stepper.Finish();
}

}  // namespace switchback
