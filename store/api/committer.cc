#include "api/committer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/request_hash.h"
#include "api/validation.h"
#include "api/waiting_commit.h"
#include "history/cursors.h"
#include "history/row_keys.h"

namespace switchback {

Committer::Committer(Engine& engine, ChunkStore& chunks, Origins& origins, ListCache& cache,
                     HeadCache& heads, RevisionSignal& durable, const OpenOptions& options,
                     StoreRow state)
    : engine_(engine),
      chunks_(chunks),
      origins_(origins),
      cache_(cache),
      heads_(heads),
      durable_(durable),
      options_(options),
      at_once_{std::max<size_t>(options.max_ids_at_once, 1), kMaxBytesAtOnce},
      state_(std::move(state)),
      published_(state_.published.value) {}

Result<Committer::ViewPtr> Committer::NewView() const {
  Result<std::unique_ptr<ViewImpl>> view = ViewImpl::OpenForCommit(engine_, origins_, cache_);
  if (!view) return std::unexpected(view.error());
  return ViewPtr(std::move(*view));
}

Result<CommitResult> Committer::DryRun(ChangeSource& source, const CommitOptions& options) {
  const Result<ViewPtr> view = NewView();
  if (!view) return std::unexpected(view.error());
  if (options.expect_head && *options.expect_head != (*view)->revision()) {
    return Fail(ErrorCode::kConflict,
                fmt::format("expected the store's head to be r{}, found r{}",
                            options.expect_head->value, (*view)->revision().value));
  }
  return PreviewChange(**view, source, cache_, options, options_.clock.now());
}

// The result of the commit that a request ID made, read back from its rows.
Result<std::optional<CommitResult>> Committer::Replay(const CommitOptions& options,
                                                      const Digest& content) const {
  std::string value;
  const Result<bool> found = engine_.Get(Space::kState, RequestKey(options.request_id), value);
  if (!found) return std::unexpected(found.error());
  if (!*found) return std::nullopt;
  const Result<RequestRow> row = DecodeRequestRow(value);
  if (!row) return std::unexpected(row.error());
  if (row->content != content) {
    return Fail(
        ErrorCode::kConflict,
        fmt::format("request ID '{}' was used for another change, {}: use a new one for this",
                    options.request_id,
                    row->revision.value == 0 ? "which found nothing to do"
                                             : fmt::format("r{}", row->revision.value)));
  }
  // The first result's caller may not have asked for it to last.
  if (options.durability == Durability::kSynced && !options.dry_run && !options_.read_only) {
    if (Result<void> synced = engine_.Sync(); !synced) return std::unexpected(synced.error());
  }
  CommitResult result;
  result.replayed = true;
  result.time = options_.clock.now();
  if (row->revision.value == 0) return result;
  const Result<ViewPtr> view = NewView();
  if (!view) return std::unexpected(view.error());
  const auto changes = (*view)->Changes(row->revision);
  if (!changes) return std::unexpected(changes.error());
  result.revision = row->revision;
  while (true) {
    Result<std::optional<VersionInfo>> next = (*changes)->Next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    const VersionInfo& info = **next;
    result.time = info.commit.time;
    result.changes.push_back({.id = info.id,
                              .version = info.version,
                              .from = info.version.Previous(),
                              .deleted = info.deleted,
                              .count_before = info.count + info.removed - info.added,
                              .count = info.count,
                              .added = info.added,
                              .removed = info.removed,
                              .changed = info.changed});
  }
  return result;
}

Result<CommitResult> Committer::Commit(ChangeSource& source, const CommitOptions& options) {
  if (Result<void> checked = CheckCommitOptions(options); !checked) {
    return std::unexpected(checked.error());
  }
  if (options_.read_only && !options.dry_run) {
    return Fail(ErrorCode::kInvalidArgument,
                "the store was opened read-only: only a dry run can be committed");
  }
  Waiting waiting(source, options);
  if (!options.request_id.empty()) {
    const Result<Digest> asked = source.RequestHash();
    if (!asked) return std::unexpected(asked.error());
    waiting.content = HashOfRequest(*asked, options);
    // What became of a write that failed is known only in the queue, once the engine is open anew.
    if (!engine_.write_failed()) {
      Result<std::optional<CommitResult>> replayed = Replay(options, *waiting.content);
      if (!replayed) return std::unexpected(replayed.error());
      if (*replayed) return std::move(**replayed);
    }
  }
  if (options.dry_run) return DryRun(source, options);
  const Timing timing(commit_times_);
  const uint64_t rewrites = rewrites_;  // before the view
  const Result<ViewPtr> view = NewView();
  if (!view) return std::unexpected(view.error());
  Result<PreparedChange> prepared = PreparedChange();
  // What is known to be too large for one write is prepared once: slice by slice, in the queue.
  if (source.known_size() <= at_once_.max_ids) {
    prepared = PrepareChange(*view, source, cache_, chunks_, at_once_);
  }
  if (prepared) {
    waiting.prepared = std::move(*prepared);
    waiting.prepared.rewrites = rewrites;
  } else {
    // A conflict or an unknown ID counts as of the queue: what is being committed now may settle
    // it.
    waiting.failure = std::move(prepared.error());
    waiting.failed_at = (*view)->revision();
    waiting.failed_rewrites = rewrites;
  }
  queue_.Run(waiting,
             [this](std::span<CommitQueue::Entry* const> entries) { return Handle(entries); });
  return std::move(waiting.result);
}

Result<void> Committer::RunAlone(const std::function<Result<void>()>& work) {
  WaitingWork waiting(work);
  queue_.Run(waiting,
             [this](std::span<CommitQueue::Entry* const> entries) { return Handle(entries); });
  return std::move(waiting.result);
}

Result<void> Committer::Say(const CommitOptions& options, std::string_view payload,
                            const WriteBatch& extra) {
  if (Result<void> checked = CheckCommitOptions(options); !checked) return checked;
  if (!options.request_id.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "a request ID goes with a commit, not with this");
  }
  if (!extra.empty()) return RunAlone([&] { return SayAlone(options, payload, extra); });
  WaitingSaid waiting(options, payload);
  queue_.Run(waiting,
             [this](std::span<CommitQueue::Entry* const> entries) { return Handle(entries); });
  return std::move(waiting.result);
}

