// Switchback for routing systems in other languages: the library in C99. Opens a store, reads,
// commits, diffs, restores and subscribes; README.md has an example.
//
// Text        UTF-8 that ends in a NUL, going in and coming out. Going in, NULL is no text, where
//             none is needed. No text of a store holds a NUL: a binding refuses one that does.
// Errors      A function that can fail returns a switchback_code, and takes last where an error is
//             to go (NULL: nowhere): set to NULL on success, else to an error, which is the
//             caller's. What it held before is not looked at. There is no "last error" anywhere.
//             What else a call that failed hands out is NULL or 0, and the store is as it was,
//             unless the code says otherwise. NULL where something is needed, or a struct of
//             unknown size, is SWITCHBACK_INVALID_ARGUMENT; functions that can't fail take NULL,
//             and return 0 or NULL. A handle that was freed is not known as such.
// Ownership   What comes out through a `T**` is the caller's, to be freed by the function of that
//             name (NULL may be, too). What comes out as `const T*` or through a `const T**` is
//             borrowed: good until that which it came from is freed or, if that is a cursor or a
//             subscription, until the next call on it. What goes in stays the caller's, and is not
//             used after the call. Handles may be freed in any order: a view, a cursor and a
//             subscription keep their store open.
// Threads     A store and a view are safe from any number of threads. So are lists, diffs, errors
//             and results, which never change. A change, a cursor and a subscription take one
//             thread at a time (but for switchback_subscription_cancel). Nothing is freed while
//             another thread uses it. A store does not outlast fork(): the child opens its own.
// Numbers     have their width in their type. Flags are int32_t, 0 or 1. Times are microseconds
//             since 1970-01-01T00:00:00Z. Versions and revisions start at 1.
// ABI         Values of enums never change; there may come more. Structs that the caller makes
//             begin with `size` and may grow at their end: initialise them with the macro of their
//             name, or zero all and set `size`. One of an earlier release is taken, and one of a
//             later release if what is new in it is 0. switchback_endpoint and
//             switchback_restore_target, which stand in arrays, never change. Structs that the
//             library makes may grow at their end: use them where they are, don't copy them. Which
//             library fits which program: doc/packaging.md.
//
// No exception and no callback crosses this interface; the library prints nothing.
//
// Left out, as a routing system does not call it: import, revert, blame, who-has, prune,
// compaction, statistics, diffs of whole tables or between two IDs, changes too large for memory.
// C++ has all of it (store.h, view.h), and so has the program `switchback`.
#ifndef SWITCHBACK_SWITCHBACK_H_
#define SWITCHBACK_SWITCHBACK_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// -- Version ------------------------------------------------------------------------------------

// Of this header; switchback_version() is that of the library that runs.
#define SWITCHBACK_VERSION_MAJOR 0
#define SWITCHBACK_VERSION_MINOR 1
#define SWITCHBACK_VERSION_PATCH 0
#define SWITCHBACK_VERSION "0.1.0"
const char* switchback_version(void);

// -- Errors -------------------------------------------------------------------------------------

typedef int32_t switchback_code;
enum {
  SWITCHBACK_OK = 0,
  SWITCHBACK_INVALID_ARGUMENT = 1,   // malformed input or a call that makes no sense; never retry
  SWITCHBACK_LIMIT_EXCEEDED = 2,     // past a documented limit (limits.h); never retry
  SWITCHBACK_NOT_FOUND = 3,          // unknown ID, version, revision, name or store
  SWITCHBACK_PRUNED = 4,             // existed, but was dropped by a prune
  SWITCHBACK_ALREADY_EXISTS = 5,     // a store or name is there already
  SWITCHBACK_CONFLICT = 6,           // an expectation did not hold: read again, decide, then retry
  SWITCHBACK_WRONG_ENVIRONMENT = 7,  // the store belongs to another environment than was named
  SWITCHBACK_REFUSED = 8,            // a guard or permission says no
  SWITCHBACK_DATA_LOSS = 9,          // stored bytes are missing or fail their check; run verify
  SWITCHBACK_HELD = 10,              // another process holds the store for writing; retry later
  SWITCHBACK_IO_ERROR = 11,          // the file system failed; nothing was committed by this call
  SWITCHBACK_UNKNOWN_OUTCOME = 12,   // a sync failed: the commit may be there; ask by request ID
  // Of this interface alone. From a call that writes: as SWITCHBACK_UNKNOWN_OUTCOME.
  SWITCHBACK_NO_MEMORY = 100,
  SWITCHBACK_INTERNAL = 101  // what should not happen; the message has what was thrown
};
// The word for a code, such as "not_found": what the program calls `reason`. Static.
const char* switchback_reason(switchback_code code);

