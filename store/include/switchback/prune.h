// Dropping old versions: only ever on request.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "switchback/types.h"

namespace switchback {

// Which versions of an ID are kept; at least one rule must be given. A version is dropped only if
// every rule given lets it go, and never if it is the ID's newest, or was current at a revision
// that a snapshot names.
struct PrunePolicy {
  std::optional<uint64_t> keep_last = {};    // so many newest ones; at least 1
  std::optional<Timestamp> keep_since = {};  // all that were current at or after this moment
  std::string glob = {};                     // only IDs that match; empty: all
};

// An ID that loses versions.
struct PrunedId {
  BusinessId id;
  uint64_t dropped = 0;
  uint64_t kept = 0;
  Version oldest_kept;
};

struct PruneReport {
  uint64_t ids = 0;  // that lose versions
  uint64_t dropped = 0;
  uint64_t kept = 0;       // of the IDs that match
  uint64_t pins = 0;       // revisions that snapshots name
  uint64_t row_bytes = 0;  // of the rows dropped, as written
  uint64_t chunks = 0;     // freed; not known in a dry run
  uint64_t revisions = 0;  // whose changes are not known any more, though that they were made is
};

}  // namespace switchback
