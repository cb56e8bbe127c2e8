// One pass over all rows, counted by kind.
#include <string>

#include "api/store_impl.h"
#include "history/head_row.h"
#include "history/row_keys.h"
#include "history/version_row.h"

namespace switchback {
namespace {

Result<void> CountVersion(Version version, std::string_view value, Revision published,
                          StoreStats& stats) {
  const Result<VersionRow> row = DecodeVersionRow(value);
  if (!row) return std::unexpected(row.error());
  if (row->revision > published) return {};
  if (row->kind == VersionKind::kPruned) {
    stats.pruned_versions += row->run_end.value - version.value + 1;
    return {};
  }
  ++stats.versions;
  switch (row->kind) {
    case VersionKind::kScript:
      ++stats.script_versions;
      break;
    case VersionKind::kFullInline:
    case VersionKind::kFullChunked:
      ++stats.full_versions;
      break;
    case VersionKind::kSameAs:
      ++stats.same_as_versions;
      break;
    case VersionKind::kDeletion:
      ++stats.deletions;
      break;
    case VersionKind::kPruned:  // above
      break;
  }
  return {};
}

Result<void> CountHistory(const ViewImpl& view, StoreStats& stats) {
  const auto rows = view.engine_view().Scan(Space::kHistory, {}, {});
  for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
    const uint64_t bytes = rows->key().size() + rows->value().size();
    VersionKeyParts parts;
    if (!ParseVersionKey(rows->key(), parts)) {
      stats.revision_row_bytes += bytes;
      continue;
    }
    if (parts.checkpoint) {
      ++stats.checkpoints;
      stats.checkpoint_bytes += bytes;
      continue;
    }
    stats.version_row_bytes += bytes;
    if (Result<void> counted = CountVersion(parts.version, rows->value(), view.revision(), stats);
        !counted)
      return counted;
  }
  return rows->status();
}

Result<void> CountHeads(const ViewImpl& view, StoreStats& stats) {
  const std::string begin(1, kHeadPrefix);
  const auto rows = view.engine_view().Scan(Space::kState, begin, PrefixEnd(begin));
  for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
    stats.head_row_bytes += rows->key().size() + rows->value().size();
    const Result<BusinessId> id = BusinessId::Parse(rows->key().substr(1));
    if (!id) return Fail(ErrorCode::kDataLoss, "a head row's key is no business ID");
    CurrentVersion current;
    const Result<bool> exists = view.rows().CurrentFromHead(*id, rows->value(), current);
    if (!exists) return std::unexpected(exists.error());
    if (!*exists) continue;
    ++(current.deleted ? stats.deleted_ids : stats.ids);
    stats.endpoints += current.count;
  }
  return rows->status();
}

}  // namespace

Result<StoreStats> CountRows(const ViewImpl& view) {
  StoreStats stats;
  stats.revisions = view.revision().value;
  if (Result<void> counted = CountHistory(view, stats); !counted) {
    return std::unexpected(counted.error());
  }
  if (Result<void> counted = CountHeads(view, stats); !counted) {
    return std::unexpected(counted.error());
  }
  const auto chunks = view.engine_view().Scan(Space::kChunks, {}, {});
  for (chunks->SeekToFirst(); chunks->valid(); chunks->Next()) {
    ++stats.chunks;
    stats.chunk_bytes += chunks->key().size() + chunks->value().size();
  }
  if (Result<void> status = chunks->status(); !status) return std::unexpected(status.error());
  return stats;
}

}  // namespace switchback
