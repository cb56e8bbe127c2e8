// Opening a store that another process may hold: tried again until it is free, or the time is up.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

#include "cli/command.h"
#include "cli/failure.h"
#include "switchback/store.h"

namespace switchback::cli {

using OpenStore = std::function<Result<std::unique_ptr<Store>>()>;

// What `open` returns, once it is not kHeld; then it is called no more. `wait`: how long at most;
// absent: not at all. Tells on a terminal that it waits. Errors: those of `open`; kHeld, naming the
// holder, and how long was waited.
[[nodiscard]] Outcome<std::unique_ptr<Store>> OpenWhenFree(
    const Context& context, std::optional<std::chrono::milliseconds> wait, const OpenStore& open);

}  // namespace switchback::cli
