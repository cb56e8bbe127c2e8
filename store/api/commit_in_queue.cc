// What happens at the queue's front: whoever stands there handles a run of waiting commits with one
// write.
#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "api/committer.h"
#include "api/waiting_commit.h"
#include "history/head_row.h"
#include "history/row_keys.h"

namespace switchback {
namespace {

constexpr int64_t kMaxAheadMicros = int64_t{5} * 60 * 1'000'000;

}  // namespace

Result<void> Committer::CheckExpectedHead(const CommitOptions& options) const {
  if (!options.expect_head || *options.expect_head == state_.published) return {};
  return Fail(ErrorCode::kConflict,
              fmt::format("expected the store's head to be r{}, found r{}; nothing was written",
                          options.expect_head->value, state_.published.value));
}

// Commits, and records between them, that are written together, in the order in which they waited.
// Each stands on the state that those before it leave, so one that touches an ID of theirs waits
// for the next group.
class Committer::Group {
 public:
  explicit Group(Committer& committer) : committer_(committer), state_(committer.state_) {}

  // False: it can't join as it is.
  bool Add(Waiting& waiting) {
    if (!Fits(waiting)) return false;
    if (waiting.content) {
      const auto replayed = committer_.Replay(waiting.options, *waiting.content);
      if (!replayed || *replayed) return false;
    }
    const Result<bool> holds =
        committer_.StillHolds(waiting.prepared, waiting.source.depends_on_view());
    if (!holds || !*holds) return false;
    Result<RevisionDraft> draft = committer_.Draft(waiting.options, state_);
    if (!draft || draft->new_origin) return false;
    committer_.AppendCommit(waiting, *draft, batch_);
    state_ = draft->state;
    for (const PreparedId& one : waiting.prepared.ids) touched_.insert(one.changed.id);
    if (waiting.content) requests_.insert(waiting.options.request_id);
    sync_ |= waiting.options.durability == Durability::kSynced;
    waiting.result = DescribeCommit(waiting.prepared, draft->metadata.time);
    waiting.result->revision = draft->revision;
    members_.push_back(&waiting);
    return true;
  }

  bool Add(WaitingSaid& waiting) {
    const CommitOptions& options = waiting.options;
    if (options.expect_head && *options.expect_head != state_.published) return false;
    Result<RevisionDraft> draft = committer_.Draft(options, state_);
    if (!draft || draft->new_origin) return false;
    AppendSaid(options, waiting.payload, *draft, batch_);
    state_ = draft->state;
    sync_ |= options.durability == Durability::kSynced;
    said_.push_back(&waiting);
    return true;
  }

  // Of any kind.
  bool Add(CommitQueue::Entry& entry) {
    if (auto* commit = dynamic_cast<Waiting*>(&entry)) return Add(*commit);
    auto* said = dynamic_cast<WaitingSaid*>(&entry);
    return said != nullptr && Add(*said);
  }

  [[nodiscard]] bool full() const { return batch_.bytes() >= kMaxBytesAtOnce; }
  [[nodiscard]] size_t size() const { return members_.size() + said_.size(); }

  void Write() {
    HeadCache::Writing writing(committer_.heads_);
    for (const BusinessId& id : touched_) writing.TakeOut(id);
    const Result<void> published = committer_.Publish(state_, nullptr, batch_, sync_);
    for (Waiting* member : members_) {
      if (published) {
        committer_.KeepInCache(member->prepared);
      } else {
        member->result = std::unexpected(published.error());
      }
    }
    for (WaitingSaid* said : said_) said->result = published;
  }

 private:
  [[nodiscard]] bool Fits(const Waiting& waiting) const {
    const PreparedChange& prepared = waiting.prepared;
    if (waiting.failure || !prepared.complete || prepared.ids.empty()) return false;
    // One request twice in a group: the second must find what the first did.
    if (waiting.content && requests_.contains(waiting.options.request_id)) return false;
    if (waiting.source.depends_on_view() && !members_.empty()) return false;
    const auto& expected = waiting.options.expect_head;
    if (expected && *expected != state_.published) return false;
    const auto is_touched = [this](const PreparedId& one) {
      return touched_.contains(one.changed.id);
    };
    return std::ranges::none_of(prepared.ids, is_touched) &&
           std::ranges::none_of(prepared.unchanged, is_touched);
  }

