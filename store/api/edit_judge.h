// Judges edits of one business ID, key by key: what a key has after them, and what does not fit.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/change.h"
#include "switchback/endpoint_list.h"

namespace switchback {

class EditJudge {
 public:
  using Value = ListDiffBuilder::Value;  // borrows its attributes

  EditJudge(const BusinessId& id, bool if_needed) : id_(id), if_needed_(if_needed) {}

  // Conflicts from here on are of this line of the caller's input; 0: none is named.
  void StandOn(uint64_t line) { line_ = line; }
  // What the key of `edits`, all edits of that key, has after them where it has `current` now. Of
  // edits that do not fit, which are kept for Finish, what they ask for. Errors: kInvalidArgument,
  // a key that stands more often than change.h allows, or no endpoint.
  [[nodiscard]] Result<Value> Judge(std::span<const EndpointEdit* const> edits,
                                    const Value& current);
  // What is wrong with the ID itself.
  void Conflict(std::string_view what);
  // Errors: kConflict, if there was any: `items` names the first 20, "ID ENDPOINT: what is wrong".
  [[nodiscard]] Result<void> Finish();

 private:
  [[nodiscard]] Value JudgeOne(const EndpointEdit& edit, const Value& current);
  [[nodiscard]] Value JudgeReplacement(const EndpointEdit& remove, const EndpointEdit& add,
                                       const Value& current);
  void CheckValue(const EndpointEdit& remove, const EndpointValue& current);
  void Conflict(const EndpointKey& key, std::string_view what);
  void AddConflict(std::string text);

  const BusinessId& id_;
  const bool if_needed_;
  uint64_t line_ = 0;
  std::vector<std::string> conflicts_;
  uint64_t conflict_count_ = 0;
};

// Calls `judge` with all edits of each key, in canonical order of keys; those of one key in the
// order in which they stand. Ends with its first error.
template <typename JudgeEdits>
[[nodiscard]] Result<void> ForEachKey(const std::vector<EndpointEdit>& edits,
                                      const JudgeEdits& judge) {
  std::vector<const EndpointEdit*> sorted;
  sorted.reserve(edits.size());
  for (const EndpointEdit& edit : edits) sorted.push_back(&edit);
  std::stable_sort(sorted.begin(), sorted.end(), [](const EndpointEdit* a, const EndpointEdit* b) {
    return a->endpoint.key < b->endpoint.key;
  });
  for (auto at = sorted.begin(); at != sorted.end();) {
    auto end = at;
    while (end != sorted.end() && (*end)->endpoint.key == (*at)->endpoint.key) ++end;
    if (Result<void> judged = judge(std::span<const EndpointEdit* const>(at, end)); !judged) {
      return judged;
    }
    at = end;
  }
  return {};
}

}  // namespace switchback
