// Reading: a View is the whole routing table, with all of its history, fixed at one revision.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "switchback/endpoint_list.h"
#include "switchback/options.h"
#include "switchback/selector.h"
#include "switchback/types.h"

namespace switchback {

// One list as read: immutable, shared, good for as long as it is held, whatever happens to the
// store.
struct VersionedList {
  BusinessId id;
  Version version;
  Revision revision;  // the one that made this version
  std::shared_ptr<const EndpointList> list;
  [[nodiscard]] const Digest& digest() const { return list->digest(); }
};
using ListHandle = std::shared_ptr<const VersionedList>;

// One commit's metadata.
struct RevisionInfo {
  Revision revision;
  Timestamp time;            // the commit's own
  Timestamp effective_time;  // never goes back from one revision to the next
  std::optional<Timestamp> original_time;
  Operation operation = Operation::kSet;
  std::string author;
  std::string message;
  std::string ticket;
  std::string source;
  std::string request_id;
  Origin origin;
  // Over all of its IDs. id_count 1 for most.
  uint64_t id_count = 0;
  uint64_t added = 0;
  uint64_t removed = 0;
  uint64_t changed = 0;
};

// One version in an ID's history.
struct VersionInfo {
  BusinessId id;
  Version version;
  uint64_t count = 0;  // endpoints in the list after it
  uint64_t added = 0;
  uint64_t removed = 0;
  uint64_t changed = 0;
  bool deleted = false;            // says: no such ID
  std::optional<Version> same_as;  // its content is this earlier version's (a restore)
  // It was dropped: counts are not known any more. In View::Changes alone.
  bool pruned = false;
  RevisionInfo commit;
};

// What was said to the store between two commits, and stands in the journal between them.
struct SaidRecord {
  uint64_t sub = 0;  // 1, 2, ... in the order in which it was said
  // What it was about: the name of a snapshot, the folder of a backup, the glob of a prune (empty:
  // all IDs), the call that was refused. Empty for an operation that this library does not know.
  std::string subject;
  std::optional<Revision> target;  // of a snapshot, of a backup
  // Its own metadata. `revision` is the commit that it was said after, 0 before the first; there
  // are no IDs and no sums. Of a refusal: `origin` is who was refused, `message` what was missing.
  RevisionInfo info;
};

// The version an address names, without reading its list.
struct ResolvedVersion {
  BusinessId id;
  Version version;
  Revision revision;
  bool deleted = false;
};

struct VersionRef {
  BusinessId id;
  Version version;  // 0: before the first, an empty list
};

struct VersionSummary {
  uint64_t count = 0;
  Digest digest;
};

// An ID as the table holds it at a revision.
struct TableEntry {
  BusinessId id;
  Version version;
  Revision revision;
};

// The part of the table that a walk goes over, and from which end. Both ends of a part of any size
// take a few rows: the first and the last ID of a prefix, say, to complete what somebody types.
struct TableRange {
  std::string prefix = {};  // only IDs that start with it, whatever bytes it has; empty: all
  std::string glob = {};    // and that it matches; others are passed over unread; empty: all
  bool backward = false;    // from the last ID to the first
};

// An ID whose list differs between two revisions. Version 0: the ID does not exist there (not yet
// born, or deleted).
struct TableDifference {
  BusinessId id;
  Version from;
  Version to;
};

// A cursor hands out one value a call, then nothing. Not safe to share between threads; valid as
// long as the View it came from. kDataLoss is an answer for one value, which the message names: the
// next call goes on behind it, so that whoever asks on has the rest. After any other error it stays
// at its end.
template <typename T>
class Cursor {
 public:
  virtual ~Cursor() = default;
  Cursor() = default;
  Cursor(const Cursor&) = delete;
  Cursor& operator=(const Cursor&) = delete;
  [[nodiscard]] virtual Result<std::optional<T>> Next() = 0;
};

struct AddressQuery;  // address_query.h
// In provenance.h.
struct RevisionChoice;
struct NetChange;
struct Blame;
struct EndpointLife;
struct AddressHolder;
struct AddressLife;

// Consistent, never blocks a commit and is never blocked by one; safe from any number of threads.
// Must not outlive its Store. Holding one keeps the space of what was since overwritten (head
// rows, some hundred bytes each) from being reclaimed: let it go after minutes, not days.
// Errors of every call: kDataLoss, a row or chunk is missing or fails its check; kIoError.
class View {
 public:
  virtual ~View() = default;
  View() = default;
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  // The newest revision in this view; 0 in an empty store.
  [[nodiscard]] virtual Revision revision() const = 0;

