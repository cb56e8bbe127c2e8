// From what people name (a number, head~N, a revision, a time, a snapshot) to versions and
// revisions: by search, never by reading a history from its start.
#pragma once

#include <functional>
#include <optional>

#include "history/rows.h"
#include "switchback/selector.h"
#include "switchback/view.h"

namespace switchback {

class Resolver {
 public:
  explicit Resolver(const Rows& rows) : rows_(rows) {}

  // As View::Resolve and View::ResolveRevision.
  [[nodiscard]] Result<ResolvedVersion> Resolve(const BusinessId& id,
                                                const Selector& selector) const;
  [[nodiscard]] Result<Revision> ResolveRevision(const Selector& selector) const;

  // The newest version of `current`'s ID that is of `revision` or an earlier one; nothing if the ID
  // was not born then. Cost: O(log of how far back).
  [[nodiscard]] Result<std::optional<ResolvedVersion>> VersionAt(const BusinessId& id,
                                                                 const CurrentVersion& current,
                                                                 Revision revision) const;
  // The same by effective time.
  [[nodiscard]] Result<std::optional<ResolvedVersion>> VersionAtMoment(
      const BusinessId& id, const CurrentVersion& current, Timestamp moment) const;

 private:
  using IsEarlyEnough = std::function<Result<bool>(Version, const VersionRow&)>;
  [[nodiscard]] Result<std::optional<ResolvedVersion>> NewestThat(const BusinessId& id,
                                                                  const CurrentVersion& current,
                                                                  const IsEarlyEnough& early) const;
  // The same below the versions that are all there, where only what snapshots name may be.
  // Errors: kPruned, what was current then was dropped.
  [[nodiscard]] Result<std::optional<ResolvedVersion>> AmongPinned(
      const BusinessId& id, const CurrentVersion& current, const IsEarlyEnough& early) const;
  [[nodiscard]] Result<Metadata> MetadataNear(uint64_t low, uint64_t high, uint64_t& at) const;
  [[nodiscard]] Result<Revision> RevisionAt(Timestamp time) const;
  [[nodiscard]] Result<Revision> NamedRevision(const std::string& name) const;
  [[nodiscard]] Result<ResolvedVersion> ResolveNumber(const BusinessId& id, Version version) const;
  [[nodiscard]] Result<ResolvedVersion> ResolveEarlier(const BusinessId& id,
                                                       const CurrentVersion& current,
                                                       const Selector& selector) const;

  const Rows& rows_;
};

}  // namespace switchback
