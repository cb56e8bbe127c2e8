// A head row is derived: all that it says can be had from the ID's versions. So it is written anew
// where a revision that came to nothing has overwritten it, and done without where it is damaged.
#pragma once

#include <string>

#include "history/rows.h"

namespace switchback {

// The head row of `version`, made from the version rows. Errors: kDataLoss, the version can't be
// read; and as Rows::ReadVersion.
[[nodiscard]] Result<std::string> RebuildHead(const Rows& rows, const BusinessId& id,
                                              Version version, Version first_kept);

// What is current, from the version rows alone. `has_head` is false where that version's list can't
// be read either. False: the ID has no published version. Errors: kDataLoss: its newest row can't
// be read, so that nobody can say which version that is. Cost: all rows of the ID, and reading its
// newest list.
[[nodiscard]] Result<bool> RecoverCurrent(const Rows& rows, const BusinessId& id,
                                          CurrentVersion& current);

}  // namespace switchback