  // -- One list ---------------------------------------------------------------------------------

  // The current list of an ID. Errors: kNotFound, never written or deleted.
  // Cost: one row for lists of up to about 4 KiB encoded, else a checkpoint and the scripts since.
  [[nodiscard]] virtual Result<ListHandle> Read(const BusinessId& id) const = 0;
  // Any version. Errors: kNotFound, no such version, or it is a deletion; kPruned.
  // Cost: at most a bounded factor over reading a checkpoint (doc/architecture.md).
  [[nodiscard]] virtual Result<ListHandle> Read(const BusinessId& id, Version version) const = 0;
  // Whether the current list has this key. Cost: as Read for small lists; for large ones one chunk
  // and the scripts since the checkpoint. Errors: kNotFound for the ID.
  [[nodiscard]] virtual Result<bool> Contains(const BusinessId& id,
                                              const EndpointKey& key) const = 0;
  // Count and digest; of a deletion those of an empty list. Cost: O(1) for the head and
  // checkpoints, else one pass over the scripts since the last checkpoint, no list. Errors:
  // kNotFound, no such version; kPruned.
  [[nodiscard]] virtual Result<VersionSummary> Summarize(const BusinessId& id,
                                                         Version version) const = 0;

  // -- Names for versions and revisions -----------------------------------------------------------

  // What a selector names for an ID. By binary search: O(log versions) rows.
  // Errors: kNotFound: unknown ID, version, revision or name, or the ID did not exist then. A
  // deletion resolves (see `deleted`).
  [[nodiscard]] virtual Result<ResolvedVersion> Resolve(const BusinessId& id,
                                                        const Selector& selector) const = 0;
  // What a selector names store-wide: head~N counts revisions; a bare version number is
  // kInvalidArgument. Revision 0 is before the first (an empty table): r1^, a time before it.
  // Errors: kNotFound: unknown revision or name.
  [[nodiscard]] virtual Result<Revision> ResolveRevision(const Selector& selector) const = 0;

  // -- History ------------------------------------------------------------------------------------

  // One version's entry. Errors: kNotFound.
  [[nodiscard]] virtual Result<VersionInfo> Describe(const BusinessId& id,
                                                     Version version) const = 0;
  // The versions of an ID, newest first, from `from` (default: the newest) down to 1. Those that
  // were pruned are passed over.
  // Cost: one row a version; one more for versions of a revision of several IDs.
  [[nodiscard]] virtual Result<std::unique_ptr<Cursor<VersionInfo>>> History(
      const BusinessId& id, std::optional<Version> from = std::nullopt) const = 0;
  // One revision's metadata. Errors: kNotFound.
  [[nodiscard]] virtual Result<RevisionInfo> DescribeRevision(Revision revision) const = 0;
  // Revisions, newest first, from `from` (default: the newest) down to 1.
  [[nodiscard]] virtual Result<std::unique_ptr<Cursor<RevisionInfo>>> Log(
      std::optional<Revision> from = std::nullopt) const = 0;
  // What was said after the revision `from` (default: the newest) and before it, down to the first
  // record: refusals, snapshots, prunes and backups, newest first. Errors: kNotFound, `from`.
  // Cost: a step of an iterator for each record, those of commits too.
  [[nodiscard]] virtual Result<std::unique_ptr<Cursor<SaidRecord>>> SaidRecords(
      std::optional<Revision> from = std::nullopt) const = 0;
  // The versions that one revision made, by ID; those that were pruned too. Errors: kNotFound.
  [[nodiscard]] virtual Result<std::unique_ptr<Cursor<VersionInfo>>> Changes(
      Revision revision) const = 0;

