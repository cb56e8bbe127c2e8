// One version of one business ID: how its list came about (doc/format.md, "Version row").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "list/script.h"
#include "switchback/error.h"
#include "switchback/types.h"

namespace switchback {

// The numbers are on disk.
enum class VersionKind : uint8_t {
  kScript = 1,       // an edit script against the version before
  kFullInline = 2,   // a whole list, as one block
  kFullChunked = 3,  // a whole list, as the root of chunks
  kSameAs = 4,       // the content of an earlier version of kind 1..3
  kDeletion = 5,     // no such ID; an empty list
  kPruned = 6,       // stands for a run of versions that were dropped, at its first
};

// Lists whose block is at most this long are kept inline, in version rows, checkpoints and heads:
// one row read, and a row still well inside one RocksDB block read.
inline constexpr size_t kMaxInlineBytes = 4096;
// Longer lists are not even tried as one block.
inline constexpr size_t kMaxInlineEndpoints = 4096;

struct VersionRow {
  VersionKind kind = VersionKind::kScript;
  Revision revision;
  uint64_t count = 0;  // endpoints after it
  // What the walk from here to the nearest full list or checkpoint costs, as the constants below
  // count, in KiB, rounded up; 0 where one stands right here. It tells what a restore of this
  // version would make readers pay, and whether walking between two versions beats comparing their
  // full lists. Not in bytes: that would differ from row to row and cost 2 bytes of each after
  // zstd.
  uint64_t read_cost_kib = 0;
  ScriptCounts changes;  // against the version before
  Version same_as;       // kSameAs only
  // kPruned only: the last version of the run (`revision` is its first's), and the digest of the
  // list of the version behind it, which scripts do not lead to any more.
  Version run_end;
  Digest next_digest;
  // Of a revision that touched this ID alone, else empty; as EncodeMetadata writes it: walks over
  // many rows have no use for its texts. Borrows.
  std::string_view metadata;
  std::string_view payload;  // script, block or root; borrows
};

void EncodeVersionRow(const VersionRow& row, std::string& out);
// `metadata` and `payload` borrow from `bytes`. Errors: kDataLoss.
[[nodiscard]] Result<VersionRow> DecodeVersionRow(std::string_view bytes);

// What reading costs, in bytes: a script's own, and this much for each row walked over (measured:
// stepping to a row, parsing and folding it costs about as much as decoding that many bytes of a
// checkpoint; doc/architecture.md has the bound that follows).
inline constexpr uint64_t kRowCost = 16;
// A same-as row sends the reader elsewhere: a seek.
inline constexpr uint64_t kJumpCost = 64;
// Below this no checkpoint pays: a seek and a block read cost more than the scripts.
inline constexpr uint64_t kMinCheckpointCost = 4096;

// What a full list takes, about, where its bytes are not at hand (1.8 an endpoint measured on
// uniform addresses with a port and a weight, less on clustered ones).
[[nodiscard]] constexpr uint64_t EstimatedListBytes(uint64_t count) {
  return 2 * count;
}

inline constexpr uint64_t kKiB = 1024;
[[nodiscard]] constexpr uint64_t ToKiB(uint64_t bytes) {
  return (bytes + kKiB - 1) / kKiB;
}

}  // namespace switchback
