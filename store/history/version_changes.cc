#include "history/version_changes.h"

#include <utility>

#include "list/script.h"

namespace switchback {

Result<std::optional<VersionChange>> VersionChanges::Next() {
  if (next_.value == 0) return std::nullopt;
  const Result<const VersionRow*> row = walker_.At(next_);
  if (!row) {
    if (row.error().code == ErrorCode::kPruned) return std::nullopt;
    return std::unexpected(row.error());
  }
  VersionChange change{.version = next_,
                       .revision = (*row)->revision,
                       .deletion = (*row)->kind == VersionKind::kDeletion,
                       .diff = {}};
  Result<ListDiff> diff = (*row)->kind == VersionKind::kScript
                              ? DecodeScript((*row)->payload)
                              : content_.Diff({id_, next_.Previous()}, {id_, next_});
  if (!diff) {
    if (diff.error().code != ErrorCode::kPruned) return std::unexpected(diff.error());
    // How it differs from one that was dropped is not known: it counts as where history begins.
    next_ = next_.Previous();
    return std::nullopt;
  }
  change.diff = std::move(*diff);
  next_ = next_.Previous();
  return change;
}

}  // namespace switchback