  // -- Diff ---------------------------------------------------------------------------------------

  // What turns `from` into `to`, in canonical order; empty if the digests are equal. IDs may
  // differ. A deletion, and version 0, count as an empty list.
  // Errors: kNotFound, a version is unknown; kPruned.
  // Cost: one row read for adjacent versions; else the cheaper of folding the scripts between and
  // comparing checkpoints, where equal chunks are skipped.
  [[nodiscard]] virtual Result<ListDiff> Diff(const VersionRef& from,
                                              const VersionRef& to) const = 0;

  // -- Who changed what (provenance.h) ------------------------------------------------------------

  // What the chosen revisions did to each ID, in order of IDs. Errors: kNotFound, a revision;
  // kPruned, a version of theirs or the one before it was.
  // Cost: the revisions' rows; a diff for each run of neighbouring versions of an ID; memory of
  // some 100 bytes for each ID that a revision touched, and of one diff.
  [[nodiscard]] virtual Result<std::unique_ptr<Cursor<NetChange>>> NetChanges(
      const RevisionChoice& choice) const = 0;
  // Which versions gave this one's endpoints their present form. Errors: kNotFound, no such
  // version, or it is a deletion; kPruned.
  // Cost: its list, and the versions before it down to where every endpoint is explained.
  [[nodiscard]] virtual Result<Blame> BlameList(const BusinessId& id, Version version) const = 0;
  // When an endpoint was in the ID's list: each stay, oldest first; none if it never was, as far as
  // versions that were not pruned tell. A stay that a version ended and the next one began again is
  // two. Errors: kNotFound, the ID.
  // Cost: all versions of the ID.
  [[nodiscard]] virtual Result<std::vector<EndpointLife>> Lives(const BusinessId& id,
                                                                const EndpointKey& key) const = 0;
  // The endpoints that answer the query in lists of `revision` (default: this view's), by ID, then
  // in canonical order. `glob`: only in IDs that match; empty: all.
  // Cost: every list, and for IDs that have one the versions since it came in.
  [[nodiscard]] virtual Result<std::unique_ptr<Cursor<AddressHolder>>> WhoHas(
      const AddressQuery& query, std::optional<Revision> revision, std::string_view glob) const = 0;
  // Every stay of such an endpoint that ever was, but for those in versions that were pruned, by
  // ID, then in canonical order, then oldest first. Cost: every version.
  [[nodiscard]] virtual Result<std::unique_ptr<Cursor<AddressLife>>> WhoEverHad(
      const AddressQuery& query, std::string_view glob) const = 0;

  // -- The whole table ----------------------------------------------------------------------------

  // Every ID of `range` that exists at `revision` (default: this view's), in order, with the
  // version it has there; deleted ones are left out. Read(id, version) gives the list.
  // Cost: one row an ID as it is handed out, and none outside the range (deleted ones are passed
  // over at a row each); O(log versions) more for each that changed after `revision`.
  [[nodiscard]] virtual Result<std::unique_ptr<Cursor<TableEntry>>> Table(
      std::optional<Revision> revision = std::nullopt, const TableRange& range = {}) const = 0;
  // Every ID whose version differs between two revisions, in order (the lists may still be equal:
  // a change and its restore). `to` may be the lower one.
  // Cost: the cheaper of the revisions between and all IDs; memory for the IDs that were touched.
  [[nodiscard]] virtual Result<std::unique_ptr<Cursor<TableDifference>>> DiffTable(
      Revision from, Revision to) const = 0;
};

}  // namespace switchback
