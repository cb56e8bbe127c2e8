// Reads the rows of one ID, best downwards: a cheap step between neighbours, where a point read
// would search the whole store each time.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "engine/engine.h"
#include "history/row_keys.h"
#include "history/rows.h"

namespace switchback {

class VersionWalker {
 public:
  // Both borrowed.
  VersionWalker(const Rows& rows, const BusinessId& id) : rows_(rows), id_(id) {}
  // The row of `version`. It borrows until the next call. Errors: as Rows::ReadVersion.
  [[nodiscard]] Result<const VersionRow*> At(Version version);
  // Whether a checkpoint stands beside `version`; its bytes borrow until the next call.
  // REQUIRES: called before At(version), for a version below the last one asked for.
  [[nodiscard]] Result<std::optional<std::string_view>> CheckpointAt(Version version);
  // The newest version at or below `version` that was not pruned; 0: none.
  [[nodiscard]] Result<Version> NewestKept(Version version);

 private:
  // Stands on the row of `version` (its checkpoint, where `checkpoint`), if it is there and none
  // that can't be read is in the way.
  bool Reach(Version version, bool checkpoint);
  // An iterator that has failed goes: it may fail on wherever it is sent. False: it has not.
  bool DropFailed();
  // Takes the place from the key of the row that the iterator has come to.
  void TakePlace();

  const Rows& rows_;
  const BusinessId& id_;
  std::unique_ptr<Iterator> iterator_;  // from the first row asked for on: some walks need none
  std::optional<VersionPlace> place_;   // where it stands; nothing: at no row of a version
  VersionRow row_;
  StoredVersion missing_;   // what a point read found where the iterator found nothing
  std::string checkpoint_;  // likewise
};

}  // namespace switchback
