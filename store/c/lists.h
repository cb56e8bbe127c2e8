// Lists as they are handed to C.
#pragma once

#include <memory>

#include "c/handles.h"

namespace switchback::c {

using ListResult = Result<std::unique_ptr<switchback_list>>;

// NULL stays NULL: nothing newer.
[[nodiscard]] ListResult ToListHandle(Result<ListHandle> list);

}  // namespace switchback::c
