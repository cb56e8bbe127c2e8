// A change to the routing table: what to do to which business IDs, as one revision.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "switchback/endpoint.h"
#include "switchback/endpoint_list.h"
#include "switchback/error.h"
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

// One of several edits of an ID that follow on one another.
struct EditStep {
  std::vector<EndpointEdit> edits;
  // After it the ID is no more. The edits are removes then, and must empty the list exactly.
  bool deletes = false;
  uint64_t line = 0;  // of the caller's input, which conflicts name; 0: none
};
// Edits of an ID in order, as one version: each step must fit what those before it leave, as if it
// were a commit of its own, and their net effect is what is committed (nothing, if they take one
// another back). An ID that a step has deleted is made anew by a later one.
struct EditSteps {
  std::vector<EditStep> steps;
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
  std::variant<Replace, EditEndpoints, DeleteId, CopyVersion, EditSteps> action;
  // Compare-and-set: the ID's newest version must be this one; 0: it must not exist (never written,
  // or deleted).
  std::optional<Version> expect = {};
};

// An ID may stand once. At most kMaxIdsPerRevision.
struct Change {
  std::vector<IdChange> ids;
};

// A change that is read one ID at a time, for so many that they are not to be in memory together. A
// commit of it is the same as one of a Change with the same IDs; only these few are held meanwhile.
// A commit passes over it once, and again where a request ID, a dry run before it or another's
// commit meanwhile calls for that.
//
// Called from the thread that commits, some of the time while other commits wait for it: it should
// be quick, and must not write to the store (reading is fine). It must not throw; an error of its
// own ends the commit, which then returns it and leaves nothing written.
class ChangeReader {
 public:
  virtual ~ChangeReader() = default;
  ChangeReader() = default;
  ChangeReader(const ChangeReader&) = delete;
  ChangeReader& operator=(const ChangeReader&) = delete;

  // Back to the first change. Called before every pass, the first one too.
  [[nodiscard]] virtual Result<void> Rewind() = 0;
  // The next change, in strictly rising order of IDs (else the commit is refused with
  // kInvalidArgument); nothing at the end, and then it is not called again. Every pass hands out
  // the same ones. At most kMaxIdsPerRevision.
  [[nodiscard]] virtual Result<std::optional<IdChange>> Next() = 0;
  // About how many there are; 0: unknown. Knowing saves preparing the first ones of many twice.
  [[nodiscard]] virtual size_t size_hint() const { return 0; }
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

// What a revert could not undo, since others changed it too.
struct RevertConflict {
  BusinessId id;
  std::optional<EndpointKey> key;   // nothing: the ID as a whole, which was deleted since
  std::optional<std::string> then;  // its value as the reverted revisions left it; nothing: absent
  std::optional<std::string> now;   // and as it is
  // The newest version of others that touched it; 0 where it was pruned.
  Version version;
  Revision revision;
};

struct RevertResult {
  CommitResult commit;
  std::vector<RevertConflict> skipped;  // left as they are, by ID and key
};

}  // namespace switchback