typedef struct switchback_error {
  switchback_code code;
  const char* reason;   // switchback_reason(code)
  const char* message;  // names the thing, what was expected, what was found and what to do
  // Where one call finds several faults (bad lines, conflicts): the first 20, one text each.
  const char* const* items;
  size_t item_count;
  uint64_t fault_count;  // how many there were in all; 0 where `items` does not apply
} switchback_error;
void switchback_error_free(switchback_error* error);

// -- A store ------------------------------------------------------------------------------------

typedef struct switchback_store switchback_store;

typedef struct switchback_open_options {
  size_t size;
  // The store's environment (1..64 bytes of [A-Za-z0-9._-]). Needed to create one; to open one it
  // may be NULL, else it must be that of the store (SWITCHBACK_WRONG_ENVIRONMENT).
  const char* environment;
  // Takes no lock, writes nothing, and sees the store as of the moment it was opened, whoever else
  // has it open.
  int32_t read_only;
  // With read_only: the store moves on to what others commit, by switchback_catch_up, or while
  // someone waits to be told. It may then see commits that were not synced yet, which a power loss
  // can still take back.
  int32_t follow;
  // Bytes of heap, 0: the default, SWITCHBACK_NO_CACHE: none. Current lists, as switchback_get
  // hands them out (32 MiB); lists of any version (64 MiB); blocks of the files (64 MiB).
  uint64_t head_cache_bytes;
  uint64_t list_cache_bytes;
  uint64_t block_cache_bytes;
  // Who commits, as far as the process can tell; recorded beside the author, which is a claim.
  const char* user;
  const char* host;
  const char* program;
  const char* program_version;
} switchback_open_options;
#define SWITCHBACK_NO_CACHE UINT64_MAX
#define SWITCHBACK_OPEN_OPTIONS_INIT \
  { sizeof(switchback_open_options), NULL, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL }

// Makes a store in the folder `path` and opens it. Errors: ALREADY_EXISTS, a store or any other
// file is there; INVALID_ARGUMENT, the environment.
switchback_code switchback_create(const char* path, const switchback_open_options* options,
                                  switchback_store** store, switchback_error** error);
// A store that lives and dies with the process, for tests.
switchback_code switchback_create_in_memory(const switchback_open_options* options,
                                            switchback_store** store, switchback_error** error);
// `options` may be NULL. One process at a time has a store open for writing, any number read-only.
// Errors: NOT_FOUND; HELD, naming the process that holds it; WRONG_ENVIRONMENT; DATA_LOSS.
switchback_code switchback_open(const char* path, const switchback_open_options* options,
                                switchback_store** store, switchback_error** error);
// Keeps every commit that returned. Where a view, cursor or subscription is left, the store closes
// with the last of them. No other call with this handle may be under way.
void switchback_close(switchback_store* store);

typedef struct switchback_identity {
  const char* environment;
  const char* uuid;  // made with the store; a copied folder keeps it
  int64_t created;
  uint32_t format;  // of the bytes on disk, doc/format.md
} switchback_identity;
const switchback_identity* switchback_store_identity(const switchback_store* store);

// -- Lists of endpoints -------------------------------------------------------------------------

