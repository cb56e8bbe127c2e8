#include "api/prepared_change.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/read_ahead.h"

namespace switchback {

bool ConflictCollector::Add(const Error& error) {
  constexpr size_t kMaxItems = 20;
  if (error.code != ErrorCode::kConflict) return false;
  if (++ids_ == 1) first_ = error;
  count_ += std::max<uint64_t>(error.item_count, 1);
  const std::vector<std::string> own =
      error.items.empty() ? std::vector<std::string>{error.message} : error.items;
  for (const std::string& item : own) {
    if (items_.size() < kMaxItems) items_.push_back(item);
  }
  return true;
}

Error ConflictCollector::Finish() && {
  first_.items = std::move(items_);
  first_.item_count = count_;
  if (ids_ > 1) {
    first_.message =
        fmt::format("{} business IDs are not as expected; nothing was written. First: {}", ids_,
                    first_.items.empty() ? first_.message : first_.items.front());
  }
  return std::move(first_);
}

Result<PreparedChange> PrepareChange(std::shared_ptr<const ViewImpl> view, ChangeSource& source,
                                     ListCache& cache, ChunkStore& chunks, const AtOnce& limit) {
  PreparedChange prepared;
  if (Result<void> started = source.Start(*view); !started) {
    return std::unexpected(started.error());
  }
  const IdPreparer preparer(*view, cache, chunks);
  ChangesHasher hasher;
  ConflictCollector conflicts;
  size_t row_bytes = 0;
  size_t kept_bytes = 0;
  ReadAhead changes(*view, source);
  for (size_t seen = 0;; ++seen) {
    const Result<const IdChange*> next = changes.Next();
    if (!next) return std::unexpected(next.error());
    if (*next == nullptr) break;
    if (seen == limit.max_ids) return prepared;  // not complete
    Result<PreparedId> one = preparer.Prepare(**next, hasher);
    if (!one) {
      if (!conflicts.Add(one.error())) return std::unexpected(one.error());
      continue;
    }
    row_bytes += one->RowBytes();
    if (seen > 0 && row_bytes > limit.max_bytes) return prepared;  // not complete
    if (one->list) kept_bytes += one->list->MemoryBytes();
    if (kept_bytes > cache.budget_bytes()) one->list.reset();
    prepared.beside_unpublished |= one->head_hidden;
    (one->unchanged ? prepared.unchanged : prepared.ids).push_back(std::move(*one));
  }
  if (!conflicts.empty()) return std::unexpected(std::move(conflicts).Finish());
  prepared.content = hasher.Finish();
  prepared.complete = true;
  prepared.view = std::move(view);
  return prepared;
}

Result<CommitResult> PreviewChange(const ViewImpl& view, ChangeSource& source, ListCache& cache,
                                   const CommitOptions& options, Timestamp now) {
  if (Result<void> started = source.Start(view); !started) {
    return std::unexpected(started.error());
  }
  const IdPreparer preparer(view, cache, options.on_planned);
  ChangesHasher hasher;  // of no use here
  ConflictCollector conflicts;
  CommitResult result;
  result.time = now;
  ReadAhead changes(view, source);
  while (true) {
    const Result<const IdChange*> next = changes.Next();
    if (!next) return std::unexpected(next.error());
    if (*next == nullptr) break;
    Result<PreparedId> one = preparer.Prepare(**next, hasher);
    if (!one) {
      if (!conflicts.Add(one.error())) return std::unexpected(one.error());
    } else if (one->unchanged) {
      result.unchanged.push_back({std::move(one->changed.id), one->base});
    } else {
      result.changes.push_back(std::move(one->changed));
    }
  }
  if (!conflicts.empty()) return std::unexpected(std::move(conflicts).Finish());
  return result;
}

CommitResult DescribeCommit(const PreparedChange& prepared, Timestamp time) {
  CommitResult result;
  result.time = time;
  result.changes.reserve(prepared.ids.size());
  for (const PreparedId& one : prepared.ids) result.changes.push_back(one.changed);
  for (const PreparedId& one : prepared.unchanged) {
    result.unchanged.push_back({one.changed.id, one.base});
  }
  return result;
}

}  // namespace switchback
