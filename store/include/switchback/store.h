// The store: start here. A versioned routing table in a folder, or in memory.
//
//   auto store = Store::Open("/var/lib/routes", {.environment = "production"});
//   auto now = (*store)->Read(*BusinessId::Parse("394521"));
//   auto back = (*store)->Restore({{(*now)->id, Version{41}}}, {.author = "ann"});
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/activity.h"
#include "switchback/change.h"
#include "switchback/error.h"
#include "switchback/feed.h"
#include "switchback/options.h"
#include "switchback/provenance.h"
#include "switchback/prune.h"
#include "switchback/types.h"
#include "switchback/view.h"

namespace switchback {

struct BackupInfo;  // backup.h

struct StoreIdentity {
  std::string environment;
  std::string uuid;  // made at Create; a copied folder keeps it
  Timestamp created;
  uint32_t format = 0;  // of the bytes on disk, doc/format.md
  bool pruned = false;  // versions had been dropped when it was opened
};

struct RestoreTarget {
  BusinessId id;
  Version version;
  std::optional<Version> expect = {};  // as IdChange::expect
};

// A call that was not let through by who answers for the store: a service.
struct Refusal {
  std::string call;     // which, by a name of the service's own: 1..256 bytes
  std::string missing;  // what the caller lacked: 1..4,096 bytes
  Origin origin;        // who called, as far as the service can tell
};

struct SnapshotInfo {
  std::string name;
  Revision revision;
  Timestamp created;
  std::string author;
  std::string message;
};

// Endpoints, versions and bytes by kind. Bytes of rows are as written, before compression;
// `disk_bytes` is what all files of the store take.
struct StoreStats {
  uint64_t ids = 0;  // that exist now
  uint64_t deleted_ids = 0;
  uint64_t versions = 0;         // that are there
  uint64_t pruned_versions = 0;  // that were dropped
  uint64_t revisions = 0;
  uint64_t endpoints = 0;  // in all current lists together
  uint64_t script_versions = 0;
  uint64_t full_versions = 0;
  uint64_t same_as_versions = 0;
  uint64_t deletions = 0;
  uint64_t checkpoints = 0;
  uint64_t chunks = 0;
  uint64_t version_row_bytes = 0;
  uint64_t checkpoint_bytes = 0;
  uint64_t revision_row_bytes = 0;
  uint64_t head_row_bytes = 0;
  uint64_t chunk_bytes = 0;
  uint64_t disk_bytes = 0;
  uint64_t files = 0;
};

struct Damage {
  std::string what;  // what is wrong
  // The file and the bytes in it, where the engine knows them; else the row.
  std::string where = {};
  std::optional<BusinessId> id = {};
  // The first and the last version whose list or commit can't be read; nothing: all can.
  std::optional<Version> version = {};
  std::optional<Version> last_version = {};
  std::string consequence = {};  // what can't be read, what still can
};

struct VerifyReport {
  uint64_t ids = 0;
  uint64_t versions = 0;
  uint64_t revisions = 0;
  uint64_t chunks = 0;
  uint64_t endpoints = 0;      // looked at, over all versions that were materialised
  std::vector<Damage> damage;  // the first 1,000
  uint64_t damage_count = 0;
  [[nodiscard]] bool ok() const { return damage_count == 0; }
};

// Called now and then from the calling thread with how far a long call is; `total` 0 if unknown.
using Progress = std::function<void(uint64_t done, uint64_t total)>;

// Safe from any number of threads. One process at a time has a store open for writing; any number
// may have it open read-only. Closing (destruction) keeps every commit that returned; no other call
// may be under way, nor any view or cursor be left.
class Store {
 public:
  // Makes a store in `path` (created where missing) and opens it.
  // Errors: kAlreadyExists, a store or any other file is there; kInvalidArgument, environment.
  [[nodiscard]] static Result<std::unique_ptr<Store>> Create(const std::string& path,
                                                             const CreateOptions& options);
  // Errors: kNotFound, no store there; kHeld, naming the process that holds it;
  // kWrongEnvironment; kDataLoss; kInvalidArgument, another format than this library's
  // (newer, or 1, which only builds before the first release made).
  // Cost: bounded whatever the store's size (doc/architecture.md). Where a writer died in the
  // middle of a revision of many IDs, the first commit clears what it left: some 20 us an ID.
  [[nodiscard]] static Result<std::unique_ptr<Store>> Open(const std::string& path,
                                                           const OpenOptions& options);
  // A store that lives and dies with the process; for tests and for embedders that only want the
  // history of one run.
  [[nodiscard]] static Result<std::unique_ptr<Store>> CreateInMemory(const CreateOptions& options);