// An access server; what is not given is 0. Attributes are "key=value" pairs sorted by key, joined
// by single blanks; "" (or NULL, going in) for none.
typedef struct switchback_endpoint {
  uint8_t family;         // 4 or 6
  uint8_t prefix_length;  // of a host: 32 (IPv4), 128 (IPv6)
  uint16_t port;          // 0: none; in the machine's byte order
  int32_t has_weight;     // no weight is something else than weight 0 (drained)
  uint32_t weight;
  uint8_t address[16];  // network byte order; of IPv4 the first 4, then 0 (not looked at, going in)
  const char* attributes;
} switchback_endpoint;

// Canonical text, such as "10.20.1.1:8000 weight=100 zone=a", NUL included into `text`. Returns its
// length; 0 where that is not below `capacity` (SWITCHBACK_ENDPOINT_TEXT_BYTES always is enough),
// or the endpoint is none.
#define SWITCHBACK_ENDPOINT_TEXT_BYTES 1152
size_t switchback_endpoint_format(const switchback_endpoint* endpoint, char* text, size_t capacity);

// A list as read: immutable, good until it is freed, whatever happens to the store. Endpoints are
// in canonical order: IPv4 first, then by address, prefix length and port.
typedef struct switchback_list switchback_list;
const char* switchback_list_id(const switchback_list* list);
uint64_t switchback_list_version(const switchback_list* list);
uint64_t switchback_list_revision(const switchback_list* list);  // that made this version
size_t switchback_list_count(const switchback_list* list);
// The list's content address: equal lists have equal ones. In hex it is what the program prints.
void switchback_list_digest(const switchback_list* list, uint8_t digest[16]);
// Copies up to `capacity` endpoints from index `first` on to `endpoints`; returns how many. Their
// attributes are borrowed from the list.
size_t switchback_list_endpoints(const switchback_list* list, size_t first,
                                 switchback_endpoint* endpoints, size_t capacity);
void switchback_list_free(switchback_list* list);

// -- Reading what is current --------------------------------------------------------------------

// The current list of an ID: the hot path. No copy of the list, never waits for a commit; a look-up
// where it is cached, else one row, or a checkpoint and the edits since. Errors: NOT_FOUND, never
// written or deleted; DATA_LOSS; IO_ERROR.
switchback_code switchback_get(const switchback_store* store, const char* id,
                               switchback_list** list, switchback_error** error);
// The same if its version is above `known`, else success and NULL, at the cost of a look-up.
switchback_code switchback_get_if_newer(const switchback_store* store, const char* id,
                                        uint64_t known, switchback_list** list,
                                        switchback_error** error);
// The same, but waits for what is newer, at most so long; what it hands out survives power loss. An
// ID that does not exist is waited for. Success and NULL: the time is up; NOT_FOUND: it is, and the
// ID does not exist.
switchback_code switchback_wait_for_newer(const switchback_store* store, const char* id,
                                          uint64_t known, uint32_t timeout_ms,
                                          switchback_list** list, switchback_error** error);

// -- Changing the table -------------------------------------------------------------------------

// What to do to which IDs, as one revision. An ID has one action: a new list, edits, a deletion or
// a copy. A change remembers the first call on it that failed, and committing it then fails so too:
// errors may be looked at once, there. It can be committed again, after a conflict say.
typedef struct switchback_change switchback_change;
switchback_code switchback_change_new(switchback_change** change, switchback_error** error);
void switchback_change_free(switchback_change* change);

// The whole list anew, in any order; an empty one is a list. Equal endpoints count once. Errors:
// INVALID_ARGUMENT, `items` name the bad lines or endpoints (a key twice with different values
// among them); what can't be told from one endpoint alone is judged by the commit.
switchback_code switchback_change_replace(switchback_change* change, const char* id,
                                          const switchback_endpoint* endpoints, size_t count,
                                          switchback_error** error);
// The same from text: one endpoint a line; blank lines and "# notes" are skipped (doc/text.md).
switchback_code switchback_change_replace_text(switchback_change* change, const char* id,
                                               const char* text, switchback_error** error);

