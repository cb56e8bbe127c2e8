// Reads commits' record rows one after another, up or down, at the price of an iterator's step
// where a point read would search the whole store each time.
#pragma once

#include <memory>

#include "engine/engine.h"
#include "history/revision_row.h"
#include "history/rows.h"

namespace switchback {

class RecordWalker {
 public:
  using Decode = Result<RecordRow>(std::string_view bytes);
  // Borrowed: it must outlive this. `decode`: how much of each row is wanted.
  RecordWalker(const Rows& rows, Decode& decode) : rows_(rows), decode_(decode) {}
  // The commit of a revision. Cost: a step or two where it is near the last one asked for, else a
  // search. Errors: as Rows::ReadRecord.
  [[nodiscard]] Result<RecordRow> At(Revision revision);

 private:
  // Stands on the row, if it is there.
  bool Reach(Revision revision);
  // Whether a few steps from where it stands lead to the row.
  bool StepTo(Revision revision, std::string_view key);

  const Rows& rows_;
  Decode& decode_;
  std::unique_ptr<Iterator> iterator_;  // from the first row asked for on: some walks need none
};

}  // namespace switchback
