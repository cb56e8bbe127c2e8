// The commit queue: one revision at a time, in order. What can be prepared outside it is; inside it
// is checked that this still holds, numbered, stamped and written.
#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>

#include "api/change_source.h"
#include "api/commit_batch.h"
#include "api/prepared_change.h"
#include "engine/engine.h"
#include "history/list_cache.h"
#include "history/origins.h"
#include "history/store_row.h"
#include "switchback/change.h"
#include "switchback/options.h"

namespace switchback {

// A revision of up to so many IDs is one atomic write: at most 4 KiB of head and 4 KiB of version
// row an ID, about 4 MiB in all, which is what replays within the open target. A larger one goes in
// slices.
inline constexpr size_t kMaxIdsAtOnce = 512;
inline constexpr size_t kSliceBytes = size_t{4} << 20;

// Safe from any number of threads.
class Committer {
 public:
  // All borrowed. `state` is the store's row as read at opening.
  Committer(Engine& engine, Origins& origins, ListCache& cache, const OpenOptions& options,
            StoreRow state);

  [[nodiscard]] Result<CommitResult> Commit(ChangeSource& source, const CommitOptions& options);
  // Writes a record that is no commit, with the rows of `extra`. Errors: as Commit.
  [[nodiscard]] Result<void> Say(const CommitOptions& options, std::string_view payload,
                                 const WriteBatch& extra);
  // Clears what a writer that died in the middle of a large revision has left.
  [[nodiscard]] Result<void> Recover();
  [[nodiscard]] Result<void> Sync();
  // Nothing is committed while `work` runs.
  [[nodiscard]] Result<void> WithQueueHeld(const std::function<Result<void>()>& work);

  [[nodiscard]] Revision published() const {
    return Revision{published_.load(std::memory_order_acquire)};
  }

 private:
  using ViewPtr = std::shared_ptr<const ViewImpl>;

  [[nodiscard]] Result<ViewPtr> NewView() const;
  [[nodiscard]] Result<CommitResult> DryRun(ChangeSource& source, const CommitOptions& options);
  [[nodiscard]] Result<std::optional<CommitResult>> Replay(const CommitOptions& options,
                                                           const Digest& content) const;

  // -- With the queue held --------------------------------------------------------------------
  [[nodiscard]] Result<CommitResult> CommitInQueue(PreparedChange prepared, ChangeSource& source,
                                                   const CommitOptions& options,
                                                   const std::optional<Digest>& content);
  [[nodiscard]] Result<CommitResult> WriteAtOnce(PreparedChange prepared,
                                                 const CommitOptions& options,
                                                 const std::optional<Digest>& content);
  [[nodiscard]] Result<CommitResult> WriteInSlices(ChangeSource& source,
                                                   const CommitOptions& options,
                                                   const std::optional<Digest>& content);
  [[nodiscard]] Result<bool> StillHolds(const PreparedChange& prepared, bool depends_on_view);
  [[nodiscard]] Result<RevisionDraft> Draft(const CommitOptions& options);
  [[nodiscard]] Result<void> CheckHead(const CommitOptions& options) const;
  [[nodiscard]] Result<void> Publish(const RevisionDraft& draft, const WriteBatch& batch,
                                     bool sync);
  [[nodiscard]] Result<void> KeepBookmarkOnly(const CommitOptions& options);

  Engine& engine_;
  Origins& origins_;
  ListCache& cache_;
  const OpenOptions& options_;
  std::mutex queue_;
  StoreRow state_;                // guarded by queue_
  bool outcome_unknown_ = false;  // guarded by queue_: a sync failed; only reopening tells
  std::atomic<uint64_t> published_;
};

// Forgets a revision whose rows were written in part (unpublished.cc): its version rows go, the
// heads that it overwrote are rebuilt from the rows before. Can be repeated after a crash at any
// point.
[[nodiscard]] Result<void> ForgetUnpublished(Engine& engine, const Origins& origins,
                                             StoreRow& state);

}  // namespace switchback
