// A revision of many IDs: its rows are written in slices that no reader sees, until the last write
// publishes it. doc/architecture.md, "A large commit".
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/committer.h"
#include "api/read_ahead.h"
#include "api/waiting_commit.h"
#include "history/journal.h"
#include "history/row_keys.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

// Gathers rows, and writes them whenever a slice is full. Not one of them is synced: the publishing
// write is, and the log keeps their order.
class SliceWriter {
 public:
  SliceWriter(Engine& engine, const RevisionDraft& draft) : engine_(engine), draft_(draft) {}

  Result<void> Add(const PreparedId& prepared) {
    AppendIdRows(prepared, draft_, /*own_metadata=*/false, batch_);
    touched_.push_back({prepared.changed.id, prepared.changed.version});
    const bool full = batch_.bytes() >= kMaxBytesAtOnce || touched_.size() >= kIdsPerPart;
    return full ? Flush() : Result<void>();
  }

  Result<void> Flush() {
    if (touched_.empty()) return {};
    // The first slice says that a revision is under way, so that the next writer can clear it; each
    // names its IDs, so that it knows what to clear.
    if (parts_ == 0) {
      StoreRow state = draft_.state;
      state.pending = draft_.revision;
      std::string bytes;
      EncodeStoreRow(state, bytes);
      batch_.Put(Space::kState, StoreRowKey(), std::move(bytes));
    }
    std::string part;
    EncodeTouchedIds(touched_, part);
    batch_.Put(Space::kHistory, PartKey(draft_.revision, parts_++), std::move(part));
    touched_.clear();
    Result<void> written = engine_.Write(batch_, /*sync=*/false);
    batch_.Clear();
    return written;
  }

  [[nodiscard]] uint64_t parts() const { return parts_; }

 private:
  Engine& engine_;
  const RevisionDraft& draft_;
  WriteBatch batch_;
  std::vector<TouchedId> touched_;
  uint64_t parts_ = 0;
};

}  // namespace

Result<CommitResult> Committer::WriteInSlices(Waiting& waiting) {
  ChangeSource& source = waiting.source;
  const CommitOptions& options = waiting.options;
  const Result<ViewPtr> view = NewView();
  if (!view) return std::unexpected(view.error());
  if (Result<void> started = source.Start(**view); !started) {
    return std::unexpected(started.error());
  }
  Result<RevisionDraft> draft = Draft(options, state_);
  if (!draft) return std::unexpected(draft.error());
  const IdPreparer preparer(**view, cache_, chunks_);
  ChangesHasher hasher;
  ConflictCollector conflicts;
  SliceWriter slices(engine_, *draft);
  CommitResult result;
  result.time = draft->metadata.time;
  // Growing would have it in memory one and a half times.
  result.changes.reserve(std::min(source.known_size(), kMaxIdsPerRevision));
  RevisionTotals totals;

  const auto write_all = [&]() -> Result<void> {
    ReadAhead changes(**view, source);
    while (true) {
      const Result<const IdChange*> next = changes.Next();
      if (!next) return std::unexpected(next.error());
      if (*next == nullptr) break;
      Result<PreparedId> one = preparer.Prepare(**next, hasher);
      if (!one) {
        if (!conflicts.Add(one.error())) return std::unexpected(one.error());
        continue;
      }
      if (one->unchanged) {
        result.unchanged.push_back({one->changed.id, one->base});
        continue;
      }
      if (!conflicts.empty()) continue;  // nothing will be written: only look for more conflicts
      totals.Add(*one);
      if (totals.ids > kMaxIdsPerRevision) {
        return Fail(
            ErrorCode::kLimitExceeded,
            fmt::format("more than {} business IDs would change in one revision; name fewer",
                        kMaxIdsPerRevision));
      }
      if (Result<void> added = slices.Add(*one); !added) return added;
      result.changes.push_back(std::move(one->changed));
    }
    if (!conflicts.empty()) return std::unexpected(std::move(conflicts).Finish());
    return slices.Flush();
  };
  // Before the first slice: should anything be thrown from here on, the next commit clears it.
  state_.pending = draft->revision;
  if (Result<void> written = write_all(); !written) {
    if (slices.parts() == 0) {
      state_.pending = Revision{0};
    } else {
      // Should this fail too, the rows stay invisible and the next commit tries again.
      const Result<void> forgot = ForgetUnpublished(engine_, origins_, state_);
      static_cast<void>(forgot);
    }
    return std::unexpected(written.error());
  }
  if (totals.ids == 0) {
    state_.pending = Revision{0};
    if (Result<void> kept = KeepNoChange(waiting); !kept) return std::unexpected(kept.error());
    return result;
  }
  WriteBatch batch;
  AppendCommitRecord(*draft, totals, {}, /*own_metadata=*/false, slices.parts(), batch);
  draft->state.published = draft->revision;
  draft->state.pending = Revision{0};
  draft->state.effective_time = draft->metadata.effective_time;
  draft->state.subs = 0;
  draft->state.ids += totals.new_ids;
  draft->state.versions += totals.ids;
  AppendStateRows(*draft, 0, hasher.Finish(), options, waiting.content, batch);
  const bool sync = options.durability == Durability::kSynced;
  // Up to here every slice was invisible, and what readers had cached the newest that there was.
  HeadCache::Writing writing(heads_);
  writing.TakeOutAll();
  if (Result<void> published = Publish(draft->state, NewOriginOf(*draft), batch, sync);
      !published) {
    state_.pending = draft->revision;
    return std::unexpected(published.error());
  }
  result.revision = draft->revision;
  return result;
}

}  // namespace switchback
