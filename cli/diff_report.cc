#include "cli/diff_report.h"

namespace switchback::cli {

Outcome<DiffSide> LoadSide(const View& view, const VersionRef& ref, bool with_digest) {
  DiffSide side{.id = ref.id, .version = ref.version, .revision = {}, .digest = {}};
  if (ref.version.value == 0) return side;
  ASSIGN_OR_FAIL(const VersionInfo info, view.Describe(ref.id, ref.version));
  side.revision = info.commit.revision;
  side.exists = !info.deleted;
  side.count = info.count;
  if (with_digest && side.exists) {
    ASSIGN_OR_FAIL(const VersionSummary summary, view.Summarize(ref.id, ref.version));
    side.digest = summary.digest;
  }
  return side;
}

namespace {

// What `to` was before the diff, as far as can be told: that it was there, but not since when.
DiffSide SideBefore(const VersionRef& from, const DiffSide& to, const ListDiff& diff) {
  DiffSide side{.id = from.id,
                .version = from.version,
                .revision = {},
                .exists = true,
                .count = 0,
                .digest = {}};
  side.count = to.count + diff.removed.size() - diff.added.size();
  side.digest = to.digest;
  side.digest -= diff.DigestChange();
  return side;
}

}  // namespace

Outcome<DiffReport> LoadDiff(const View& view, const VersionRef& from, const VersionRef& to,
                             bool with_digest) {
  ASSIGN_OR_FAIL(DiffSide to_side, LoadSide(view, to, with_digest));
  ASSIGN_OR_FAIL(ListDiff diff, view.Diff(from, to));
  auto from_side = LoadSide(view, from, with_digest);
  if (!from_side) {
    // The change that a version made can be known although the one before was pruned.
    if (from_side.error().error.code != ErrorCode::kPruned) {
      return std::unexpected(std::move(from_side).error());
    }
    from_side = SideBefore(from, to_side, diff);
  }
  return DiffReport{*std::move(from_side), std::move(to_side), std::move(diff)};
}

}  // namespace switchback::cli