  Committer& committer_;
  StoreRow state_;  // as the members so far leave it
  WriteBatch batch_;
  bool sync_ = false;
  std::set<BusinessId> touched_;
  std::set<std::string_view> requests_;
  std::vector<Waiting*> members_;
  std::vector<WaitingSaid*> said_;
};

size_t Committer::Handle(std::span<CommitQueue::Entry* const> entries) {
  const bool can_group = !engine_.write_failed() && state_.pending.value == 0;
  Group group(*this);
  for (CommitQueue::Entry* entry : entries) {
    if (!can_group || group.full() || !group.Add(*entry)) break;
  }
  if (group.size() == 0) {
    HandleAlone(*entries.front());
    return 1;
  }
  group.Write();
  return group.size();
}

void Committer::HandleAlone(CommitQueue::Entry& entry) {
  if (auto* work = dynamic_cast<WaitingWork*>(&entry)) {
    work->result = work->work();
  } else if (auto* said = dynamic_cast<WaitingSaid*>(&entry)) {
    said->result = SayAlone(said->options, said->payload, {});
  } else {
    auto& commit = static_cast<Waiting&>(entry);
    commit.result = CommitAlone(commit);
  }
}

Result<void> Committer::MakeReady() {
  if (engine_.write_failed()) {
    if (Result<void> recovered = Recover(); !recovered) return recovered;
  }
  if (state_.pending.value == 0) return {};
  return ForgetUnpublished(engine_, origins_, state_);
}

Result<CommitResult> Committer::CommitAlone(Waiting& waiting) {
  if (Result<void> ready = MakeReady(); !ready) return std::unexpected(ready.error());
  const CommitOptions& options = waiting.options;
  if (waiting.content) {
    Result<std::optional<CommitResult>> replayed = Replay(options, *waiting.content);
    if (!replayed) return std::unexpected(replayed.error());
    if (*replayed) return std::move(**replayed);
  }
  if (Result<void> checked = CheckExpectedHead(options); !checked) {
    return std::unexpected(checked.error());
  }
  if (waiting.failure && waiting.failed_at == state_.published &&
      waiting.failed_rewrites == rewrites_) {
    return std::unexpected(std::move(*waiting.failure));
  }
  // More than is written at once: nothing prepared so far would be of use.
  if (!waiting.failure && !waiting.prepared.complete) return WriteInSlices(waiting);
  Result<bool> holds = false;
  if (waiting.prepared.complete) {
    holds = StillHolds(waiting.prepared, waiting.source.depends_on_view());
    if (!holds) return std::unexpected(holds.error());
  }
  if (!*holds) {
    const Result<ViewPtr> view = NewView();
    if (!view) return std::unexpected(view.error());
    Result<PreparedChange> again = PrepareChange(*view, waiting.source, cache_, chunks_, at_once_);
    if (!again) return std::unexpected(again.error());
    if (!again->complete) return WriteInSlices(waiting);
    waiting.prepared = std::move(*again);
    waiting.prepared.rewrites = rewrites_;
  }
  return WriteAtOnce(waiting);
}

Result<CommitResult> Committer::WriteAtOnce(Waiting& waiting) {
  Result<RevisionDraft> draft = Draft(waiting.options, state_);
  if (!draft) return std::unexpected(draft.error());
  CommitResult result = DescribeCommit(waiting.prepared, draft->metadata.time);
  if (waiting.prepared.ids.empty()) {
    if (Result<void> kept = KeepNoChange(waiting); !kept) {
      return std::unexpected(kept.error());
    }
    return result;
  }
  WriteBatch batch;
  AppendCommit(waiting, *draft, batch);
  const bool sync = waiting.options.durability == Durability::kSynced;
  HeadCache::Writing writing(heads_);
  for (const PreparedId& one : waiting.prepared.ids) writing.TakeOut(one.changed.id);
  if (Result<void> published = Publish(draft->state, NewOriginOf(*draft), batch, sync);
      !published) {
    return std::unexpected(published.error());
  }
  KeepInCache(waiting.prepared);
  result.revision = draft->revision;
  return result;
}

// What was prepared stands on each ID's newest version; those that landed since may have moved one.
Result<bool> Committer::StillHolds(const PreparedChange& prepared, bool depends_on_view) const {
  if (prepared.beside_unpublished || prepared.rewrites != rewrites_) return false;
  if (prepared.view->revision() == state_.published) return true;
  if (depends_on_view) return false;
  for (const std::vector<PreparedId>* ids : {&prepared.ids, &prepared.unchanged}) {
    for (const PreparedId& one : *ids) {
      std::string value;
      const Result<bool> found = engine_.Get(Space::kState, HeadKey(one.changed.id), value);
      if (!found && found.error().code != ErrorCode::kDataLoss) {
        return std::unexpected(found.error());
      }
      if (found && !*found) {
        if (one.base.value != 0) return false;
        continue;
      }
      const Result<HeadRow> head = DecodeHeadRow(value);
      // A damaged one can't tell: it is prepared again, from the version rows.
      if (!found || !head || head->version != one.base) return false;
    }
  }
  return true;
}

// All rows of a revision that is written at once; the draft's state becomes what it leaves.
void Committer::AppendCommit(const Waiting& waiting, RevisionDraft& draft, WriteBatch& batch) {
  const PreparedChange& prepared = waiting.prepared;
  const bool one = prepared.ids.size() == 1;
  RevisionTotals totals;
  std::vector<TouchedId> touched;
  for (const PreparedId& prepared_id : prepared.ids) {
    AppendIdRows(prepared_id, draft, one, batch);
    totals.Add(prepared_id);
    touched.push_back({prepared_id.changed.id, prepared_id.changed.version});
  }
  uint64_t parts = 0;
  if (touched.size() > kMaxInlineIds) {
    std::string part;
    EncodeTouchedIds(touched, part);
    batch.Put(Space::kHistory, PartKey(draft.revision, parts++), std::move(part));
    touched.clear();
  }
  AppendCommitRecord(draft, totals, std::move(touched), one, parts, batch);
  draft.state.published = draft.revision;
  draft.state.effective_time = draft.metadata.effective_time;
  draft.state.subs = 0;
  draft.state.ids += totals.new_ids;
  draft.state.versions += totals.ids;
  AppendStateRows(draft, 0, prepared.content, waiting.options, waiting.content, batch);
}

Result<RevisionDraft> Committer::Draft(const CommitOptions& options, const StoreRow& state) const {
  RevisionDraft draft;
  draft.state = state;
  draft.revision = state.published.Next();
  Metadata& metadata = draft.metadata;
  const Timestamp now = options_.clock.now();
  if (!IsStorableTime(now)) {
    return Fail(ErrorCode::kInvalidArgument,
                "the clock's time does not lie in the years 1970 to 9999; nothing was written");
  }
  metadata.time = options.time.value_or(now);
  if (options.time) {
    const bool begun_empty = state.published.value == 0 || state.keeps_import_times;
    if (!begun_empty || options.operation != Operation::kImport) {
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
  metadata.effective_time = std::max(metadata.time, state.effective_time);
  metadata.original_time = options.original_time;
  metadata.operation = options.operation;
  metadata.author = options.author;
  metadata.message = options.message;
  metadata.ticket = options.ticket;
  metadata.source = options.source;
  metadata.request_id = options.request_id;
  draft.origin = options.origin.value_or(options_.origin);
  const std::optional<uint64_t> known = origins_.Find(draft.origin);
  metadata.origin = known.value_or(state.origins + 1);
  draft.new_origin = !known;
  return draft;
}

Result<void> Committer::Publish(const StoreRow& state, const Origin* new_origin,
                                const WriteBatch& batch, bool sync) {
  // Before the write: a reader may look at the revision before this call goes on.
  if (new_origin != nullptr) origins_.Add(*new_origin);
  const Timing timing(sync ? synced_write_times_ : write_times_);
  if (Result<void> written = engine_.Write(batch, sync); !written) {
    // Where it is there all the same, recovery finds it.
    if (new_origin != nullptr) origins_.TakeBack();
    return written;
  }
  state_ = state;
  published_.store(state_.published.value, std::memory_order_release);
  if (sync) durable_.Advance(state_.published);
  return {};
}

void Committer::KeepInCache(PreparedChange& prepared) {
  for (PreparedId& one : prepared.ids) {
    if (one.list) cache_.Add(one.changed.id, one.changed.version, std::move(one.list));
  }
}

// An import's line that changes nothing still moves the import on, and a request that found nothing
// to do must find the same when it is repeated, whatever landed since.
Result<void> Committer::KeepNoChange(const Waiting& waiting) {
  const CommitOptions& options = waiting.options;
  const bool sync = options.durability == Durability::kSynced;
  WriteBatch batch;
  if (options.bookmark) {
    batch.Put(Space::kState, BookmarkKey(options.bookmark->name), options.bookmark->value);
  }
  if (waiting.content) {
    std::string bytes;
    EncodeRequestRow({Revision{0}, *waiting.content}, bytes);
    batch.Put(Space::kState, RequestKey(options.request_id), std::move(bytes));
  }
  if (!batch.empty()) return engine_.Write(batch, sync);
  // "Already so" must be as lasting as if it had been written now.
  return sync ? engine_.Sync() : Result<void>();
}

}  // namespace switchback
