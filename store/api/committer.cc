#include "api/committer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "api/request_hash.h"
#include "api/validation.h"
#include "history/cursors.h"
#include "history/row_keys.h"

namespace switchback {
namespace {

constexpr int64_t kMaxAheadMicros = int64_t{5} * 60 * 1'000'000;

CommitResult ResultOf(const PreparedChange& prepared, Timestamp time) {
  CommitResult result;
  result.time = time;
  result.changes.reserve(prepared.ids.size());
  for (const PreparedId& one : prepared.ids) result.changes.push_back(one.changed);
  for (const PreparedId& one : prepared.unchanged) {
    result.unchanged.push_back({one.changed.id, one.base});
  }
  return result;
}

}  // namespace

Committer::Committer(Engine& engine, Origins& origins, ListCache& cache, const OpenOptions& options,
                     StoreRow state)
    : engine_(engine),
      origins_(origins),
      cache_(cache),
      options_(options),
      state_(std::move(state)),
      published_(state_.published.value) {}

Result<Committer::ViewPtr> Committer::NewView() const {
  Result<std::unique_ptr<ViewImpl>> view = ViewImpl::Open(engine_, origins_, cache_);
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
  const Result<PreparedChange> prepared =
      PrepareChange(*view, source, cache_, nullptr, std::numeric_limits<size_t>::max());
  if (!prepared) return std::unexpected(prepared.error());
  return ResultOf(*prepared, options_.clock.now());
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
        fmt::format("request ID '{}' was used for another change, r{}: use a new one for this",
                    options.request_id, row->revision.value));
  }
  const Result<ViewPtr> view = NewView();
  if (!view) return std::unexpected(view.error());
  const auto changes = (*view)->Changes(row->revision);
  if (!changes) return std::unexpected(changes.error());
  CommitResult result;
  result.revision = row->revision;
  result.replayed = true;
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
  if (options.dry_run) return DryRun(source, options);
  if (options_.read_only) {
    return Fail(ErrorCode::kInvalidArgument,
                "the store was opened read-only: only a dry run can be committed");
  }
  std::optional<Digest> content;
  if (!options.request_id.empty()) {
    content = HashOfRequest(source.RequestHash(), options);
    Result<std::optional<CommitResult>> replayed = Replay(options, *content);
    if (!replayed) return std::unexpected(replayed.error());
    if (*replayed) return std::move(**replayed);
  }
  const Result<ViewPtr> view = NewView();
  if (!view) return std::unexpected(view.error());
  Result<PreparedChange> prepared = PrepareChange(*view, source, cache_, &engine_, kMaxIdsAtOnce);
  // A conflict or an unknown ID counts as of the queue: what is being committed now may settle it.
  const std::lock_guard lock(queue_);
  if (!prepared && (*view)->revision() == state_.published) {
    // But a request that landed meanwhile explains it.
    if (content) {
      Result<std::optional<CommitResult>> replayed = Replay(options, *content);
      if (replayed && *replayed) return std::move(**replayed);
    }
    return std::unexpected(prepared.error());
  }
  return CommitInQueue(prepared ? std::move(*prepared) : PreparedChange{}, source, options,
                       content);
}

Result<CommitResult> Committer::CommitInQueue(PreparedChange prepared, ChangeSource& source,
                                              const CommitOptions& options,
                                              const std::optional<Digest>& content) {
  if (outcome_unknown_) {
    return Fail(
        ErrorCode::kIoError,
        "an earlier sync failed and its outcome is unknown: close the store and open it again; "
        "nothing was written");
  }
  if (state_.pending.value != 0) {
    if (Result<void> forgot = ForgetUnpublished(engine_, origins_, state_); !forgot) {
      return std::unexpected(forgot.error());
    }
  }
  if (content) {
    Result<std::optional<CommitResult>> replayed = Replay(options, *content);
    if (!replayed) return std::unexpected(replayed.error());
    if (*replayed) return std::move(**replayed);
  }
  if (Result<void> checked = CheckHead(options); !checked) {
    return std::unexpected(checked.error());
  }
  if (prepared.complete) {
    const Result<bool> holds = StillHolds(prepared, source.depends_on_view());
    if (!holds) return std::unexpected(holds.error());
    if (*holds) return WriteAtOnce(std::move(prepared), options, content);
  }
  const Result<ViewPtr> view = NewView();
  if (!view) return std::unexpected(view.error());
  Result<PreparedChange> again = PrepareChange(*view, source, cache_, &engine_, kMaxIdsAtOnce);
  if (!again) return std::unexpected(again.error());
  return again->complete ? WriteAtOnce(std::move(*again), options, content)
                         : WriteInSlices(source, options, content);
}

