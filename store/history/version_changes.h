// What each version of an ID changed, newest first: for those who ask when something came or went.
#pragma once

#include <cstdint>
#include <optional>

#include "history/content.h"
#include "history/rows.h"
#include "history/version_walker.h"

namespace switchback {

struct VersionChange {
  Version version;
  Revision revision;
  bool deletion = false;
  ListDiff diff;  // from the version before
};

class VersionChanges {
 public:
  // All borrowed. `from`: the first version handed out.
  VersionChanges(const Rows& rows, const ContentReader& content, const BusinessId& id, Version from)
      : content_(content), id_(id), walker_(rows, id), next_(from) {}

  // Nothing below version 1, or where the versions below were pruned.
  // Cost: a row; where it is no script, reading how its list differs from the one before.
  [[nodiscard]] Result<std::optional<VersionChange>> Next();
  // Once Next has handed out nothing: the oldest version that is there. 1: all of them are.
  [[nodiscard]] Version oldest_kept() const { return next_.Next(); }

 private:
  const ContentReader& content_;
  const BusinessId& id_;
  VersionWalker walker_;
  Version next_;
};

}  // namespace switchback
