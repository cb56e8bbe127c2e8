// Committing: what can be prepared outside the queue is; at its front it is checked that this still
// holds, numbered, stamped and written, together with those that wait behind it.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "api/change_source.h"
#include "api/commit_batch.h"
#include "api/commit_queue.h"
#include "api/prepared_change.h"
#include "api/revision_signal.h"
#include "engine/engine.h"
#include "history/head_cache.h"
#include "history/list_cache.h"
#include "history/origins.h"
#include "history/store_row.h"
#include "switchback/activity.h"
#include "switchback/change.h"
#include "switchback/options.h"
#include "types/duration_counter.h"

namespace switchback {

// Safe from any number of threads.
class Committer {
 public:
  // All borrowed. `state` is the store's row as read at opening.
  Committer(Engine& engine, ChunkStore& chunks, Origins& origins, ListCache& cache,
            HeadCache& heads, RevisionSignal& durable, const OpenOptions& options, StoreRow state);

  [[nodiscard]] Result<CommitResult> Commit(ChangeSource& source, const CommitOptions& options);
  // Writes a record that is no commit, with the rows of `extra`. One without such rows is written
  // together with the commits that wait beside it. Errors: as Commit.
  [[nodiscard]] Result<void> Say(const CommitOptions& options, std::string_view payload,
                                 const WriteBatch& extra);
  [[nodiscard]] Result<void> Sync();
  // The times of commits and writes; of the rest nothing.
  [[nodiscard]] StoreActivity Activity() const;
  // Rows of the past that are rewritten: `fill` adds them, and what they change in the store's row,
  // to one atomic write. Nothing is committed meanwhile, and what was prepared before is prepared
  // again. `fill` may add no row; nothing is written then. Errors: those of `fill`; as
  // Engine::Write.
  [[nodiscard]] Result<void> Rewrite(
      const std::function<Result<void>(StoreRow& state, WriteBatch& batch)>& fill);
  // Where an earlier write failed, the engine is opened anew now and not by the next write: for
  // work that goes to the engine past the queue. Errors: as Engine::Recover.
  [[nodiscard]] Result<void> RecoverIfFailed();
  // Nothing is committed while `work` runs.
  [[nodiscard]] Result<void> WithQueueHeld(const std::function<Result<void>()>& work);
  // As Sync. REQUIRES: the caller is work of WithQueueHeld.
  [[nodiscard]] Result<void> SyncAlone();
  // Nothing stands in the way of a write any more: neither a failed one nor an unpublished
  // revision. Errors: as Engine::Recover and Engine::Write. REQUIRES: as SyncAlone, or it is at the
  // queue's front itself.
  [[nodiscard]] Result<void> MakeReady();

  // The store has moved on to `state` by another's commits. REQUIRES: it is opened read-only; one
  // thread at a time.
  void Follow(const StoreRow& state);

  [[nodiscard]] Revision published() const {
    return Revision{published_.load(std::memory_order_acquire)};
  }
  // How often the engine was opened anew, those times counted that failed or are under way. A file
  // that an older one had may be missing only once this has changed.
  [[nodiscard]] uint64_t recoveries() const { return recoveries_; }

 private:
  using ViewPtr = std::shared_ptr<const ViewImpl>;
  struct Waiting;      // a commit in the queue
  struct WaitingSaid;  // a record that is no commit, in the queue
  struct WaitingWork;  // other work in the queue
  class Group;         // commits that are written together

  [[nodiscard]] Result<ViewPtr> NewView() const;
  [[nodiscard]] Result<CommitResult> DryRun(ChangeSource& source, const CommitOptions& options);
  [[nodiscard]] Result<std::optional<CommitResult>> Replay(const CommitOptions& options,
                                                           const Digest& content) const;
  // Waits for its turn at the queue's front, and runs there alone.
  [[nodiscard]] Result<void> RunAlone(const std::function<Result<void>()>& work);

  // -- At the queue's front (commit_in_queue.cc, sliced_commit.cc): one thread at a time
  [[nodiscard]] size_t Handle(std::span<CommitQueue::Entry* const> entries);
  void HandleAlone(CommitQueue::Entry& entry);
  [[nodiscard]] Result<void> CheckExpectedHead(const CommitOptions& options) const;
  // After a failed write: the engine anew, and all that is known here as it has it (recovery.cc).
  // Errors: as Engine::Recover; readers then have what they had.
  [[nodiscard]] Result<void> Recover();
  // The long way: whatever must be cleared, looked up or prepared again comes first.
  [[nodiscard]] Result<CommitResult> CommitAlone(Waiting& waiting);
  [[nodiscard]] Result<CommitResult> WriteAtOnce(Waiting& waiting);
  [[nodiscard]] Result<CommitResult> WriteInSlices(Waiting& waiting);
  [[nodiscard]] Result<void> SayAlone(const CommitOptions& options, std::string_view payload,
                                      const WriteBatch& extra);
  [[nodiscard]] Result<bool> StillHolds(const PreparedChange& prepared, bool depends_on_view) const;
  [[nodiscard]] Result<RevisionDraft> Draft(const CommitOptions& options,
                                            const StoreRow& state) const;
  static void AppendCommit(const Waiting& waiting, RevisionDraft& draft, WriteBatch& batch);
  // One write that makes `state` the store's. `new_origin`: interned with it, or null.
  // REQUIRES: the IDs that it gives new heads are out of the head cache, and stay so until it is
  // done (HeadCache::Writing).
  // Errors: as Engine::Write; state and published revision then stay.
  [[nodiscard]] Result<void> Publish(const StoreRow& state, const Origin* new_origin,
                                     const WriteBatch& batch, bool sync);
  void KeepInCache(PreparedChange& prepared);
  [[nodiscard]] Result<void> KeepNoChange(const Waiting& waiting);

  Engine& engine_;
  ChunkStore& chunks_;
  Origins& origins_;
  ListCache& cache_;
  HeadCache& heads_;
  RevisionSignal& durable_;  // the newest revision that survives power loss
  const OpenOptions& options_;
  const AtOnce at_once_;
  CommitQueue queue_;
  StoreRow state_;  // of the thread at the queue's front
  std::atomic<uint64_t> published_;
  std::atomic<uint64_t> rewrites_ = 0;  // so many are written; counted in the queue
  std::atomic<uint64_t> recoveries_ = 0;
  DurationCounter commit_times_;
  DurationCounter write_times_;
  DurationCounter synced_write_times_;
};

// Forgets a revision whose rows were written in part (unpublished.cc): its version rows go, the
// heads that it overwrote are rebuilt from the rows before. Can be repeated after a crash at any
// point.
[[nodiscard]] Result<void> ForgetUnpublished(Engine& engine, const Origins& origins,
                                             StoreRow& state);

}  // namespace switchback