  Store() = default;
  virtual ~Store() = default;
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  [[nodiscard]] virtual const StoreIdentity& identity() const = 0;

  // -- Reading --------------------------------------------------------------------------------

  // The newest published revision and everything before it.
  [[nodiscard]] virtual Result<std::unique_ptr<View>> NewView() const = 0;
  // The view that was to be had when `revision` was the newest, but for what was pruned since, and
  // with the snapshots of today. 0: the empty table. Its calls cost some rows more for each ID that
  // changed since. Errors: kNotFound, there is no such revision yet.
  [[nodiscard]] virtual Result<std::unique_ptr<View>> NewViewAt(Revision revision) const = 0;
  // The current list of an ID: the hot path. Never waits for a commit. Cost: a look-up where it is
  // cached (OpenOptions::head_cache_bytes), else as View::Read. Errors: kNotFound, never written or
  // deleted; kDataLoss, its row or a chunk fails its check; kIoError.
  [[nodiscard]] virtual Result<ListHandle> Read(const BusinessId& id) const = 0;
  // The current list if its version is above `known`, else null. Cost where nothing is newer: a
  // look-up where it is cached, else one row. Errors: as Read.
  [[nodiscard]] virtual Result<ListHandle> ReadIfNewer(const BusinessId& id,
                                                       Version known) const = 0;

  // -- Being told ---------------------------------------------------------------------------------

  // In a store that follows, whoever waits makes it catch up meanwhile, some 200 times a second
  // (one thread for all), so that it is told within some 10 ms; what it is told of is published,
  // but perhaps not synced yet. In any other store that was opened read-only nothing is ever newer.

  // The newest revision that survives power loss, as far as this process knows. Of a store that was
  // opened read-only: the newest that it sees.
  [[nodiscard]] virtual Revision durable() const = 0;
  // Waits until durable() is above `known`, at most so long; returns durable(), which is not above
  // `known` where the time was up. Woken within a millisecond of the sync.
  [[nodiscard]] virtual Result<Revision> Wait(Revision known,
                                              std::chrono::milliseconds timeout) const = 0;
  // As ReadIfNewer, and waits for what is newer, at most so long; what it returns survives power
  // loss. An ID that does not exist is waited for. Null: the time is up.
  // Errors: kNotFound, the time is up and the ID does not exist; as Read.
  [[nodiscard]] virtual Result<ListHandle> WaitForNewer(
      const BusinessId& id, Version known, std::chrono::milliseconds timeout) const = 0;
  // Errors: kInvalidArgument, no token; kConflict, the token is of another store or of another
  // history; kNotFound, `after` is no revision of it.
  [[nodiscard]] virtual Result<std::unique_ptr<Subscription>> Subscribe(
      const SubscribeOptions& options) const = 0;

  // Moves a store opened to follow on to the newest published revision, whoever made it: reads, and
  // views taken from then on, see it.
  // True: the journal has grown, by commits or by what was said between them (snapshots). False:
  // nothing newer, or a view is open, which it never blocks or breaks. Who keeps views open one
  // over another therefore never catches up: let go of them between two calls. Any other store
  // returns false: a writer sees everything, a plain reader what there was when it was opened.
  // Errors: kNotFound, the store is not there any more, or another is in its place; kDataLoss, a
  // file is missing or damaged, and not just deleted by the writer meanwhile; kIoError. Reads then
  // go on with what was there before, or return the same error until a later call succeeds. Cost:
  // some 0.05 ms where nothing is newer, else some 0.6 ms, more after a flush (doc/engine.md);
  // reads wait for it. From any number of threads, one after another.
  // Durability: what it sees is published, but perhaps not synced yet: a power loss may take it
  // back.
  [[nodiscard]] virtual Result<bool> CatchUp() = 0;

  // -- Writing --------------------------------------------------------------------------------

