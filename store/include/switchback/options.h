// How a store is made, opened and written to. Every member has an initialiser, so that naming only
// some of them ({.author = "ann"}) compiles without a warning.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "switchback/types.h"

namespace switchback {

struct ChangedId;  // change.h
struct ListDiff;   // endpoint_list.h

// Who and what a commit really came from, as far as the process itself can tell; the author beside
// it is only a claim. Interned in the store.
struct Origin {
  std::string user = {};
  std::string host = {};
  std::string program = {};
  std::string program_version = {};
  auto operator<=>(const Origin&) const = default;
};

struct OpenOptions {
  // Where set, the store's environment must be this one, else kWrongEnvironment.
  std::optional<std::string> environment = {};
  // Takes no lock, writes nothing, and sees the store as of the moment it was opened, whoever else
  // has it open. Commits fail except as a dry run.
  bool read_only = false;
  // With read_only: Store::CatchUp moves it on to what was committed since, by a process that has
  // the store open for writing or by several in turn. It may then see commits that were not synced
  // yet, which a power loss can still take back. Keeps deleted files' space until it catches up.
  bool follow = false;
  Origin origin = {};  // of every commit through this handle
  Clock clock = SystemClock();
  // Decoded lists of any version, for views and for preparing commits, in bytes of heap; 0: none.
  size_t list_cache_bytes = size_t{64} << 20;
  // Current lists as Store::Read hands them out, in bytes of heap, beside `list_cache_bytes`; 0:
  // none. A hit reads no row, and is never older than a commit that returned.
  size_t head_cache_bytes = size_t{32} << 20;
  // A change of more IDs than this (0 counts as 1), or of more than 4 MiB of rows, is prepared and
  // written in slices while other commits wait; it is as atomic, and costs about a third more.
  size_t max_ids_at_once = 10'000;
  // Blocks kept by the engine, in bytes of heap.
  size_t block_cache_bytes = size_t{64} << 20;
};

struct CreateOptions {
  std::string environment = {};  // 1..64 bytes of [A-Za-z0-9._-]
  OpenOptions open = {};         // `environment`, `read_only` and `follow` are ignored
};

enum class Durability : uint8_t {
  kSynced,    // survives power loss once Commit has returned
  kBuffered,  // survives a crash of this process; power loss may drop the newest ones, in order
};

// What a revision was made by. The numbers are on disk: never change one, only add.
enum class Operation : uint8_t {
  kSet = 1,
  kEdit = 2,
  kApply = 3,
  kDelete = 4,
  kRestore = 5,
  kRestoreAll = 6,
  kRevert = 7,
  kImport = 8,
  kApplyTable = 9,
  kBackOut = 10,    // an unconfirmed or failed change taken back
  kPromote = 11,    // a staged candidate made live
  kApplyPlan = 12,  // an approved plan
  // Records between commits (sub 1, 2, ... of the revision before them).
  kSnapshotCreate = 32,
  kSnapshotDelete = 33,
  kPrune = 34,
  kRefusal = 35,
  kPolicy = 36,
  kPlan = 37,
  kApproval = 38,
  kFreeze = 39,
  kUnfreeze = 40,
  kConfirm = 41,
  kStage = 42,
  kStageAbort = 43,
  kBackupCreate = 44,
};
std::string_view OperationName(Operation operation);  // "set", "restore-all", ...

// A place that a reader of a stream keeps in the store, written in the same atomic step as the
// commit it belongs to, so that the stream can be taken up again without loss or repeat.
struct Bookmark {
  std::string name = {};   // 1..256 bytes
  std::string value = {};  // at most 4 KiB
};

struct CommitOptions {
  Operation operation = Operation::kSet;
  std::string author = {};
  std::string message = {};
  std::string ticket = {};
  std::string source = {};
  // A repeat of a request that landed, or that found nothing to do, returns the first result,
  // marked `replayed`, whatever landed since; the same ID with another content is kConflict. Empty:
  // none.
  std::string request_id = {};
  std::optional<Revision> expect_head = {};  // else kConflict
  Durability durability = Durability::kSynced;
  // Checks all but `time`, and says what would change; writes nothing, takes no lock.
  bool dry_run = false;
  // In a dry run, called for each ID that would change, with its diff, in order of IDs; from the
  // calling thread. IDs may come before an error that ends it.
  std::function<void(const ChangedId&, const ListDiff&)> on_planned = {};
  // The commit's own time: only with kImport, in a store whose first commit came with one, and at
  // most 5 minutes ahead of the clock; else kInvalidArgument.
  std::optional<Timestamp> time = {};
  // A time known from elsewhere, kept beside the commit's own.
  std::optional<Timestamp> original_time = {};
  std::optional<Bookmark> bookmark = {};
  // In place of OpenOptions::origin, where this commit is made for somebody else: by a service.
  std::optional<Origin> origin = {};
};

}  // namespace switchback
