// Where a reader of the feed is, as a text that it keeps: `UUID:rREVISION:FINGERPRINT`. The
// fingerprint is of what is recorded of that commit, time to the microsecond included: another
// history has another one, and checking it reads one record. (The chain's value there would say
// more and cost a walk over thousands of records; it is not known within segments either.)
#pragma once

#include <string>
#include <string_view>

#include "history/origins.h"
#include "history/rows.h"
#include "switchback/types.h"

namespace switchback {

// Errors: kNotFound, no such revision; kDataLoss.
[[nodiscard]] Result<std::string> FormatFeedToken(const Rows& rows, const Origins& origins,
                                                  std::string_view uuid, Revision revision);
// The revision that a token of this store names, once it is known to be of this history. Errors:
// kInvalidArgument, no token; kConflict.
[[nodiscard]] Result<Revision> CheckFeedToken(const Rows& rows, const Origins& origins,
                                              std::string_view uuid, std::string_view token);

}  // namespace switchback
