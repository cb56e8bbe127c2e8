// The chained journal: SHA-256 over what every record says, whatever encoding its rows chose, so
// that repacking changes nothing and a rewritten past shows (doc/format.md, "Journal").
#pragma once

#include <cstdint>
#include <string_view>

#include "codec/hash.h"
#include "history/metadata.h"
#include "switchback/endpoint_list.h"
#include "switchback/options.h"
#include "switchback/types.h"

namespace switchback {

// Hash of a commit's changes; IDs are added in order.
class ChangesHasher {
 public:
  void Add(const BusinessId& id, Version version, bool deleted, const ListDiff& diff);
  [[nodiscard]] Sha256 Finish() { return hasher_.Finish(); }

 private:
  Sha256Hasher hasher_;
};

// What a record says, in canonical bytes: its key, its metadata with the origin spelled out, and
// the hash of its changes (of its payload, for a record that is no commit).
[[nodiscard]] Sha256 JournalLeaf(Revision revision, uint64_t sub, const Metadata& metadata,
                                 const Origin& origin, const Sha256& content);
// The chain's value after a record.
[[nodiscard]] Sha256 NextChain(const Sha256& chain, const Sha256& leaf);

}  // namespace switchback
