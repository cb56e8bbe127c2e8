// Walks over histories, revisions and the table. Each borrows the Rows it is made from.
#pragma once

#include <memory>
#include <optional>

#include "history/rows.h"
#include "switchback/view.h"

namespace switchback {

// As the methods of View with these names.
[[nodiscard]] Result<std::unique_ptr<Cursor<VersionInfo>>> OpenHistory(const Rows& rows,
                                                                       const BusinessId& id,
                                                                       std::optional<Version> from);
[[nodiscard]] Result<std::unique_ptr<Cursor<RevisionInfo>>> OpenLog(const Rows& rows,
                                                                    std::optional<Revision> from);
// The IDs that a revision touched, with their versions.
[[nodiscard]] Result<std::unique_ptr<Cursor<TouchedId>>> OpenTouchedIds(const Rows& rows,
                                                                        Revision revision);
[[nodiscard]] Result<std::unique_ptr<Cursor<VersionInfo>>> OpenChanges(const Rows& rows,
                                                                       Revision revision);
[[nodiscard]] Result<std::unique_ptr<Cursor<TableEntry>>> OpenTable(const Rows& rows,
                                                                    Revision revision,
                                                                    const TableRange& range);
// Of the IDs that `glob` matches; empty: all.
[[nodiscard]] Result<std::unique_ptr<Cursor<TableDifference>>> OpenTableDiff(const Rows& rows,
                                                                             Revision from,
                                                                             Revision to,
                                                                             std::string glob);

}  // namespace switchback
