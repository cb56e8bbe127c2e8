// From a version to its list: the nearest full list or checkpoint at or below it, and the scripts
// since. Invariants (named in tests/store/encodings_test.cc):
//   1. Version 1, and the version behind a deletion, are full lists or deletions: a walk down
//   always ends.
//   2. A same-as row names an earlier row that is a script or a full list, never another same-as.
//   3. A checkpoint beside version v holds exactly v's list; without it every answer is the same.
//   4. Scripts and rows walked from a version to its base cost at most
//      max(kMinCheckpointCost, base bytes) plus one jump (version_row.h); behind a restore
//      EstimatedListBytes of what was restored stands in for base bytes.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "history/chunk_store.h"
#include "history/full_list.h"
#include "history/list_cache.h"
#include "history/rows.h"
#include "history/version_walker.h"
#include "list/chunk.h"
#include "switchback/view.h"

namespace switchback {

// A version's list, not yet put together.
struct LocatedContent {
  bool deleted = false;
  ListBase base;                     // an empty inline list for a deletion and for version 0
  std::vector<std::string> scripts;  // from the base to the version, NEWEST first
  Revision revision;                 // of the version; 0 where its row was not read
  uint64_t cost = 0;                 // of the walk, as version_row.h counts
  uint64_t base_bytes = 0;           // of the base's row
  Version checkpoint;                // whose checkpoint the base is; 0: it is none
};

class ContentReader {
 public:
  // All borrowed. `cache` may be null. `check`: serving reads rely on the engine's checksums (twice
  // as quick on long lists); verify recomputes every digest.
  ContentReader(const Rows& rows, ListCache* cache, ChunkCheck check);

  // `below`: checkpoints are used only beside earlier versions. Errors, here and below: kNotFound,
  // kPruned, kDataLoss.
  [[nodiscard]] Result<LocatedContent> Locate(const BusinessId& id, Version version,
                                              Version below = kNoVersion) const;
  // A deletion reads as kNotFound. `revision`, where given, becomes the version's; 0 where the list
  // came from the cache and no row was read, not even whether this view has such a version.
  [[nodiscard]] Result<std::shared_ptr<const EndpointList>> ReadList(
      const BusinessId& id, Version version, Revision* revision = nullptr) const;
  [[nodiscard]] Result<std::shared_ptr<const EndpointList>> PutTogether(
      const LocatedContent& content) const;
  // The list as the cache has it, or as its nearest full list and the scripts since, folded: for a
  // commit that looks up a few of its keys. A deletion reads as an empty list.
  [[nodiscard]] Result<std::shared_ptr<const EditedList>> ReadEdited(const BusinessId& id,
                                                                     Version version) const;
  [[nodiscard]] Result<EndpointList> Pick(const EditedList& list,
                                          std::span<const EndpointKey> keys) const;
  [[nodiscard]] Result<std::shared_ptr<const EndpointList>> PutTogether(
      const EditedList& list) const;
  // Count and digest without the list.
  [[nodiscard]] Result<VersionSummary> Summarize(const BusinessId& id, Version version) const;
  // One key's value, without the list where it is chunked.
  [[nodiscard]] Result<FoundValue> Find(const BusinessId& id, Version version,
                                        const EndpointKey& key) const;
  // As View::Diff.
  [[nodiscard]] Result<ListDiff> Diff(const VersionRef& from, const VersionRef& to) const;

 private:
  static constexpr Version kNoVersion{std::numeric_limits<uint64_t>::max()};

  [[nodiscard]] bool FindCached(const BusinessId& id, Version at, LocatedContent& content) const;
  [[nodiscard]] std::shared_ptr<const EditedList> Cached(const BusinessId& id,
                                                         Version version) const {
    return cache_ == nullptr ? nullptr : cache_->FindEdited(id, version);
  }
  [[nodiscard]] Result<bool> FindBase(const BusinessId& id, Version at, VersionWalker& walker,
                                      Version below, LocatedContent& content,
                                      const VersionRow** row) const;
  // By the scripts between two versions of one ID; nothing where a full list stands between, or
  // where comparing full lists is cheaper.
  [[nodiscard]] Result<std::optional<ListDiff>> DiffByScripts(const BusinessId& id, Version from,
                                                              Version to) const;
  [[nodiscard]] Result<std::shared_ptr<const EndpointList>> PutTogetherAnyhow(
      const BusinessId& id, Version version, LocatedContent content) const;
  [[nodiscard]] Result<ListDiff> CheapestDiff(const VersionRef& from, const VersionRef& to) const;
  [[nodiscard]] Result<ListDiff> DiffOfLists(const VersionRef& from, const VersionRef& to) const;
  struct WalkEnd {
    Version version;
    const VersionRow& row;
  };
  [[nodiscard]] Result<std::optional<ListDiff>> WalkToCommon(const BusinessId& id, WalkEnd from,
                                                             WalkEnd to, uint64_t budget) const;
  [[nodiscard]] Result<ListDiff> DiffByContent(const LocatedContent& from,
                                               const LocatedContent& to) const;
  [[nodiscard]] Result<ListDiff> FoldedScripts(const LocatedContent& content) const;

  const Rows& rows_;
  ListCache* cache_;
  ChunkCheck check_;
  EngineChunkReader chunks_;
};

}  // namespace switchback
