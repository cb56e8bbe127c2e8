// A walk over what was said between commits.
#pragma once

#include <memory>
#include <optional>

#include "history/rows.h"
#include "switchback/view.h"

namespace switchback {

// As View::SaidRecords. The Rows are borrowed.
[[nodiscard]] Result<std::unique_ptr<Cursor<SaidRecord>>> OpenSaidRecords(
    const Rows& rows, std::optional<Revision> from);

}  // namespace switchback
