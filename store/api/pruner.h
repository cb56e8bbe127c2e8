// Pruning: old versions are dropped, then the chunks that nothing names any more are freed, online.
// Order, so that a crash at any moment leaves a store that verifies:
//   1. segments of the journal that will run over the commits whose changes go, in a generation
//   that
//      is not in force, and their metadata in their own rows;
//   2. in one write: that generation in force, and a record of what was asked for, with its hash;
//   3. what kept versions lean on is written beside them, then versions go, some IDs in one write;
//   4. chunks go once no row names them.
// Each step changes no answer about what is kept, and finds what an earlier run left done.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "api/committer.h"
#include "api/view_impl.h"
#include "codec/hash.h"
#include "history/chunk_store.h"
#include "history/list_cache.h"
#include "history/prune_plan.h"
#include "switchback/store.h"

namespace switchback {

// What step 2 writes beside the record.
struct PruneJournal {
  Sha256 hash{};  // of all segments
  WriteBatch put_in_force;
};

class Pruner {
 public:
  // All borrowed. `view`: what is pruned is judged by it.
  Pruner(Engine& engine, ChunkStore& chunks, Committer& committer, const Origins& origins,
         ListCache& cache, const Progress& progress)
      : engine_(engine),
        chunks_(chunks),
        committer_(committer),
        origins_(origins),
        cache_(cache),
        progress_(progress) {}

  // What it would drop. `tell` hears of each ID that loses versions; may be null.
  [[nodiscard]] Result<PruneReport> Plan(const ViewImpl& view, const PrunePolicy& policy,
                                         std::vector<Revision> pins,
                                         const std::function<void(const PrunedId&)>& tell);
  // Step 1, after Plan.
  [[nodiscard]] Result<PruneJournal> WriteJournal();
  // Step 3: drops what Plan has found. REQUIRES: no snapshot is made or deleted since the pins were
  // read.
  [[nodiscard]] Result<void> Drop();
  // Step 4; returns how many.
  [[nodiscard]] Result<uint64_t> FreeChunks();

 private:
  using TakePlan = std::function<Result<void>(const BusinessId&, IdPrunePlan&&)>;
  struct Planned {
    BusinessId id;
    IdPrunePlan plan;
    std::vector<Digest> digests;  // of the lists behind its runs
  };

  [[nodiscard]] Result<void> ForEachPlan(const TakePlan& take) const;
  [[nodiscard]] Result<void> WriteSupports(const BusinessId& id, const IdPrunePlan& plan);
  [[nodiscard]] Result<std::vector<Digest>> DigestsBehind(const BusinessId& id,
                                                          const IdPrunePlan& plan) const;
  [[nodiscard]] Result<void> DropGroup(const std::vector<Planned>& group);
  [[nodiscard]] Result<uint64_t> FreeShare(const EngineView& view, class ChunkMarks& marks,
                                           uint64_t share);
  void Show() const;

  Engine& engine_;
  ChunkStore& chunks_;
  Committer& committer_;
  const Origins& origins_;
  ListCache& cache_;
  const Progress& progress_;

  // Of Plan, for Drop.
  const ViewImpl* view_ = nullptr;
  std::unique_ptr<PrunePlanner> planner_;
  std::string glob_;
  std::vector<bool> revisions_;  // by number: whose changes can't be made from rows afterwards
  uint64_t steps_ = 0;           // of `total_`, for progress
  uint64_t total_ = 0;
};

}  // namespace switchback
