// What a prune drops of one ID, and what must be rewritten first so that all else stays readable.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "history/resolver.h"
#include "history/rows.h"
#include "switchback/prune.h"

namespace switchback {

// A closed range of versions.
struct VersionRun {
  Version first;
  Version last;
  [[nodiscard]] uint64_t size() const { return last.value - first.value + 1; }
};

struct IdPrunePlan {
  Version newest;                // when it was made
  std::vector<VersionRun> runs;  // to drop, rising, none touching another
  uint64_t dropped = 0;
  uint64_t kept = 0;
  uint64_t row_bytes = 0;  // of what is dropped, as written
  Version oldest_kept;
  // Kept versions whose row is a script against one that is dropped, without a checkpoint.
  std::vector<Version> checkpoints;
  // Kept versions whose row says "same as" one that is dropped.
  std::vector<Version> copies;
  // Revisions whose changes can't be made from the rows any more afterwards.
  std::vector<Revision> revisions;
  // The newest revision at which a dropped version was current.
  Revision floor;

  [[nodiscard]] bool Drops(Version version) const;
};

class PrunePlanner {
 public:
  // `pins`: the revisions that snapshots name, each once. Borrows `rows`.
  PrunePlanner(const Rows& rows, const PrunePolicy& policy, std::vector<Revision> pins);
  // Cost: one pass over the ID's rows; a search for each pin.
  [[nodiscard]] Result<IdPrunePlan> Plan(const BusinessId& id, const CurrentVersion& current) const;

 private:
  [[nodiscard]] Result<Version> KeepFrom(const BusinessId& id, const CurrentVersion& current) const;
  [[nodiscard]] Result<std::vector<Version>> Pinned(const BusinessId& id,
                                                    const CurrentVersion& current,
                                                    Version keep_from) const;

  const Rows& rows_;
  const Resolver resolver_;
  const PrunePolicy policy_;
  const std::vector<Revision> pins_;
};

}  // namespace switchback