  // Makes the change as one revision: all of it, or none. Prepared without holding up others and
  // checked again when its turn comes, so a concurrent commit makes it wait, never wrong.
  // Visible to views taken after it returned; durable as options.durability says.
  // Errors: kConflict, an expectation or an edit's precondition does not hold (items name each
  // ID and endpoint); kNotFound, delete or copy of what is not there; kLimitExceeded;
  // kInvalidArgument; kIoError, nothing was committed; kUnknownOutcome, a sync failed: the commit
  // may or may not be there, and the same request ID tells. After either reads go on, and the next
  // write opens the engine anew, which costs an open and the log, some MiB, written once more.
  [[nodiscard]] virtual Result<CommitResult> Commit(const Change& change,
                                                    const CommitOptions& options) = 0;
  // The same, of changes that are read as they are needed: memory is that of some of them, and of
  // the result, some 100 bytes an ID. Errors: as above, and those of `changes`.
  [[nodiscard]] virtual Result<CommitResult> Commit(ChangeReader& changes,
                                                    const CommitOptions& options) = 0;
  // New versions with the content of earlier ones, as one revision. IDs that are already so are in
  // `unchanged`. Errors: as Commit; kNotFound also for a version that is a deletion.
  [[nodiscard]] virtual Result<CommitResult> Restore(const std::vector<RestoreTarget>& targets,
                                                     const CommitOptions& options) = 0;
  // The whole table (the IDs that `glob` matches; empty: all) as of `revision`, as one revision:
  // IDs changed since are restored, IDs born since are deleted.
  [[nodiscard]] virtual Result<CommitResult> RestoreTable(Revision revision, std::string_view glob,
                                                          const CommitOptions& options) = 0;
  // Takes back the net effect of the chosen revisions (View::NetChanges), as one revision, and
  // keeps what came besides: an endpoint that is as they left it becomes what it was before them,
  // one that is so already stays. IDs that they made go once nothing is left in them; IDs that they
  // deleted come back. An endpoint that others changed too, since or in between, is a conflict, and
  // so is an ID that they deleted since. Errors: kConflict, naming every conflict in `items` unless
  // `skip_conflicts`, which leaves these as they are; kNotFound, a revision; kPruned, what they
  // changed is not known any more; and as Commit. Cost: as NetChanges, and the current values of
  // what it names.
  [[nodiscard]] virtual Result<RevertResult> Revert(const RevisionChoice& choice,
                                                    bool skip_conflicts,
                                                    const CommitOptions& options) = 0;
  // Makes the whole table (of the IDs only those that every one of `globs` matches) equal to what
  // `lists` hands out, each a Replace of such an ID, as one revision: lists that differ are
  // replaced, IDs that it lacks are deleted, and IDs that are equal are in `unchanged`. Errors: as
  // Commit; kInvalidArgument also for any other change. Cost: a pass over `lists`, and over the
  // heads of all IDs; what is equal is told by its digest.
  [[nodiscard]] virtual Result<CommitResult> ApplyTable(ChangeReader& lists,
                                                        const std::vector<std::string>& globs,
                                                        const CommitOptions& options) = 0;
  // Every commit so far is made durable. Errors: kIoError, kUnknownOutcome; then as Commit.
  [[nodiscard]] virtual Result<void> Sync() = 0;
  // The bookmark last committed under this name; nothing if none.
  [[nodiscard]] virtual Result<std::optional<std::string>> ReadBookmark(
      std::string_view name) const = 0;

  // -- Snapshots: names for revisions -----------------------------------------------------------

  // Errors: kAlreadyExists, kNotFound (the revision), kInvalidArgument (the name), kPruned (a
  // version that was current then was dropped).
  [[nodiscard]] virtual Result<SnapshotInfo> CreateSnapshot(std::string_view name,
                                                            Revision revision,
                                                            const CommitOptions& options) = 0;
  [[nodiscard]] virtual Result<void> DeleteSnapshot(std::string_view name,
                                                    const CommitOptions& options) = 0;
  [[nodiscard]] virtual Result<std::vector<SnapshotInfo>> ListSnapshots() const = 0;

  // -- Refusals: what others asked and did not get -----------------------------------------------

