#include "history/revision_content.h"

#include <fmt/format.h>

#include "history/cursors.h"
#include "history/journal.h"

namespace switchback {
namespace {

Result<void> AddVersion(const Rows& rows, const ContentReader& content, Revision revision,
                        const TouchedId& touched, ChangesHasher& hasher, RevisionContent& sums) {
  StoredVersion stored;
  if (Result<void> read = rows.ReadVersion(touched.id, touched.version, stored); !read) return read;
  const Result<ListDiff> diff =
      content.Diff({touched.id, touched.version.Previous()}, {touched.id, touched.version});
  if (!diff) return std::unexpected(diff.error());
  const ScriptCounts& counts = stored.row.changes;
  if (counts.removed != diff->removed.size() || counts.changed != diff->changed_to.size() ||
      counts.added != diff->added.size() || stored.row.revision != revision) {
    return Fail(ErrorCode::kDataLoss,
                fmt::format("{} says another revision or other counts than its content",
                            VersionName(touched.id, touched.version)));
  }
  hasher.Add(touched.id, touched.version, stored.row.kind == VersionKind::kDeletion, *diff);
  ++sums.ids;
  sums.removed += counts.removed;
  sums.changed += counts.changed;
  sums.added += counts.added;
  return {};
}

}  // namespace

Result<RevisionContent> HashRevision(const Rows& rows, const ContentReader& content,
                                     Revision revision) {
  const auto changes = OpenTouchedIds(rows, revision);
  if (!changes) return std::unexpected(changes.error());
  ChangesHasher hasher;
  RevisionContent made;
  while (true) {
    const Result<std::optional<TouchedId>> next = (*changes)->Next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    if (Result<void> added = AddVersion(rows, content, revision, **next, hasher, made); !added) {
      return std::unexpected(added.error());
    }
  }
  made.hash = hasher.Finish();
  return made;
}

}  // namespace switchback
