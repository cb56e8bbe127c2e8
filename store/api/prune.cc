// Store::Prune.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/pruner.h"
#include "api/store_impl.h"
#include "api/validation.h"
#include "codec/bytes.h"
#include "history/metadata.h"

namespace switchback {
namespace {

Result<void> CheckPolicy(const PrunePolicy& policy) {
  if (!policy.keep_last && !policy.keep_since) {
    return Fail(ErrorCode::kInvalidArgument,
                "a prune must be told what to keep: so many versions, or all since a moment");
  }
  if (policy.keep_last == 0) {
    return Fail(ErrorCode::kInvalidArgument, "a prune keeps at least the newest version of an ID");
  }
  if (policy.keep_since && !IsStorableTime(*policy.keep_since)) {
    return Fail(ErrorCode::kInvalidArgument,
                "the moment since which versions are kept must lie in the years 1970 to 9999");
  }
  return {};
}

// doc/format.md, "Record row".
std::string RecordPayload(const PrunePolicy& policy, const PruneReport& report,
                          const Sha256& segments) {
  std::string payload;
  AppendVarint(policy.keep_last.value_or(0), payload);
  AppendVarint(policy.keep_since ? 1 : 0, payload);
  if (policy.keep_since) EncodeTime(*policy.keep_since, payload);
  AppendLengthPrefixed(policy.glob, payload);
  AppendVarint(report.ids, payload);
  AppendVarint(report.dropped, payload);
  payload.append(segments.begin(), segments.end());
  return payload;
}

Result<std::vector<Revision>> ReadPins(const Store& store) {
  const auto snapshots = store.ListSnapshots();
  if (!snapshots) return std::unexpected(snapshots.error());
  std::vector<Revision> pins;
  for (const SnapshotInfo& snapshot : *snapshots) pins.push_back(snapshot.revision);
  std::ranges::sort(pins);
  const auto twice = std::ranges::unique(pins);
  pins.erase(twice.begin(), twice.end());
  return pins;
}

}  // namespace

Result<PruneReport> StoreImpl::Prune(const PrunePolicy& policy, const CommitOptions& options,
                                     const Progress& progress,
                                     const std::function<void(const PrunedId&)>& tell) {
  if (Result<void> checked = CheckPolicy(policy); !checked) return std::unexpected(checked.error());
  if (!options.dry_run) {
    if (Result<void> writable = CheckWritable(); !writable) {
      return std::unexpected(writable.error());
    }
    if (Result<void> good = committer_.RecoverIfFailed(); !good) {
      return std::unexpected(good.error());
    }
  }
  const std::lock_guard pruning(pruning_);
  std::unique_lock snapshots(snapshots_);
  const Result<std::vector<Revision>> pins = ReadPins(*this);
  if (!pins) return std::unexpected(pins.error());
  const Result<std::unique_ptr<ViewImpl>> view = OpenView();
  if (!view) return std::unexpected(view.error());
  Pruner pruner(*engine_, chunks_, committer_, origins_, cache_, progress);
  Result<PruneReport> report = pruner.Plan(**view, policy, *pins, tell);
  if (!report || options.dry_run) return report;
  if (report->dropped > 0) {
    CommitOptions said = options;
    said.operation = Operation::kPrune;
    const Result<PruneJournal> journal = pruner.WriteJournal();
    if (!journal) return std::unexpected(journal.error());
    const std::string payload = RecordPayload(policy, *report, journal->hash);
    if (auto written = committer_.Say(said, payload, journal->put_in_force); !written) {
      return std::unexpected(written.error());
    }
    if (Result<void> dropped = pruner.Drop(); !dropped) return std::unexpected(dropped.error());
  }
  snapshots.unlock();
  // Also what an earlier prune, or a commit that came to nothing, has left.
  const Result<uint64_t> freed = pruner.FreeChunks();
  if (!freed) return std::unexpected(freed.error());
  report->chunks = *freed;
  if (Result<void> synced = committer_.Sync(); !synced) return std::unexpected(synced.error());
  return report;
}

}  // namespace switchback
