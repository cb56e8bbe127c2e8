// Tables in a database's folder that its MANIFEST does not name. A crash leaves some: of a flush,
// whose rows the log still has, or of a merge, whose inputs are still there; RocksDB deletes them
// as it opens. But a MANIFEST that has lost its end, at the end of a record, looks whole, and then
// they are all that is left of what was flushed.
#pragma once

#include <rocksdb/db.h>

#include <string>
#include <vector>

#include "switchback/error.h"

namespace switchback {

// Whether what the table has is in the open database too; a table that is not whole never was
// there. Looked at are the first 10,000 rows. Rows that are gone since, some of them, are no fault:
// they may have been deleted. Errors: kDataLoss, most are gone, or all; kIoError.
// Cost: so many rows read, and looked up.
[[nodiscard]] Result<void> CheckUnlistedTable(
    const std::string& path, rocksdb::DB& db,
    const std::vector<rocksdb::ColumnFamilyHandle*>& families);

}  // namespace switchback
