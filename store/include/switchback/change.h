// A change to the routing table: what to do to which business IDs, as one revision.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "switchback/endpoint.h"
#include "switchback/endpoint_list.h"
#include "switchback/types.h"

namespace switchback {

// The whole list anew. A list equal to the current one makes no version. An empty one is a list.
struct Replace {
  EndpointList list;
};

enum class EditKind : uint8_t {
  kAdd,     // the key must be absent
  kRemove,  // the key must be present; with match_value the value must be equal too
  kSet,     // adds the key or changes its value
};
struct EndpointEdit {
  EditKind kind = EditKind::kAdd;
  OwnedEndpoint endpoint;
  bool match_value = false;  // kRemove only
};
// Some endpoints. A key may stand once, or once as kRemove and once as kAdd (a changed value, in
// either order). On an ID that does not exist the edits start from an empty list and create it; no
// edits at all create it empty. Edits that all fall away (if_needed) create nothing: the ID is then
// among CommitResult::unchanged, with version 0 if it was never written.
struct EditEndpoints {
  std::vector<EndpointEdit> edits;
  // An add of what is there with the same value, or a remove of what is not, is no error.
  bool if_needed = false;
};

// The ID is no more: a version that says so. Its history stays, and numbering goes on.
struct DeleteId {
  // Where given, the removes that must empty the list exactly (import's form of a delete).
  std::optional<std::vector<EndpointEdit>> removes;
};

// A new version with the content of an earlier one of the same ID; `version` names a list, not a
// deletion.
struct CopyVersion {
  Version version;
};

struct IdChange {
  BusinessId id;
  std::variant<Replace, EditEndpoints, DeleteId, CopyVersion> action;
  // Compare-and-set: the ID's newest version must be this one; 0: it must not exist (never written,
  // or deleted).
  std::optional<Version> expect = {};
};

// An ID may stand once. At most kMaxIdsPerRevision.
struct Change {
  std::vector<IdChange> ids;
};

struct ChangedId {
  BusinessId id;
  Version version;       // the new one (in a dry run, the one it would get)
  Version from;          // the one it follows; 0 for an ID's first
  bool deleted = false;  // the new version says: no such ID
  uint64_t count_before = 0;
  uint64_t count = 0;
  uint64_t added = 0;
  uint64_t removed = 0;
  uint64_t changed = 0;
};

struct CommitResult {
  // Absent where there was nothing to do, and for a dry run.
  std::optional<Revision> revision;
  Timestamp time;                  // of the revision; of now where there is none
  std::vector<ChangedId> changes;  // by ID; those that needed no new version are left out
  // IDs that were already as asked, with the version that says so.
  struct Unchanged {
    BusinessId id;
    Version version;
  };
  std::vector<Unchanged> unchanged;
  // The request ID had landed before: this is its first result (but for `unchanged`, which is not
  // kept).
  bool replayed = false;
};

}  // namespace switchback