// Edits of one ID gather. A key may stand once, or once as a remove and once as an add (a changed
// value). On an ID that does not exist they start from an empty list.
typedef int32_t switchback_edit_kind;
enum {
  SWITCHBACK_EDIT_ADD = 1,     // the key must be absent
  SWITCHBACK_EDIT_REMOVE = 2,  // the key must be present
  SWITCHBACK_EDIT_REMOVE_EXACT =
      3,                   // the key must be present, with this weight and these attributes
  SWITCHBACK_EDIT_SET = 4  // adds the key or changes its value
};
switchback_code switchback_change_edit(switchback_change* change, const char* id,
                                       switchback_edit_kind kind,
                                       const switchback_endpoint* endpoint,
                                       switchback_error** error);
switchback_code switchback_change_edit_text(switchback_change* change, const char* id,
                                            switchback_edit_kind kind, const char* endpoint,
                                            switchback_error** error);
// Of an ID with edits: an add of what is there with the same value, or a remove of what is not, is
// no conflict.
switchback_code switchback_change_if_needed(switchback_change* change, const char* id,
                                            switchback_error** error);

// A version that says: no such ID. Its history stays.
switchback_code switchback_change_delete(switchback_change* change, const char* id,
                                         switchback_error** error);
// A version with the content of an earlier one.
switchback_code switchback_change_copy(switchback_change* change, const char* id, uint64_t version,
                                       switchback_error** error);
// Compare-and-set, of an ID with an action: its newest version must be this one; 0: it must not
// exist. Else the commit is a CONFLICT.
switchback_code switchback_change_expect(switchback_change* change, const char* id,
                                         uint64_t version, switchback_error** error);

typedef int32_t switchback_durability;
enum {
  SWITCHBACK_SYNCED = 0,   // survives power loss once the call has returned
  SWITCHBACK_BUFFERED = 1  // survives a crash of this process; power loss may drop the newest ones
};
typedef struct switchback_commit_options {
  size_t size;
  const char* author;
  const char* message;
  const char* ticket;
  const char* source;
  // A repeat of a request that landed, or that found nothing to do, returns the first result, with
  // `replayed`, whatever landed since; the same ID with another content is a CONFLICT.
  const char* request_id;
  int32_t has_expect_head;
  uint64_t expect_head;  // where given: the newest revision must be this one, else CONFLICT
  switchback_durability durability;
  int32_t dry_run;  // checks all, and says what would change; writes nothing
} switchback_commit_options;
#define SWITCHBACK_COMMIT_OPTIONS_INIT \
  { sizeof(switchback_commit_options), NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0 }

// What a revision made of one ID.
typedef struct switchback_id_change {
  const char* id;
  uint64_t version;
  uint64_t from;          // the version it follows; 0 for an ID's first
  uint64_t count_before;  // endpoints
  uint64_t count;
  uint64_t added;
  uint64_t removed;
  uint64_t changed;
  int32_t deleted;  // the version says: no such ID
} switchback_id_change;

typedef struct switchback_result {
  uint64_t revision;  // 0: nothing to do, or a dry run
  int64_t time;       // of the revision; of now where there is none
  int32_t replayed;
  const switchback_id_change* const* changes;  // by ID; what was already so is left out
  size_t change_count;
} switchback_result;
void switchback_result_free(switchback_result* result);

// These make one revision: all of it, or none. `options` may be NULL, and so may `result`. Never
// blocks a reader; what it made is seen by reads from then on. Errors: CONFLICT, an expectation or
// an edit does not hold (`items` name each); NOT_FOUND, a delete or copy of what is not there;
// LIMIT_EXCEEDED; INVALID_ARGUMENT; IO_ERROR; UNKNOWN_OUTCOME.
switchback_code switchback_commit(switchback_store* store, const switchback_change* change,
                                  const switchback_commit_options* options,
                                  switchback_result** result, switchback_error** error);
