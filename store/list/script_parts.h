// A script taken apart into columns, before it becomes a ListDiff or goes into a fold.
#pragma once

#include <string_view>
#include <vector>

#include "list/columns.h"
#include "list/edit_cursor.h"
#include "list/script.h"

namespace switchback {

// The edits in key order. Old values (of removes and changes) and new values (of changes and
// adds) stand in one pair of columns, the old ones first, each in key order.
struct ScriptParts {
  ScriptCounts counts;
  KeyColumns keys;
  std::vector<EditOp> ops;  // one a key
  ValueColumns values;

  [[nodiscard]] size_t old_count() const { return counts.removed + counts.changed; }
};

// Replaces what `parts`, which may be used again and again, held. It borrows from `bytes`.
// Errors: kDataLoss.
[[nodiscard]] Result<void> DecodeScriptParts(std::string_view bytes, ScriptParts& parts);

}  // namespace switchback
