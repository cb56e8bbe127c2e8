// From the edits that a caller asks for to the diff that they make on a list.
#pragma once

#include <vector>

#include "switchback/change.h"
#include "switchback/endpoint_list.h"

namespace switchback {

// The keys that the edits name, each once, in canonical order.
[[nodiscard]] std::vector<EndpointKey> KeysOf(const std::vector<EndpointEdit>& edits);

// Of `list` only the endpoints under KeysOf(edits) matter. Errors: kConflict, edits whose
// precondition does not hold: `items` names the first 20, "ID ENDPOINT: what is wrong";
// kInvalidArgument, a key that stands more often than change.h allows, or no endpoint at all. Cost:
// O(edits x log list).
[[nodiscard]] Result<ListDiff> DiffOfEdits(const BusinessId& id, const EndpointList& list,
                                           const std::vector<EndpointEdit>& edits, bool if_needed);

}  // namespace switchback
