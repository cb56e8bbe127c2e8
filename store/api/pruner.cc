#include "api/pruner.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "api/segment_writer.h"
#include "history/chunk_marks.h"
#include "history/full_list.h"
#include "history/head_row.h"
#include "history/row_keys.h"

namespace switchback {
namespace {

// IDs in one write: commits wait for it some milliseconds.
constexpr size_t kGroupIds = 256;
// 64 MiB of addresses: chunks of four billion endpoints.
constexpr size_t kMostMarks = size_t{4} << 20;
constexpr size_t kFreeAtOnce = 512;

std::string Encoded(const VersionRow& row) {
  std::string bytes;
  EncodeVersionRow(row, bytes);
  return bytes;
}

// Rewrites rows that say "same as" a dropped version: the first of each becomes a full list, the
// others name that one.
class CopyMover {
 public:
  CopyMover(const Rows& rows, const ContentReader& content, ChunkStore& chunks,
            const BusinessId& id)
      : rows_(rows), content_(content), chunks_(chunks), id_(id) {}

  // Errors: kDataLoss.
  Result<void> Move(Version version, WriteBatch& batch) {
    StoredVersion stored;
    if (Result<void> read = rows_.ReadVersion(id_, version, stored); !read) return read;
    VersionRow row = stored.row;
    if (row.kind != VersionKind::kSameAs) return {};  // an earlier run has done it
    const auto [moved, is_first] = moved_.try_emplace(row.same_as.value, version);
    if (!is_first) {
      row.same_as = moved->second;
      if (row.read_cost_kib != 0) row.read_cost_kib = ToKiB(kJumpCost);
      batch.Put(Space::kHistory, VersionKey(id_, version), Encoded(row));
      return {};
    }
    const auto list = content_.ReadList(id_, version);
    if (!list) return std::unexpected(list.error());
    const Result<FullList> full = EncodeFullList(**list, chunks_);
    if (!full) return std::unexpected(full.error());
    row.kind = full->kind;
    row.payload = full->payload;
    row.read_cost_kib = 0;
    batch.Put(Space::kHistory, VersionKey(id_, version), Encoded(row));
    batch.Delete(Space::kHistory, CheckpointKey(id_, version));
    return {};
  }

