// The first line of a table in its text form (doc/cli.md, "Table form"): where it is from and how
// much of it there is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "switchback/types.h"

namespace switchback::cli {

struct TableHeader {
  std::string environment;
  std::string store;  // UUID
  std::optional<Revision> revision;
  std::optional<Timestamp> time;  // of the revision
  // How many IDs follow: a table that was cut off between two lines is told by it alone.
  std::optional<uint64_t> ids;
  // Of the IDs only those that it matches are in the table; absent: all.
  std::optional<std::string> glob;
};

}  // namespace switchback::cli
