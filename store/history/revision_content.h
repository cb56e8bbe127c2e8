// What a commit changed, as the journal hashes it: made anew from the rows of its versions.
#pragma once

#include "codec/hash.h"
#include "history/content.h"
#include "history/rows.h"

namespace switchback {

struct RevisionContent {
  Sha256 hash;
  // Over all of its IDs: what a record of many says beside the hash.
  uint64_t ids = 0;
  uint64_t removed = 0;
  uint64_t changed = 0;
  uint64_t added = 0;
};
// Errors: kPruned: a version of the commit was dropped, or one that another's diff leads from;
// kDataLoss: also where a row does not say what its content does.
[[nodiscard]] Result<RevisionContent> HashRevision(const Rows& rows, const ContentReader& content,
                                                   Revision revision);

}  // namespace switchback