// New versions with the content of earlier ones. What is already so makes none.
typedef struct switchback_restore_target {
  const char* id;
  uint64_t version;
  uint64_t expect;  // where given, as switchback_change_expect
  int32_t has_expect;
} switchback_restore_target;
switchback_code switchback_restore(switchback_store* store,
                                   const switchback_restore_target* targets, size_t count,
                                   const switchback_commit_options* options,
                                   switchback_result** result, switchback_error** error);
// The whole table (the IDs that `glob` matches; NULL: all) as of `revision`: IDs changed since are
// restored, IDs born since are deleted.
switchback_code switchback_restore_table(switchback_store* store, uint64_t revision,
                                         const char* glob, const switchback_commit_options* options,
                                         switchback_result** result, switchback_error** error);
// Every commit so far is made durable.
switchback_code switchback_sync(switchback_store* store, switchback_error** error);

// -- Reading anything else: a view --------------------------------------------------------------

// The whole table with all of its history, fixed at the newest revision there was. Never blocks a
// commit. Let it go after minutes, not days: it keeps space from being reclaimed.
typedef struct switchback_view switchback_view;
switchback_code switchback_view_open(const switchback_store* store, switchback_view** view,
                                     switchback_error** error);
uint64_t switchback_view_revision(const switchback_view* view);  // 0 in an empty store
void switchback_view_free(switchback_view* view);

// A list by its address, "ID" or "ID@SELECTOR": a version (394521@41), head~1, a revision (r17, or
// r17^ for just before it), a time (RFC 3339; 11:45, in the zone of the process; an age such as
// 15m) or a snapshot's name. Errors: INVALID_ARGUMENT, malformed; NOT_FOUND, unknown, or not there
// then; PRUNED.
switchback_code switchback_view_get(const switchback_view* view, const char* address,
                                    switchback_list** list, switchback_error** error);
switchback_code switchback_view_get_version(const switchback_view* view, const char* id,
                                            uint64_t version, switchback_list** list,
                                            switchback_error** error);
// What an address names, without reading its list. Each of the results may be NULL. A deletion is
// found too, and said so.
switchback_code switchback_view_resolve(const switchback_view* view, const char* address,
                                        uint64_t* version, uint64_t* revision, int32_t* deleted,
                                        switchback_error** error);
// What a selector names for the whole table; 0 is before the first revision.
switchback_code switchback_view_resolve_revision(const switchback_view* view, const char* selector,
                                                 uint64_t* revision, switchback_error** error);

// What turns version `from` of an ID into version `to`; either may be the lower one. A deletion,
// and version 0, count as an empty list. Adjacent versions cost one row, whatever the list's size.
typedef struct switchback_diff switchback_diff;
typedef int32_t switchback_diff_part;
enum {
  SWITCHBACK_DIFF_REMOVED = 1,
  SWITCHBACK_DIFF_ADDED = 2,
  SWITCHBACK_DIFF_CHANGED_FROM = 3,  // what has another value: as it was,
  SWITCHBACK_DIFF_CHANGED_TO = 4     // and as it is; the same keys, in the same order
};
switchback_code switchback_view_diff(const switchback_view* view, const char* id, uint64_t from,
                                     uint64_t to, switchback_diff** diff, switchback_error** error);
size_t switchback_diff_count(const switchback_diff* diff, switchback_diff_part part);
size_t switchback_diff_endpoints(const switchback_diff* diff, switchback_diff_part part,
                                 size_t first, switchback_endpoint* endpoints, size_t capacity);
void switchback_diff_free(switchback_diff* diff);

// One commit, as it was recorded.
typedef struct switchback_revision_info {
  uint64_t revision;
  int64_t time;            // the commit's own
  int64_t effective_time;  // never goes back from one revision to the next
  const char* operation;   // "set", "edit", "apply", "delete", "restore", "restore-all", ...
  const char* author;
  const char* message;
  const char* ticket;
  const char* source;
  const char* request_id;
  const char* user;
  const char* host;
  const char* program;
  const char* program_version;
  uint64_t id_count;  // IDs that it changed; endpoints added, removed and changed over all of them
  uint64_t added;
  uint64_t removed;
  uint64_t changed;
} switchback_revision_info;