Result<void> Committer::SayAlone(const CommitOptions& options, std::string_view payload,
                                 const WriteBatch& extra) {
  if (Result<void> ready = MakeReady(); !ready) return ready;
  if (Result<void> checked = CheckExpectedHead(options); !checked) return checked;
  Result<RevisionDraft> draft = Draft(options, state_);
  if (!draft) return std::unexpected(draft.error());
  WriteBatch batch = extra;
  AppendSaid(options, payload, *draft, batch);
  const bool sync = options.durability == Durability::kSynced;
  return Publish(draft->state, NewOriginOf(*draft), batch, sync);
}

StoreActivity Committer::Activity() const {
  StoreActivity activity;
  activity.commits = commit_times_.Read();
  activity.writes = write_times_.Read();
  activity.synced_writes = synced_write_times_.Read();
  return activity;
}

Result<void> Committer::Sync() {
  return WithQueueHeld([this] { return SyncAlone(); });
}

Result<void> Committer::RecoverIfFailed() {
  return engine_.write_failed() ? Sync() : Result<void>();
}

Result<void> Committer::SyncAlone() {
  if (engine_.write_failed()) {
    if (Result<void> recovered = Recover(); !recovered) return recovered;
  }
  const Timing timing(synced_write_times_);
  Result<void> synced = engine_.Sync();
  if (synced) durable_.Advance(state_.published);
  return synced;
}

Result<void> Committer::Rewrite(
    const std::function<Result<void>(StoreRow& state, WriteBatch& batch)>& fill) {
  return RunAlone([&]() -> Result<void> {
    if (Result<void> ready = MakeReady(); !ready) return ready;
    // Only once it is written: who reads the new count must also see the new rows.
    const struct Counted {
      std::atomic<uint64_t>& rewrites;
      ~Counted() { ++rewrites; }
    } counted{rewrites_};
    StoreRow state = state_;
    WriteBatch batch;
    if (Result<void> filled = fill(state, batch); !filled) return filled;
    if (batch.empty()) return {};
    std::string bytes;
    EncodeStoreRow(state, bytes);
    batch.Put(Space::kState, StoreRowKey(), std::move(bytes));
    return Publish(state, /*new_origin=*/nullptr, batch, /*sync=*/false);
  });
}

void Committer::Follow(const StoreRow& state) {
  state_ = state;
  published_.store(state_.published.value, std::memory_order_release);
}

Result<void> Committer::WithQueueHeld(const std::function<Result<void>()>& work) {
  return RunAlone(work);
}

}  // namespace switchback
