// The Store behind the public header: an engine, the committer in front of it, and views over it.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/committer.h"
#include "api/revision_signal.h"
#include "api/subscription.h"
#include "api/view_impl.h"
#include "engine/backup_folder.h"
#include "engine/engine.h"
#include "history/chunk_store.h"
#include "history/head_cache.h"
#include "history/list_cache.h"
#include "history/origins.h"
#include "history/store_row.h"
#include "switchback/store.h"

namespace switchback {

class StoreImpl final : public Store {
 public:
  // Over an engine that holds a store. Errors: kWrongEnvironment, kDataLoss, kInvalidArgument
  // (format).
  static Result<std::unique_ptr<Store>> Open(std::unique_ptr<Engine> engine,
                                             const OpenOptions& options);
  // Makes an empty engine a store, and opens it.
  static Result<std::unique_ptr<Store>> Create(std::unique_ptr<Engine> engine,
                                               const CreateOptions& options);
  StoreImpl(std::unique_ptr<Engine> engine, OpenOptions options, const StoreRow& state);

  [[nodiscard]] const StoreIdentity& identity() const override { return identity_; }
  [[nodiscard]] Result<std::unique_ptr<View>> NewView() const override;
  [[nodiscard]] Result<std::unique_ptr<View>> NewViewAt(Revision revision) const override;
  [[nodiscard]] Result<ListHandle> Read(const BusinessId& id) const override;
  [[nodiscard]] Result<ListHandle> ReadIfNewer(const BusinessId& id, Version known) const override;
  [[nodiscard]] Revision durable() const override { return durable_.revision(); }
  [[nodiscard]] Result<Revision> Wait(Revision known,
                                      std::chrono::milliseconds timeout) const override;
  [[nodiscard]] Result<ListHandle> WaitForNewer(const BusinessId& id, Version known,
                                                std::chrono::milliseconds timeout) const override;
  [[nodiscard]] Result<std::unique_ptr<Subscription>> Subscribe(
      const SubscribeOptions& options) const override;
  [[nodiscard]] Result<bool> CatchUp() override;
  [[nodiscard]] Result<CommitResult> Commit(const Change& change,
                                            const CommitOptions& options) override;
  [[nodiscard]] Result<CommitResult> Commit(ChangeReader& changes,
                                            const CommitOptions& options) override;
  [[nodiscard]] Result<CommitResult> Restore(const std::vector<RestoreTarget>& targets,
                                             const CommitOptions& options) override;
  [[nodiscard]] Result<CommitResult> RestoreTable(Revision revision, std::string_view glob,
                                                  const CommitOptions& options) override;
  [[nodiscard]] Result<RevertResult> Revert(const RevisionChoice& choice, bool skip_conflicts,
                                            const CommitOptions& options) override;
  [[nodiscard]] Result<CommitResult> ApplyTable(ChangeReader& lists,
                                                const std::vector<std::string>& globs,
                                                const CommitOptions& options) override;
  [[nodiscard]] Result<void> Sync() override;
  [[nodiscard]] Result<std::optional<std::string>> ReadBookmark(
      std::string_view name) const override;
  [[nodiscard]] Result<SnapshotInfo> CreateSnapshot(std::string_view name, Revision revision,
                                                    const CommitOptions& options) override;
  [[nodiscard]] Result<void> DeleteSnapshot(std::string_view name,
                                            const CommitOptions& options) override;
  [[nodiscard]] Result<std::vector<SnapshotInfo>> ListSnapshots() const override;
  [[nodiscard]] Result<void> RecordRefusal(const Refusal& refusal) override;
  [[nodiscard]] Result<PruneReport> Prune(
      const PrunePolicy& policy, const CommitOptions& options, const Progress& progress,
      const std::function<void(const PrunedId&)>& tell) override;
  [[nodiscard]] Result<VerifyReport> Verify(const Progress& progress) const override;
  [[nodiscard]] Result<VerifyReport> Probe() const override;
  [[nodiscard]] Result<StoreStats> Stats() const override;
  [[nodiscard]] Result<StoreActivity> Activity() const override;
  [[nodiscard]] Result<void> Compact() override;
  [[nodiscard]] Result<BackupInfo> CreateBackup(const std::string& folder,
                                                const CommitOptions& options,
                                                const Progress& progress) override;
  [[nodiscard]] Result<void> DropCheckpoints(bool remake) override;

 private:
  // What subscriptions see of the store.
  class FeedSource final : public SubscriptionImpl::Source {
   public:
    explicit FeedSource(StoreImpl& store) : store_(store) {}
    [[nodiscard]] Result<std::unique_ptr<ViewImpl>> OpenView() const override;
    [[nodiscard]] Revision durable() const override { return store_.durable(); }
    [[nodiscard]] Result<void> WaitAbove(Revision known,
                                         std::chrono::steady_clock::time_point deadline,
                                         const std::function<bool()>& stop) const override;
    void WakeAll() const override { store_.durable_.Wake(); }
    [[nodiscard]] Result<std::string> TokenAt(Revision revision) const override;

   private:
    StoreImpl& store_;
    mutable std::mutex polling_;  // of all who wait in a store that follows, one looks for the rest
  };

  [[nodiscard]] Result<std::unique_ptr<ViewImpl>> OpenView() const;
  [[nodiscard]] Result<ListHandle> ReadAbove(const BusinessId& id, Version known) const;
  [[nodiscard]] Result<ListHandle> ReadThroughView(const BusinessId& id, Version known) const;
  [[nodiscard]] Result<void> CheckWritable() const;
  [[nodiscard]] Result<void> CheckWhole(std::string_view name, Revision revision) const;
  // Makes a backup of the newest revision, which the journal does not know of yet; again where the
  // engine was opened anew meanwhile.
  [[nodiscard]] Result<StoredBackup> CopyUndisturbed(const std::string& place,
                                                     const CommitOptions& options,
                                                     const Progress& progress);
  // One attempt.
  [[nodiscard]] Result<StoredBackup> CopyState(const std::string& place,
                                               const CommitOptions& options,
                                               const Progress& progress);
  // Returns once the backup's state is fixed (create_backup.cc).
  [[nodiscard]] Result<void> StartBackup(EngineBackup& backup, const CommitOptions& options);
  // Takes up a newer state of the engine, before anyone else sees it (follow.cc).
  [[nodiscard]] Result<void> MoveOn(const EngineView& view);

  const OpenOptions options_;
  const StoreIdentity identity_;
  std::unique_ptr<Engine> engine_;
  ChunkStore chunks_;
  mutable Origins origins_;
  mutable ListCache cache_;
  mutable HeadCache heads_;
  std::mutex snapshots_;  // one creation or deletion of a name at a time
  // One prune at a time, and no dropping of checkpoints beside it; taken before snapshots_.
  std::mutex pruning_;
  // A store that is read only has what it sees.
  mutable RevisionSignal durable_;
  const FeedSource feed_source_{*this};
  Committer committer_;
  StoreRow followed_;  // the newest state taken up; of the thread that catches up
};

// The rows and bytes of a store, by kind (stats.cc). Cost: one pass over everything.
[[nodiscard]] Result<StoreStats> CountRows(const ViewImpl& view);
// Drops every checkpoint row, and with `remake` writes those due again (checkpoints.cc).
// REQUIRES: nothing is committed meanwhile.
[[nodiscard]] Result<void> RewriteCheckpoints(Engine& engine, ChunkStore& chunks,
                                              const ViewImpl& view, bool remake);

}  // namespace switchback
