#include "history/prune_plan.h"

#include <algorithm>
#include <utility>

#include "history/row_keys.h"

namespace switchback {
namespace {

// Goes through an ID's rows from the oldest up, and sorts each into what it means for the plan.
class RowSorter {
 public:
  RowSorter(Version keep_from, const std::vector<Version>& pinned, IdPrunePlan& plan)
      : keep_from_(keep_from), pinned_(pinned), plan_(plan) {}

  void Take(const VersionKeyParts& parts, const VersionRow* row, uint64_t bytes) {
    if (parts.checkpoint) {
      TakeCheckpoint(parts.version, bytes);
    } else if (row->kind == VersionKind::kPruned) {
      // Dropped before: what is dropped beside it makes one run with it.
      Extend({parts.version, row->run_end}, /*grown=*/false);
    } else if (IsDropped(parts.version)) {
      Drop(parts.version, *row, bytes);
    } else {
      Keep(parts.version, *row);
    }
  }

  void Finish() {
    for (const Run& run : runs_) {
      if (run.grown) plan_.runs.push_back(run.range);
    }
  }

 private:
  struct Run {
    VersionRun range;
    bool grown = false;  // by this prune
  };

  [[nodiscard]] bool IsDropped(Version version) const {
    return version < keep_from_ && !std::ranges::binary_search(pinned_, version);
  }

  void Extend(VersionRun range, bool grown) {
    if (!runs_.empty() && runs_.back().range.last.Next() == range.first) {
      runs_.back().range.last = range.last;
      runs_.back().grown |= grown;
    } else {
      runs_.push_back({range, grown});
    }
    last_is_gone_ = true;
  }

  void Drop(Version version, const VersionRow& row, uint64_t bytes) {
    Extend({version, version}, /*grown=*/true);
    ++plan_.dropped;
    plan_.row_bytes += bytes;
    plan_.revisions.push_back(row.revision);
  }

  void Keep(Version version, const VersionRow& row) {
    if (plan_.oldest_kept.value == 0) plan_.oldest_kept = version;
    ++plan_.kept;
    if (last_is_gone_) {
      if (runs_.back().grown) plan_.floor = row.revision.Previous();
      if (row.kind == VersionKind::kScript) {
        plan_.checkpoints.push_back(version);
      } else {
        plan_.revisions.push_back(row.revision);  // how it differs from the one before is lost
      }
    }
    if (row.kind == VersionKind::kSameAs && IsDropped(row.same_as)) plan_.copies.push_back(version);
    last_is_gone_ = false;
  }

  void TakeCheckpoint(Version version, uint64_t bytes) {
    if (IsDropped(version)) plan_.row_bytes += bytes;
    if (!plan_.checkpoints.empty() && plan_.checkpoints.back() == version) {
      plan_.checkpoints.pop_back();
    }
  }

  const Version keep_from_;
  const std::vector<Version>& pinned_;
  IdPrunePlan& plan_;
  std::vector<Run> runs_;
  bool last_is_gone_ = false;
};

}  // namespace

bool IdPrunePlan::Drops(Version version) const {
  return std::ranges::any_of(runs, [version](const VersionRun& run) {
    return version >= run.first && version <= run.last;
  });
}

PrunePlanner::PrunePlanner(const Rows& rows, const PrunePolicy& policy, std::vector<Revision> pins)
    : rows_(rows), resolver_(rows), policy_(policy), pins_(std::move(pins)) {}

// The first version that the rules keep.
Result<Version> PrunePlanner::KeepFrom(const BusinessId& id, const CurrentVersion& current) const {
  Version keep_from = current.version;
  if (policy_.keep_last) {
    const uint64_t last = std::min(*policy_.keep_last, current.version.value);
    keep_from = std::min(keep_from, Version{current.version.value - last + 1});
  }
  if (!policy_.keep_since) return keep_from;
  // A moment as such, not the second that a person may mean.
  const auto then = resolver_.VersionAtMoment(id, current, *policy_.keep_since);
  if (!then) {
    // What was current then is gone: all that is left is newer.
    if (then.error().code == ErrorCode::kPruned) return std::min(keep_from, current.first_kept);
    return std::unexpected(then.error());
  }
  return *then ? std::min(keep_from, (*then)->version) : Version{1};
}

Result<std::vector<Version>> PrunePlanner::Pinned(const BusinessId& id,
                                                  const CurrentVersion& current,
                                                  Version keep_from) const {
  std::vector<Version> pinned;
  for (const Revision pin : pins_) {
    const auto at = resolver_.VersionAt(id, current, pin);
    if (!at) {
      if (at.error().code == ErrorCode::kPruned) continue;  // before the snapshot was made
      return std::unexpected(at.error());
    }
    if (*at && (*at)->version < keep_from) pinned.push_back((*at)->version);
  }
  std::ranges::sort(pinned);
  const auto twice = std::ranges::unique(pinned);
  pinned.erase(twice.begin(), twice.end());
  return pinned;
}

Result<IdPrunePlan> PrunePlanner::Plan(const BusinessId& id, const CurrentVersion& current) const {
  IdPrunePlan plan;
  plan.newest = current.version;
  const Result<Version> keep_from = KeepFrom(id, current);
  if (!keep_from) return std::unexpected(keep_from.error());
  const auto pinned = Pinned(id, current, *keep_from);
  if (!pinned) return std::unexpected(pinned.error());
  RowSorter sorter(*keep_from, *pinned, plan);
  const auto rows =
      rows_.view().Scan(Space::kHistory, VersionsBegin(id), VersionKey(id, current.version.Next()));
  for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
    VersionKeyParts parts;
    if (!ParseVersionKey(rows->key(), parts)) {
      return Fail(ErrorCode::kDataLoss, "a key among its rows is malformed");
    }
    Result<VersionRow> row;
    if (!parts.checkpoint) {
      row = DecodeVersionRow(rows->value());
      if (!row) return std::unexpected(row.error());
    }
    sorter.Take(parts, parts.checkpoint ? nullptr : &*row,
                rows->key().size() + rows->value().size());
  }
  if (Result<void> status = rows->status(); !status) return std::unexpected(status.error());
  sorter.Finish();
  return plan;
}

}  // namespace switchback
