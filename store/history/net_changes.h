// The net effect of chosen revisions, by ID (View::NetChanges).
#pragma once

#include <memory>

#include "history/content.h"
#include "history/rows.h"
#include "switchback/provenance.h"

namespace switchback {

[[nodiscard]] Result<std::unique_ptr<Cursor<NetChange>>> OpenNetChanges(
    const Rows& rows, const ContentReader& content, const RevisionChoice& choice);

}  // namespace switchback
