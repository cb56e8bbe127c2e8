// Option structs as a caller of any release fills them.
#pragma once

#include "switchback/error.h"
#include "switchback/feed.h"
#include "switchback/options.h"
#include "switchback/switchback.h"

namespace switchback::c {

// NULL: all defaults. Errors: kInvalidArgument, a size, flag or number that is none.
[[nodiscard]] Result<OpenOptions> ReadOptions(const switchback_open_options* given);
[[nodiscard]] Result<CommitOptions> ReadOptions(const switchback_commit_options* given);
// Also where an ID is none.
[[nodiscard]] Result<SubscribeOptions> ReadOptions(const switchback_subscribe_options* given);

// A flag is 0 or 1: another value comes from memory that nobody set.
[[nodiscard]] Result<bool> ReadFlag(int32_t flag, std::string_view name);

}  // namespace switchback::c