typedef struct switchback_version_info {
  const char* id;
  uint64_t version;
  uint64_t count;  // endpoints in the list
  uint64_t added;
  uint64_t removed;
  uint64_t changed;
  uint64_t same_as;  // its content is this earlier version's (a restore); 0: no
  int32_t deleted;   // says: no such ID
  int32_t pruned;    // it was dropped: counts are not known any more
  const switchback_revision_info* commit;
} switchback_version_info;

// Cursors hand out one thing a call, then success and NULL. After an error they stay at their end.
//
// The versions of an ID, newest first, from `from` (0: the newest) down; pruned ones are passed
// over.
typedef struct switchback_versions switchback_versions;
switchback_code switchback_view_history(const switchback_view* view, const char* id, uint64_t from,
                                        switchback_versions** versions, switchback_error** error);
// The versions that one revision made, by ID.
switchback_code switchback_view_changes(const switchback_view* view, uint64_t revision,
                                        switchback_versions** versions, switchback_error** error);
switchback_code switchback_versions_next(switchback_versions* versions,
                                         const switchback_version_info** info,
                                         switchback_error** error);
void switchback_versions_free(switchback_versions* versions);

// The revisions, newest first, from `from` (0: the newest) down.
typedef struct switchback_revisions switchback_revisions;
switchback_code switchback_view_log(const switchback_view* view, uint64_t from,
                                    switchback_revisions** revisions, switchback_error** error);
switchback_code switchback_revisions_next(switchback_revisions* revisions,
                                          const switchback_revision_info** info,
                                          switchback_error** error);
void switchback_revisions_free(switchback_revisions* revisions);

// The IDs that exist at `revision` (0: the view's) and start with `prefix` (NULL: all), in order.
typedef struct switchback_table switchback_table;
typedef struct switchback_table_entry {
  const char* id;
  uint64_t version;
  uint64_t revision;  // that made it
} switchback_table_entry;
switchback_code switchback_view_table(const switchback_view* view, uint64_t revision,
                                      const char* prefix, switchback_table** table,
                                      switchback_error** error);
switchback_code switchback_table_next(switchback_table* table, const switchback_table_entry** entry,
                                      switchback_error** error);
void switchback_table_free(switchback_table* table);

// -- Being told ---------------------------------------------------------------------------------

// Every revision that touches the IDs asked for, in order, none left out, once it survives power
// loss. To follow a table: open a view, read the table, then subscribe after the view's revision.
// In a store that follows, whoever waits makes it catch up, and is told within some 10 ms of what
// another process published; a power loss may take that back, and its token is refused then.
typedef struct switchback_subscription switchback_subscription;
typedef struct switchback_subscribe_options {
  size_t size;
  // Which IDs: those that match (NULL: all), and of these alone the ones named, where `ids` is
  // given.
  const char* glob;
  const char* const* ids;
  size_t id_count;
  // From where on, the first that is given: behind a token, behind a revision (0: from the first
  // on), or behind the newest that there is.
  const char* token;
  int32_t has_after;
  uint64_t after;
} switchback_subscribe_options;
#define SWITCHBACK_SUBSCRIBE_OPTIONS_INIT \
  { sizeof(switchback_subscribe_options), NULL, NULL, 0, NULL, 0, 0 }

typedef struct switchback_event {
  const switchback_revision_info* commit;
  const switchback_id_change* const* changes;  // by ID, of those asked for; at most 1,024
  size_t change_count;
  int32_t last;  // 0: more of this revision comes in the next event
} switchback_event;

// `options` may be NULL. Errors: INVALID_ARGUMENT, no token; CONFLICT, the token is of another
// store or history (a restored backup, lost unsynced commits); NOT_FOUND, `after` is no revision.
switchback_code switchback_subscribe(const switchback_store* store,
                                     const switchback_subscribe_options* options,
                                     switchback_subscription** subscription,
                                     switchback_error** error);