// What was prepared stands on each ID's newest version; those that landed since may have moved one.
Result<bool> Committer::StillHolds(const PreparedChange& prepared, bool depends_on_view) {
  if (prepared.beside_unpublished) return false;
  if (prepared.view->revision() == state_.published) return true;
  if (depends_on_view) return false;
  for (const std::vector<PreparedId>* ids : {&prepared.ids, &prepared.unchanged}) {
    for (const PreparedId& one : *ids) {
      std::string value;
      const Result<bool> found = engine_.Get(Space::kState, HeadKey(one.changed.id), value);
      if (!found) return std::unexpected(found.error());
      if (!*found) {
        if (one.base.value != 0) return false;
        continue;
      }
      const Result<HeadRow> head = DecodeHeadRow(value);
      if (!head) return std::unexpected(head.error());
      if (head->version != one.base) return false;
    }
  }
  return true;
}

Result<void> Committer::CheckHead(const CommitOptions& options) const {
  if (!options.expect_head || *options.expect_head == state_.published) return {};
  return Fail(ErrorCode::kConflict,
              fmt::format("expected the store's head to be r{}, found r{}; nothing was written",
                          options.expect_head->value, state_.published.value));
}

Result<RevisionDraft> Committer::Draft(const CommitOptions& options) {
  RevisionDraft draft;
  draft.state = state_;
  draft.revision = state_.published.Next();
  Metadata& metadata = draft.metadata;
  const Timestamp now = options_.clock.now();
  metadata.time = options.time.value_or(now);
  if (options.time) {
    if (state_.published.value != 0 && !state_.keeps_import_times) {
      return Fail(
          ErrorCode::kInvalidArgument,
          "a commit's time can be given only by an import begun in an empty store; elsewhere it is "
          "kept as the original time");
    }
    if (options.time->micros > now.micros + kMaxAheadMicros) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("the time {} is more than 5 minutes ahead of the clock, {}",
                              FormatTime(*options.time), FormatTime(now)));
    }
    draft.state.keeps_import_times = true;
  }
  metadata.effective_time = std::max(metadata.time, state_.effective_time);
  metadata.original_time = options.original_time;
  metadata.operation = options.operation;
  metadata.author = options.author;
  metadata.message = options.message;
  metadata.ticket = options.ticket;
  metadata.source = options.source;
  metadata.request_id = options.request_id;
  draft.origin = options_.origin;
  const std::optional<uint64_t> known = origins_.Find(draft.origin);
  metadata.origin = known.value_or(state_.origins + 1);
  draft.new_origin = !known;
  return draft;
}

Result<void> Committer::Publish(const RevisionDraft& draft, const WriteBatch& batch, bool sync) {
  // Before the write: a reader may look at the revision before this call goes on.
  if (draft.new_origin) origins_.Add(draft.origin);
  if (Result<void> written = engine_.Write(batch, sync); !written) {
    outcome_unknown_ = written.error().code == ErrorCode::kUnknownOutcome;
    if (draft.new_origin && !outcome_unknown_) origins_.TakeBack();
    return written;
  }
  state_ = draft.state;
  published_.store(state_.published.value, std::memory_order_release);
  return {};
}

