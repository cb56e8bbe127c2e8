// Who changed what: the net effect of chosen revisions, where the endpoints of a list come from,
// and which IDs have an address, now or ever.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "switchback/address_query.h"
#include "switchback/endpoint_list.h"
#include "switchback/error.h"
#include "switchback/types.h"
#include "switchback/view.h"

namespace switchback {

// Revisions, and which of the IDs that they touched are meant.
struct RevisionChoice {
  std::vector<Revision> revisions = {};  // in any order; one that stands twice counts once
  std::string glob = {};                 // the IDs that match; empty: all
  std::optional<std::vector<BusinessId>> ids = {};  // where given, of these alone; in any order
};

struct VersionOfRevision {
  Version version;
  Revision revision;
};

// What chosen revisions did to one ID, taken together: of each endpoint, what it was before the
// first of them that touched it, and is after the last. Neighbouring versions count as one step:
// what such a step leaves as it was, it did not touch. What others did between the steps is left
// out.
struct NetChange {
  BusinessId id;
  std::vector<VersionOfRevision> versions;  // the chosen ones, rising; at least one
  bool existed = false;                     // just before the first of them
  bool exists = false;                      // after the last
  uint64_t count_before = 0;                // endpoints then; 0 where it did not exist
  uint64_t count = 0;
  ListDiff diff;
  // Of the endpoints that a step touched, those that others changed between it and a later one that
  // touched them again; in canonical order.
  std::vector<EndpointKey> changed_between;

  [[nodiscard]] Version from() const { return versions.front().version.Previous(); }
  [[nodiscard]] Version to() const { return versions.back().version; }
};

// Which versions gave a list's endpoints their present form. Vectors are by place in the list.
struct Blame {
  ListHandle list;
  // The version that gave the endpoint its value; a removed and re-added one has that of the
  // re-add.
  std::vector<Version> value_from;
  // The version that brought its key in, uninterrupted since.
  std::vector<Version> key_from;
  // Versions before this one were pruned: what stands for it came with it or before. 1: none were.
  Version oldest_kept{1};
};

// One uninterrupted stay of an endpoint in a list.
struct EndpointLife {
  EndpointKey key = {};
  Version from = {};          // the version that brought it in
  bool since_before = false;  // it was there already when `from`, the oldest version kept, came
  std::optional<Version> until = {};  // the first version without it; nothing: it is still there
  struct Value {
    Version from;
    std::string text;  // canonical; empty for no weight and no attributes
  };
  std::vector<Value> values = {};  // oldest first; at least one
};

// An endpoint that answers a query.
struct AddressHolder {
  BusinessId id;
  OwnedEndpoint endpoint;
  AddressMatch match = AddressMatch::kExact;
  Version version;            // of the list that it was found in
  Version from;               // the version that brought it in, uninterrupted up to `version`
  bool since_before = false;  // as EndpointLife
};

// A stay of such an endpoint.
struct AddressLife {
  BusinessId id;
  AddressMatch match = AddressMatch::kExact;
  EndpointLife life;
};

}  // namespace switchback
