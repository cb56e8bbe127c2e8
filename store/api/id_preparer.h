// One ID's part of a commit: what it changes, and the rows that will say so. Made outside the
// commit queue against a view; holds as long as the ID's newest version is still `base`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/view_impl.h"
#include "history/chunk_store.h"
#include "history/journal.h"
#include "history/version_row.h"
#include "switchback/change.h"

namespace switchback {

struct PreparedId {
  PreparedId(ChangedId told, Version newest) : changed(std::move(told)), base(newest) {}

  ChangedId changed;  // what the caller is told
  Version base;       // the ID's newest version when this was made; 0: never written
  bool unchanged = false;
  bool head_hidden = false;  // by a later version that is not published
  // The version row, but for revision and metadata.
  VersionKind kind = VersionKind::kScript;
  uint64_t read_cost = 0;
  Version same_as;
  std::string payload;
  std::optional<std::string> checkpoint;  // a checkpoint row to stand beside it
  // The head row, but for its revision.
  Digest digest;
  uint64_t base_bytes = 0;
  Version first_kept{1};
  std::optional<std::string> head_block;
  // For the cache once it is committed; null where the list was not needed, or is too much to keep.
  std::shared_ptr<const EditedList> list;

  // Of the rows that it will write, about.
  [[nodiscard]] size_t RowBytes() const {
    return payload.size() + (checkpoint ? checkpoint->size() : 0) +
           (head_block ? head_block->size() : 0) + kRowOverhead;
  }

 private:
  static constexpr size_t kRowOverhead = 256;
};

class IdPreparer {
 public:
  // All borrowed. `chunks` takes those of large lists.
  IdPreparer(const ViewImpl& view, ListCache& cache, ChunkStore& chunks)
      : view_(view), cache_(cache), chunks_(&chunks) {}
  // For a dry run: payload, checkpoint and head block are left empty, and `planned`, unless it is
  // null, is told each diff.
  using Planned = std::function<void(const ChangedId&, const ListDiff&)>;
  IdPreparer(const ViewImpl& view, ListCache& cache, const Planned& planned)
      : view_(view), cache_(cache), planned_(&planned) {}

  // `hasher` takes what changes, for the journal.
  // Errors: as Store::Commit.
  [[nodiscard]] Result<PreparedId> Prepare(const IdChange& change, ChangesHasher& hasher) const;

 private:
  struct Work;  // one ID's old and new list as far as known
  [[nodiscard]] static Result<void> CheckNewCount(const Work& work);
  [[nodiscard]] Result<void> LoadCurrent(const IdChange& change, Work& work) const;
  [[nodiscard]] Result<void> PlanReplace(const Replace& replace, Work& work) const;
  [[nodiscard]] Result<void> PlanEdits(const EditEndpoints& edits, Work& work) const;
  [[nodiscard]] Result<void> PlanSteps(const EditSteps& steps, Work& work) const;
  [[nodiscard]] Result<void> PlanDelete(const DeleteId& removal, Work& work) const;
  [[nodiscard]] Result<void> PlanCopy(const CopyVersion& copy, Work& work) const;
  [[nodiscard]] Result<ListDiff> DiffFromHead(Work& work) const;
  [[nodiscard]] Result<void> LoadOld(Work& work) const;
  [[nodiscard]] Result<void> LoadEdited(size_t keys, Work& work) const;
  template <typename Steps>
  [[nodiscard]] Result<std::shared_ptr<const EndpointList>> LoadUnder(const Steps& steps,
                                                                      size_t edits,
                                                                      Work& work) const;
  [[nodiscard]] Result<void> LoadNew(Work& work) const;
  [[nodiscard]] Result<void> EncodeRows(Work& work, PreparedId& prepared) const;
  [[nodiscard]] Result<void> EncodeContent(Work& work, PreparedId& prepared) const;
  [[nodiscard]] Result<void> EncodeFull(Work& work, PreparedId& prepared) const;
  [[nodiscard]] Result<void> KeepForCache(Work& work, PreparedId& prepared) const;

  const ViewImpl& view_;
  ListCache& cache_;
  ChunkStore* chunks_ = nullptr;  // null: a dry run
  const Planned* planned_ = nullptr;
};

}  // namespace switchback