 private:
  const Rows& rows_;
  const ContentReader& content_;
  ChunkStore& chunks_;
  const BusinessId& id_;
  std::map<uint64_t, Version> moved_;  // by the version that is dropped
};

// Restores that landed since the plan was made may name what it drops.
Result<void> MoveNewCopies(const ViewImpl& view, ChunkStore& chunks, const BusinessId& id,
                           const IdPrunePlan& plan, Version newest, WriteBatch& batch) {
  CopyMover mover(view.rows(), view.content(), chunks, id);
  for (Version at = plan.newest.Next(); at <= newest; at = at.Next()) {
    StoredVersion stored;
    if (Result<void> read = view.rows().ReadVersion(id, at, stored); !read) return read;
    if (stored.row.kind != VersionKind::kSameAs || !plan.Drops(stored.row.same_as)) continue;
    if (Result<void> moved = mover.Move(at, batch); !moved) return moved;
  }
  return {};
}

Result<void> AppendDrop(const ViewImpl& view, ChunkStore& chunks, const BusinessId& id,
                        const IdPrunePlan& plan, const std::vector<Digest>& digests,
                        WriteBatch& batch) {
  CurrentVersion current;
  const Result<bool> known = view.rows().Current(id, current);
  if (!known) return std::unexpected(known.error());
  if (!*known || !current.has_head) {
    return Fail(ErrorCode::kDataLoss, fmt::format("the head row of {} is gone", id.text()));
  }
  if (auto moved = MoveNewCopies(view, chunks, id, plan, current.version, batch); !moved) {
    return moved;
  }
  for (size_t i = 0; i < plan.runs.size(); ++i) {
    const VersionRun& run = plan.runs[i];
    VersionRow gone;
    gone.kind = VersionKind::kPruned;
    gone.run_end = run.last;
    gone.next_digest = digests[i];
    std::string value;
    const Result<bool> found =
        view.engine_view().Get(Space::kHistory, VersionKey(id, run.first), value);
    if (!found) return std::unexpected(found.error());
    const Result<VersionRow> row = DecodeVersionRow(value);
    if (!row) return std::unexpected(row.error());
    gone.revision = row->revision;  // a version's own, or that of a run dropped before
    batch.DeleteRange(Space::kHistory, VersionKey(id, run.first), VersionKey(id, run.last.Next()));
    batch.Put(Space::kHistory, VersionKey(id, run.first), Encoded(gone));
  }
  HeadRow head = current.head;
  head.first_kept = std::max(head.first_kept, plan.runs.back().last.Next());
  std::string bytes;
  EncodeHeadRow(head, bytes);
  batch.Put(Space::kState, HeadKey(id), std::move(bytes));
  return {};
}

}  // namespace

void Pruner::Show() const {
  if (progress_) progress_(steps_, total_);
}

Result<void> Pruner::ForEachPlan(const TakePlan& take) const {
  const std::string begin(1, kHeadPrefix);
  const auto heads = view_->engine_view().Scan(Space::kState, begin, PrefixEnd(begin));
  for (heads->SeekToFirst(); heads->valid(); heads->Next()) {
    const Result<BusinessId> id = BusinessId::Parse(heads->key().substr(1));
    if (!id) return Fail(ErrorCode::kDataLoss, "a head row's key is no business ID");
    if (!glob_.empty() && !GlobMatches(glob_, id->text())) continue;
    CurrentVersion current;
    const Result<bool> exists = view_->rows().CurrentFromHead(*id, heads->value(), current);
    if (!exists) return std::unexpected(exists.error());
    if (!*exists) continue;
    Result<IdPrunePlan> plan = planner_->Plan(*id, current);
    if (!plan) {
      Error error = plan.error();
      error.message = fmt::format("{}: {}", id->text(), error.message);
      return std::unexpected(std::move(error));
    }
    if (Result<void> taken = take(*id, std::move(*plan)); !taken) return taken;
  }
  return heads->status();
}

Result<PruneReport> Pruner::Plan(const ViewImpl& view, const PrunePolicy& policy,
                                 std::vector<Revision> pins,
                                 const std::function<void(const PrunedId&)>& tell) {
  view_ = &view;
  glob_ = policy.glob;
  PruneReport report;
  report.pins = pins.size();
  planner_ = std::make_unique<PrunePlanner>(view.rows(), policy, std::move(pins));
  revisions_.assign(view.revision().value + 1, false);
  const auto take = [&](const BusinessId& id, IdPrunePlan&& plan) -> Result<void> {
    report.kept += plan.kept;
    if (plan.dropped == 0) return {};
    ++report.ids;
    report.dropped += plan.dropped;
    report.row_bytes += plan.row_bytes;
    for (const Revision revision : plan.revisions) {
      if (revision.value >= revisions_.size()) {
        return Fail(ErrorCode::kDataLoss, fmt::format("{} has a version of r{}, which there is not",
                                                      id.text(), revision.value));
      }
      revisions_[revision.value] = true;
    }
    if (tell) tell({id, plan.dropped, plan.kept, plan.oldest_kept});
    return {};
  };
  if (Result<void> planned = ForEachPlan(take); !planned) return std::unexpected(planned.error());
  report.revisions = static_cast<uint64_t>(std::ranges::count(revisions_, true));
  total_ = view.revision().value + report.ids;
  return report;
}

Result<PruneJournal> Pruner::WriteJournal() {
  SegmentWriter writer(engine_, *view_, origins_, revisions_, [this] {
    ++steps_;
    Show();
  });
  if (Result<void> written = writer.Write(); !written) return std::unexpected(written.error());
  PruneJournal journal;
  journal.hash = writer.hash();
  journal.put_in_force.Put(Space::kState, SegmentsKey(),
                           EncodeSegmentGeneration(writer.generation()));
  journal.put_in_force.DeleteRange(Space::kState, SegmentsBegin(0),
                                   SegmentsBegin(writer.generation()));
  return journal;
}

Result<void> Pruner::Drop() {
  std::vector<Planned> group;
  const auto take = [&](const BusinessId& id, IdPrunePlan&& plan) -> Result<void> {
    if (plan.dropped == 0) return {};
    if (Result<void> written = WriteSupports(id, plan); !written) return written;
    Result<std::vector<Digest>> digests = DigestsBehind(id, plan);
    if (!digests) return std::unexpected(digests.error());
    group.push_back({id, std::move(plan), std::move(*digests)});
    if (group.size() < kGroupIds) return {};
    Result<void> dropped = DropGroup(group);
    group.clear();
    return dropped;
  };
  if (Result<void> taken = ForEachPlan(take); !taken) return taken;
  return group.empty() ? Result<void>() : DropGroup(group);
}

// Rows that change no answer while what is dropped is still there: commits need not wait for them.
Result<void> Pruner::WriteSupports(const BusinessId& id, const IdPrunePlan& plan) {
  WriteBatch batch;
  for (const Version version : plan.checkpoints) {
    const auto list = view_->content().ReadList(id, version);
    if (!list) return std::unexpected(list.error());
    const Result<FullList> full = EncodeFullList(**list, chunks_);
    if (!full) return std::unexpected(full.error());
    std::string bytes;
    EncodeCheckpointRow(*full, bytes);
    batch.Put(Space::kHistory, CheckpointKey(id, version), std::move(bytes));
  }
  CopyMover mover(view_->rows(), view_->content(), chunks_, id);
  for (const Version version : plan.copies) {
    if (Result<void> moved = mover.Move(version, batch); !moved) return moved;
  }
  return batch.empty() ? Result<void>() : engine_.Write(batch, /*sync=*/false);
}

Result<std::vector<Digest>> Pruner::DigestsBehind(const BusinessId& id,
                                                  const IdPrunePlan& plan) const {
  std::vector<Digest> digests;
  for (const VersionRun& run : plan.runs) {
    const auto summary = view_->Summarize(id, run.last.Next());
    if (!summary) return std::unexpected(summary.error());
    digests.push_back(summary->digest);
  }
  return digests;
}

Result<void> Pruner::DropGroup(const std::vector<Planned>& group) {
  Result<void> dropped =
      committer_.Rewrite([&](StoreRow& state, WriteBatch& batch) -> Result<void> {
        const Result<std::unique_ptr<ViewImpl>> now = ViewImpl::Open(engine_, origins_, cache_);
        if (!now) return std::unexpected(now.error());
        for (const auto& [id, plan, digests] : group) {
          if (auto added = AppendDrop(**now, chunks_, id, plan, digests, batch); !added)
            return added;
          state.versions -= plan.dropped;
          state.prune_floor = std::max(state.prune_floor, plan.floor);
        }
        state.format = kFormatPruned;
        return {};
      });
  steps_ += group.size();
  Show();
  return dropped;
}

Result<uint64_t> Pruner::FreeShare(const EngineView& view, ChunkMarks& marks, uint64_t share) {
  if (Result<void> gathered = marks.Gather(view, share); !gathered) {
    return std::unexpected(gathered.error());
  }
  uint64_t freed = 0;
  std::vector<std::string> keys;
  const auto free = [&]() -> Result<void> {
    const Result<uint64_t> gone = chunks_.Free(std::exchange(keys, {}));
    if (!gone) return std::unexpected(gone.error());
    freed += *gone;
    return {};
  };
  const auto rows = view.Scan(Space::kChunks, {}, {});
  for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
    Digest address;
    if (!ParseChunkKey(rows->key(), address)) continue;  // verify's to tell
    if (!marks.InShare(address) || marks.IsNamed(address)) continue;
    keys.emplace_back(rows->key());
    if (keys.size() < kFreeAtOnce) continue;
    if (Result<void> done = free(); !done) return std::unexpected(done.error());
  }
  if (Result<void> status = rows->status(); !status) return std::unexpected(status.error());
  if (Result<void> done = free(); !done) return std::unexpected(done.error());
  return freed;
}

Result<uint64_t> Pruner::FreeChunks() {
  // First of all, so that whoever prepares a commit from here on says what it needs.
  chunks_.BeginFreeing();
  const struct Ending {
    ChunkStore& chunks;
    ~Ending() { chunks.EndFreeing(); }
  } ending{chunks_};
  std::unique_ptr<EngineView> view;
  // No commit that was prepared before lands after it as it is, and what it had cached is
  // forgotten: it may stand on chunks that go.
  Result<void> settled = committer_.Rewrite([&](StoreRow&, WriteBatch&) -> Result<void> {
    cache_.Clear();
    Result<std::unique_ptr<EngineView>> now = engine_.NewView();
    if (!now) return std::unexpected(now.error());
    view = std::move(*now);
    return {};
  });
  if (!settled) return std::unexpected(settled.error());
  ChunkMarks marks(kMostMarks);
  uint64_t freed = 0;
  for (uint64_t share = 0; share < marks.shares(); ++share) {
    const Result<uint64_t> gone = FreeShare(*view, marks, share);
    if (!gone) return gone;
    freed += *gone;
  }
  return freed;
}

}  // namespace switchback
