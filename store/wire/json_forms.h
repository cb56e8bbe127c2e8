// What the library's types look like as JSON, both ways: what the service speaks and its clients
// read (doc/service.md). Keys are the members' names; numbers of versions and revisions are
// numbers, times RFC 3339 in UTC, digests hex, endpoints their canonical text, enums their names.
// An optional that is empty has no key. Reading takes untrusted bytes: every fault is an error
// that names the place ("ids[3].expect").
#pragma once

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/backup.h"
#include "switchback/feed.h"
#include "switchback/provenance.h"
#include "switchback/store.h"

namespace switchback::wire {

using Json = nlohmann::json;

// The value of `text`. Errors: kInvalidArgument: no JSON, naming the byte; deeper than 32 levels; a
// key that stands twice in an object.
[[nodiscard]] Result<Json> ParseJson(std::string_view text);
// One line, no line end. Bytes that are no UTF-8 are replaced: never throws.
[[nodiscard]] std::string Dump(const Json& json);

// As Dump. Errors: kInvalidArgument, a text in it is no UTF-8, and would not arrive as it is.
[[nodiscard]] Result<std::string> DumpExactly(const Json& json);

// -- What a service says
[[nodiscard]] Json ToJson(const Error& error);  // the object behind "error" (doc/service.md)
[[nodiscard]] Json ToJson(const StoreIdentity& identity);
[[nodiscard]] Json ToJson(const VersionedList& list);  // with its endpoints
[[nodiscard]] Json ToJson(const RevisionInfo& info);
[[nodiscard]] Json ToJson(const SaidRecord& record);
[[nodiscard]] Json ToJson(const VersionInfo& info);
[[nodiscard]] Json ToJson(const ResolvedVersion& resolved);
[[nodiscard]] Json ToJson(const VersionSummary& summary);
[[nodiscard]] Json ToJson(const TableEntry& entry);
[[nodiscard]] Json ToJson(const TableDifference& difference);
[[nodiscard]] Json ToJson(const ListDiff& diff);
[[nodiscard]] Json ToJson(const NetChange& change);
[[nodiscard]] Json ToJson(const Blame& blame);
[[nodiscard]] Json ToJson(const EndpointLife& life);
[[nodiscard]] Json ToJson(const AddressHolder& holder);
[[nodiscard]] Json ToJson(const AddressLife& life);
[[nodiscard]] Json ToJson(const ChangedId& changed);
[[nodiscard]] Json ToJson(const CommitResult& result);
[[nodiscard]] Json ToJson(const RevertResult& result);
[[nodiscard]] Json ToJson(const SnapshotInfo& info);
[[nodiscard]] Json ToJson(const StoreStats& stats);
[[nodiscard]] Json ToJson(const VerifyReport& report);
[[nodiscard]] Json ToJson(const PrunedId& pruned);
[[nodiscard]] Json ToJson(const PruneReport& report);
[[nodiscard]] Json ToJson(const BackupInfo& info);
[[nodiscard]] Json ToJson(const FeedEvent& event);

// -- What a client asks
[[nodiscard]] Json ToJson(const CommitOptions& options);  // but for `origin` and `on_planned`
[[nodiscard]] Json ToJson(const IdChange& change);
[[nodiscard]] Json ToJson(const RestoreTarget& target);
[[nodiscard]] Json ToJson(const RevisionChoice& choice);
[[nodiscard]] Json ToJson(const PrunePolicy& policy);

// A change of many IDs: an array of IdChange.
[[nodiscard]] Json ToJson(const std::vector<IdChange>& changes);

// The same way back, for each of the types above, as `FromJson<T>(json, place)`. `place` is what
// errors call the value; empty: it is the whole text. In what a client asks, members that have a
// default may be left out, but for RevisionChoice::revisions; endpoints to replace a list by may be
// in any order. All else must be there, and endpoints in canonical text and order.
// Errors: kInvalidArgument: a key that is missing, unknown (in what a client asks; else it is
// passed over), or of another kind, range or form; kLimitExceeded: a text or a list is past its
// limit (limits.h).
template <typename T>
[[nodiscard]] Result<T> FromJson(const Json& json, std::string_view place);

}  // namespace switchback::wire