// An import's line that changes nothing still moves the import on.
Result<void> Committer::KeepBookmarkOnly(const CommitOptions& options) {
  if (!options.bookmark) return {};
  WriteBatch batch;
  batch.Put(Space::kState, BookmarkKey(options.bookmark->name), options.bookmark->value);
  return engine_.Write(batch, options.durability == Durability::kSynced);
}

Result<CommitResult> Committer::WriteAtOnce(PreparedChange prepared, const CommitOptions& options,
                                            const std::optional<Digest>& content) {
  Result<RevisionDraft> draft = Draft(options);
  if (!draft) return std::unexpected(draft.error());
  CommitResult result = ResultOf(prepared, draft->metadata.time);
  if (prepared.ids.empty()) {
    if (Result<void> kept = KeepBookmarkOnly(options); !kept) return std::unexpected(kept.error());
    return result;
  }
  const bool one = prepared.ids.size() == 1;
  WriteBatch batch;
  RevisionTotals totals;
  std::vector<TouchedId> touched;
  for (const PreparedId& prepared_id : prepared.ids) {
    AppendIdRows(prepared_id, *draft, one, batch);
    totals.Add(prepared_id);
    touched.push_back({prepared_id.changed.id, prepared_id.changed.version});
  }
  uint64_t parts = 0;
  if (touched.size() > kMaxInlineIds) {
    std::string part;
    EncodeTouchedIds(touched, part);
    batch.Put(Space::kHistory, PartKey(draft->revision, parts++), std::move(part));
    touched.clear();
  }
  AppendCommitRecord(*draft, totals, std::move(touched), one, parts, batch);
  draft->state.published = draft->revision;
  draft->state.effective_time = draft->metadata.effective_time;
  draft->state.subs = 0;
  draft->state.ids += totals.new_ids;
  draft->state.versions += totals.ids;
  AppendStateRows(*draft, 0, prepared.content, options, content, batch);
  const bool sync = options.durability == Durability::kSynced;
  if (Result<void> published = Publish(*draft, batch, sync); !published) {
    return std::unexpected(published.error());
  }
  for (PreparedId& prepared_id : prepared.ids) {
    if (prepared_id.list) {
      cache_.Add(prepared_id.changed.id, prepared_id.changed.version, std::move(prepared_id.list));
    }
  }
  result.revision = draft->revision;
  return result;
}

Result<void> Committer::Say(const CommitOptions& options, std::string_view payload,
                            const WriteBatch& extra) {
  if (Result<void> checked = CheckCommitOptions(options); !checked) return checked;
  const std::lock_guard lock(queue_);
  Result<RevisionDraft> draft = Draft(options);
  if (!draft) return std::unexpected(draft.error());
  draft->revision = state_.published;
  const uint64_t sub = ++draft->state.subs;
  WriteBatch batch = extra;
  RecordRow record;
  record.kind = RecordKind::kSaid;
  record.metadata = draft->metadata;
  record.payload = payload;
  std::string bytes;
  EncodeRecordRow(record, bytes);
  batch.Put(Space::kHistory, RecordKey(draft->revision, sub), std::move(bytes));
  Sha256Hasher hasher;
  hasher.Update(payload);
  AppendStateRows(*draft, sub, hasher.Finish(), options, std::nullopt, batch);
  return Publish(*draft, batch, options.durability == Durability::kSynced);
}

Result<void> Committer::Recover() {
  const std::lock_guard lock(queue_);
  if (state_.pending.value == 0) return {};
  return ForgetUnpublished(engine_, origins_, state_);
}

Result<void> Committer::Sync() {
  const std::lock_guard lock(queue_);
  Result<void> synced = engine_.Sync();
  if (!synced) outcome_unknown_ = synced.error().code == ErrorCode::kUnknownOutcome;
  return synced;
}

Result<void> Committer::WithQueueHeld(const std::function<Result<void>()>& work) {
  const std::lock_guard lock(queue_);
  return work();
}

}  // namespace switchback
