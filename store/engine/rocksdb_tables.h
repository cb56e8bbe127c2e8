// Which tables make up a database, read strictly from its MANIFEST.
#pragma once

#include <rocksdb/db.h>
#include <rocksdb/env.h>

#include <cstdint>
#include <set>
#include <string>

namespace switchback {

// By number; of all families. Fails where one of them is missing or of another size. The logs are
// not looked at. `env` null: the system's. Cost: the MANIFEST, and a look at each file.
[[nodiscard]] rocksdb::Status ReadTableNumbers(const std::string& folder, rocksdb::Env* env,
                                               std::set<uint64_t>& numbers);

// Those that an open database works with.
[[nodiscard]] std::set<uint64_t> TableNumbersOf(rocksdb::DB& db);

}  // namespace switchback
