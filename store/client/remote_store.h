// A store in another process, by way of its service.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "client/cached_reads.h"
#include "client/durable_mark.h"
#include "client/line_stream.h"
#include "client/list_cache.h"
#include "client/remote_subscription.h"
#include "client/service_calls.h"
#include "switchback/store.h"

namespace switchback::client {

class RemoteStore final : public Store {
 public:
  // Of what the service has said of itself.
  RemoteStore(std::unique_ptr<ServiceCalls> calls, const StoreState& state, Clock clock);

  // Reads go on from what `keeper` has while the service is away. `away`: it is now, and `state` is
  // what `keeper` knows of its store; null: it is not. REQUIRES: called once, before any other.
  void KeepLists(std::unique_ptr<CacheKeeper> keeper, std::chrono::milliseconds patience,
                 const Error* away);
  // Null: without a cache file.
  [[nodiscard]] CachedReads* cached_reads() const { return cached_reads_.get(); }
  [[nodiscard]] Result<DatedList> ReadDated(const BusinessId& id) const;

  [[nodiscard]] const StoreIdentity& identity() const override { return identity_; }
  [[nodiscard]] Result<std::unique_ptr<View>> NewView() const override;
  [[nodiscard]] Result<std::unique_ptr<View>> NewViewAt(Revision revision) const override;
  [[nodiscard]] Result<ListHandle> Read(const BusinessId& id) const override;
  [[nodiscard]] Result<ListHandle> ReadIfNewer(const BusinessId& id, Version known) const override;
  [[nodiscard]] Revision durable() const override;
  [[nodiscard]] Result<Revision> Wait(Revision known,
                                      std::chrono::milliseconds timeout) const override;
  [[nodiscard]] Result<ListHandle> WaitForNewer(const BusinessId& id, Version known,
                                                std::chrono::milliseconds timeout) const override;
  [[nodiscard]] Result<std::unique_ptr<Subscription>> Subscribe(
      const SubscribeOptions& options) const override;
  // The service sees everything at once.
  [[nodiscard]] Result<bool> CatchUp() override { return false; }

  // -- Writing (remote_writes.cc)
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

  // -- Care (remote_writes.cc)
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
  // Remembers what is durable. Errors: as ServiceCalls::Send; as CachedReads::CheckIdentity.
  [[nodiscard]] Result<StoreState> AskState() const;
  // From the service; null: nothing is newer than `known`.
  [[nodiscard]] Result<ListHandle> AskList(const BusinessId& id,
                                           std::optional<Version> known) const;
  // The same, kept where lists are; never from the cache file.
  [[nodiscard]] Result<ListHandle> AskNewer(const BusinessId& id, Version known) const;
  [[nodiscard]] Result<std::unique_ptr<WatchStream>> OpenWatch(SubscribeOptions options) const;
  // As AskNewer, of what is known to be durable; null: nothing yet, be it that there is no such
  // ID.
  [[nodiscard]] Result<ListHandle> ReadDurable(const BusinessId& id, Version known) const;

  [[nodiscard]] Result<wire::Json> SendWrite(std::string_view path, std::string body,
                                             const CommitOptions& options);
  [[nodiscard]] Result<CommitResult> SendCommit(std::string_view path, std::string body,
                                                const CommitOptions& options);

  const std::unique_ptr<ServiceCalls> calls_;
  const std::unique_ptr<DurableMark> durable_ = std::make_unique<DurableMark>();
  const std::unique_ptr<ListCache> cache_ = std::make_unique<ListCache>();
  const StoreIdentity identity_;
  const Clock clock_;
  std::unique_ptr<CachedReads> cached_reads_;
};

}  // namespace switchback::client
