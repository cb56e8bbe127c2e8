// Edit scripts: a ListDiff as bytes (doc/format-lists.md, "Script"), and the fold of a run of them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/endpoint_list.h"

namespace switchback {

void EncodeScript(const ListDiff& diff, std::string& out);
// Errors: kDataLoss for every malformed byte; trailing bytes too.
[[nodiscard]] Result<ListDiff> DecodeScript(std::string_view bytes);

struct ScriptCounts {
  uint64_t removed = 0;
  uint64_t changed = 0;
  uint64_t added = 0;
};
// Counts alone, from the script's front. Errors: kDataLoss.
[[nodiscard]] Result<ScriptCounts> ReadScriptCounts(std::string_view bytes);

// Folds scripts into the one diff that does what they do together: of each key, what it was before
// the first that touches it and is after the last.
// Cost: O(total edits x log), no matter how large the lists are; memory for the edits only.
class ScriptFolder {
 public:
  // Whether each must follow on the one before it; with gaps, others may have changed the list
  // between two of them.
  enum class Gaps : uint8_t { kRefused, kTaken };
  explicit ScriptFolder(Gaps gaps = Gaps::kRefused);
  ~ScriptFolder();
  ScriptFolder(ScriptFolder&&) noexcept;
  ScriptFolder& operator=(ScriptFolder&&) noexcept;
  // The next script, oldest first. Errors: kDataLoss.
  [[nodiscard]] Result<void> Add(std::string_view script);
  void Add(const ListDiff& diff);
  [[nodiscard]] size_t edit_count() const;
  // Errors: kDataLoss where gaps are refused, a script does not follow on the one before it
  // (removes or changes what is not there with that value, adds what is).
  [[nodiscard]] Result<ListDiff> Finish();
  // After Finish, where gaps are taken: the keys at which one was, in canonical order.
  [[nodiscard]] std::vector<EndpointKey> TakeGapKeys();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace switchback
