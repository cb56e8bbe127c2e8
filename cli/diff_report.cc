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

Outcome<DiffReport> LoadDiff(const View& view, const VersionRef& from, const VersionRef& to,
                             bool with_digest) {
  ASSIGN_OR_FAIL(DiffSide from_side, LoadSide(view, from, with_digest));
  ASSIGN_OR_FAIL(DiffSide to_side, LoadSide(view, to, with_digest));
  ASSIGN_OR_FAIL(ListDiff diff, view.Diff(from, to));
  return DiffReport{std::move(from_side), std::move(to_side), std::move(diff)};
}

}  // namespace switchback::cli