// The next event; waits for one at most so long. Success and NULL: the time is up, or it was
// cancelled. Errors: PRUNED, what a revision changed is not known any more: read the table anew.
// After an error the same revision is tried again.
switchback_code switchback_subscription_next(switchback_subscription* subscription,
                                             uint32_t timeout_ms, const switchback_event** event,
                                             switchback_error** error);
// Keep it: a subscription with it goes on behind the last revision that was handed out whole.
switchback_code switchback_subscription_token(switchback_subscription* subscription,
                                              const char** token, switchback_error** error);
// Ends a `next` that waits, and every later one at once. From any thread.
void switchback_subscription_cancel(switchback_subscription* subscription);
void switchback_subscription_free(switchback_subscription* subscription);

// The newest revision that survives power loss, as far as this process knows. Of a store that was
// opened read-only: the newest that it sees.
uint64_t switchback_durable(const switchback_store* store);
// Waits until that is above `known`, at most so long; *revision is it, above `known` or not.
switchback_code switchback_wait(const switchback_store* store, uint64_t known, uint32_t timeout_ms,
                                uint64_t* revision, switchback_error** error);

// Moves a store that was opened to follow on to the newest revision, whoever made it; reads, and
// views opened from then on, see it. *newer (which may be NULL) is 1 where anything was committed
// or said since; 0 where not, or where a view or a cursor is open, which it never disturbs: who
// always keeps one never moves on. Of any other store: success and 0. Errors: NOT_FOUND, the store
// is not there any more, or another is in its place; DATA_LOSS; IO_ERROR. Cost: some 0.05 ms where
// nothing is newer, else some 0.6 ms; reads wait for it.
switchback_code switchback_catch_up(switchback_store* store, int32_t* newer,
                                    switchback_error** error);

// -- Snapshots: names for revisions -------------------------------------------------------------

typedef struct switchback_snapshot {
  const char* name;
  uint64_t revision;
  int64_t created;
  const char* author;
  const char* message;
} switchback_snapshot;
typedef struct switchback_snapshots {
  const switchback_snapshot* const* snapshots;  // by name
  size_t count;
} switchback_snapshots;
// Errors: ALREADY_EXISTS; NOT_FOUND, the revision; PRUNED; INVALID_ARGUMENT, the name is none or
// another selector. Of the options, `request_id` must not be given.
switchback_code switchback_snapshot_create(switchback_store* store, const char* name,
                                           uint64_t revision,
                                           const switchback_commit_options* options,
                                           switchback_error** error);
switchback_code switchback_snapshot_delete(switchback_store* store, const char* name,
                                           const switchback_commit_options* options,
                                           switchback_error** error);
switchback_code switchback_snapshots_list(const switchback_store* store,
                                          switchback_snapshots** snapshots,
                                          switchback_error** error);
void switchback_snapshots_free(switchback_snapshots* snapshots);

// -- Care ---------------------------------------------------------------------------------------

typedef struct switchback_damage {
  const char* what;         // the row or file, and what is wrong with it
  const char* id;           // "" where none is hit
  uint64_t version;         // the first version hit; 0: none
  const char* consequence;  // what can't be read, what still can
} switchback_damage;
typedef struct switchback_report {
  uint64_t ids;
  uint64_t versions;
  uint64_t revisions;
  uint64_t chunks;
  uint64_t endpoints;     // looked at, over all versions
  uint64_t damage_count;  // 0: the store is sound
  const switchback_damage* const* damage;
  size_t damage_listed;  // the first 1,000
} switchback_report;
// Re-reads everything. Damage is in the report, not an error. Memory is bounded.
switchback_code switchback_verify(const switchback_store* store, switchback_report** report,
                                  switchback_error** error);
void switchback_report_free(switchback_report* report);

#ifdef __cplusplus
}
#endif

#endif  // SWITCHBACK_SWITCHBACK_H_
