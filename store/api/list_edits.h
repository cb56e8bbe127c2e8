// From the edits that a caller asks for to the diff that they make on a list.
#pragma once

#include <cstdint>
#include <vector>

#include "switchback/change.h"
#include "switchback/endpoint_list.h"

namespace switchback {

// The keys that the edits name, each once, in canonical order.
[[nodiscard]] std::vector<EndpointKey> KeysOf(const std::vector<EndpointEdit>& edits);
[[nodiscard]] std::vector<EndpointKey> KeysOf(const std::vector<EditStep>& steps);

// Of `list` only the endpoints under KeysOf(edits) matter. Errors: kConflict, edits whose
// precondition does not hold: `items` names the first 20, "ID ENDPOINT: what is wrong";
// kInvalidArgument, a key that stands more often than change.h allows, or no endpoint at all. Cost:
// O(edits x log list).
[[nodiscard]] Result<ListDiff> DiffOfEdits(const BusinessId& id, const EndpointList& list,
                                           const std::vector<EndpointEdit>& edits, bool if_needed);

// An ID as steps find it, and as they leave it.
struct SteppedId {
  bool exists = false;
  uint64_t count = 0;  // endpoints in its list
};
// The net diff of steps that are taken in order, each on what those before it leave; `at` goes from
// what is before them to what is after them. Of `list` only the endpoints under KeysOf(steps)
// matter. Errors: as above, with the step's line before each item; kConflict also for a delete of
// what is not there, or whose removes leave something. Cost: O(edits x log edits).
[[nodiscard]] Result<ListDiff> DiffOfSteps(const BusinessId& id, const EndpointList& list,
                                           const std::vector<EditStep>& steps, SteppedId& at);

}  // namespace switchback
