#include "switchback/endpoint_list.h"

namespace switchback {

void ListDiffBuilder::Append(const EndpointKey& key, const Value& before, const Value& after) {
  if (before == after) return;
  if (!before) return added_.Append({key, *after});
  if (!after) return removed_.Append({key, *before});
  changed_from_.Append({key, *before});
  changed_to_.Append({key, *after});
}

ListDiff ListDiffBuilder::Finish() {
  return {removed_.Finish(), changed_from_.Finish(), changed_to_.Finish(), added_.Finish()};
}

}  // namespace switchback
