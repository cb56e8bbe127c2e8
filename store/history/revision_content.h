// What a commit changed, as the journal hashes it: made anew from the rows of its versions.
#pragma once

#include "codec/hash.h"
#include "history/content.h"
#include "history/rows.h"

namespace switchback {

// Errors: kPruned: a version of the commit was dropped, or one that another's diff leads from;
// kDataLoss: also where a row does not say what its content does.
[[nodiscard]] Result<Sha256> HashRevision(const Rows& rows, const ContentReader& content,
                                          Revision revision);

}  // namespace switchback
