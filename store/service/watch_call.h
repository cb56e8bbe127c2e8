// The call that does not end: telling of commits.
#pragma once

#include <functional>

#include "service/call_context.h"
#include "service/watch_hub.h"

namespace switchback {

// Sends what there is by the calling thread, and hands the stream to the hub, which asks
// `still_allowed` (WatchOptions).
Result<void> AnswerWatch(CallContext& call, WatchHub& hub,
                         std::function<Result<void>()> still_allowed);

}  // namespace switchback