  // Adds a record to the journal (View::SaidRecords), of Operation::kRefusal. It changes no list
  // and makes no revision: nobody who waits for one, watches or subscribes is told.
  // Errors: kInvalidArgument, read-only, or a store that is reached by a service, which journals
  // what it refuses itself; or a text is empty, or no UTF-8 without control bytes; kLimitExceeded;
  // kIoError; kUnknownOutcome. Cost: some 200 bytes and a write without a sync, together with what
  // waits beside it. Each new origin stays in memory and on disk for good: name those whom the
  // service knows, not what a stranger calls itself. From any number of threads.
  // Durability: as a commit of Durability::kBuffered; the next sync takes it along.
  [[nodiscard]] virtual Result<void> RecordRefusal(const Refusal& refusal) = 0;

  // -- Old versions -------------------------------------------------------------------------------

  // Drops the versions that the policy lets go, and frees the chunks that nothing names any more.
  // What is kept reads as before; what is dropped is kPruned; that a commit was made, by whom and
  // why stays, and the journal still verifies. `tell`, where given, hears of each ID that loses
  // versions, before any does. With options.dry_run it only tells. Commits go on meanwhile, and
  // wait some milliseconds at a time; snapshots can't be made or deleted until versions are
  // dropped. A crash in the middle leaves a store that verifies; the same prune again does the
  // rest. Errors: kInvalidArgument; kDataLoss, nothing of the damaged ID was dropped; as Commit.
  // Cost: two passes over the rows of the IDs, one over the roots of long lists and over chunks;
  // memory of a bit a revision and of 64 MiB at most for chunks. The space is given back as the
  // engine merges its files, or by Compact.
  [[nodiscard]] virtual Result<PruneReport> Prune(
      const PrunePolicy& policy, const CommitOptions& options, const Progress& progress = {},
      const std::function<void(const PrunedId&)>& tell = {}) = 0;

  // -- Care -----------------------------------------------------------------------------------

  // Re-reads everything. Damage is in the report, not an error: what it hits and what is whole, ID
  // by ID. Memory is bounded. An exception that `progress` throws ends it and comes out of it.
  [[nodiscard]] virtual Result<VerifyReport> Verify(const Progress& progress) const = 0;
  // A probe of what breaks first: all heads, the small rows, and what the newest 100 revisions
  // made. It says nothing of older versions, of checkpoints and chunks, nor of the journal's chain.
  // Cost: the head rows, and up to 10,000 version rows.
  [[nodiscard]] virtual Result<VerifyReport> Probe() const = 0;
  // Cost: one pass over all rows.
  [[nodiscard]] virtual Result<StoreStats> Stats() const = 0;
  // What it has been doing since it was opened. Cost: a look at each file. Errors: kIoError, one
  // can't be looked at; kInvalidArgument, another process serves it, which has these as metrics.
  [[nodiscard]] virtual Result<StoreActivity> Activity() const = 0;
  // Folds the log into the tables and compacts them; returns when done. Errors: kIoError; after a
  // write that failed as Sync.
  [[nodiscard]] virtual Result<void> Compact() = 0;
  // Adds a backup to those in `folder` (backup.h), which is made where there is none: of the newest
  // revision, with all before it. Commits go on meanwhile; they wait only while its state is fixed,
  // some milliseconds and a sync. Files that an earlier backup in the folder has are not copied
  // again. A record in the journal says who made it (author, message, ticket and source of
  // `options`), written once it is made and synced to disk. Errors: kInvalidArgument, read-only or
  // in memory, or the folder lies in the store's; kAlreadyExists, other files are in it; kConflict,
  // backups of another store are, or `expect_head` does not hold; kHeld, someone else adds to it or
  // deletes from it; kIoError, kDataLoss: no backup was made, those before it are untouched, and so
  // is the store. Where only the record failed, the message says so. Where a failed write is
  // recovered from meanwhile it starts anew, twice at most. Cost: the new files, read and written;
  // `progress` counts their bytes, `total` 0.
  [[nodiscard]] virtual Result<BackupInfo> CreateBackup(const std::string& folder,
                                                        const CommitOptions& options,
                                                        const Progress& progress) = 0;
  // Drops every checkpoint, and with `remake` writes those due again. Changes no answer; for tests
  // and repair. Waits for a prune that is under way; commits wait for it. Errors: kDataLoss,
  // kIoError. Cost: a pass over the version rows, and with `remake` the lists.
  [[nodiscard]] virtual Result<void> DropCheckpoints(bool remake) = 0;
};

}  // namespace switchback
