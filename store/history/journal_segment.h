// Where the journal runs over commits whose changes can't be made from the rows any more, since
// versions of theirs were pruned (doc/format.md, "Segments"). A hash for each of them would take 32
// bytes that no codec makes shorter, more than pruning a small change saves; so it is kept for each
// run of them: the chain's value before it and at its end, and a hash of all that is left of the
// run.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "codec/hash.h"
#include "history/origins.h"
#include "history/revision_row.h"
#include "history/row_keys.h"
#include "history/rows.h"

namespace switchback {

struct JournalSegment {
  Revision first;
  Revision last;         // what was said after it is not in the segment
  uint64_t records = 0;  // commits, and what was said between them
  Sha256 before{};       // the chain's value before `first`
  Sha256 chain{};        // and after `last`
  Sha256 summary{};      // over what is left of each record
};
// Without `first`, which is in the key.
void EncodeJournalSegment(const JournalSegment& segment, std::string& out);
[[nodiscard]] Result<JournalSegment> DecodeJournalSegment(std::string_view bytes);

// The generation of segments in force; 0: there are none. Errors: kDataLoss.
[[nodiscard]] Result<uint64_t> ReadSegmentGeneration(const EngineView& view);
[[nodiscard]] std::string EncodeSegmentGeneration(uint64_t generation);

// The segments in force, in order.
class JournalSegments {
 public:
  [[nodiscard]] static Result<JournalSegments> Open(const EngineView& view);
  // The next one; nothing at the end. Errors: kDataLoss, malformed or out of order.
  [[nodiscard]] Result<std::optional<JournalSegment>> Next();

 private:
  JournalSegments() = default;
  std::unique_ptr<Iterator> rows_;  // null: there are none
  Revision last_;
};

// What is left of a record: all that a leaf is made from, but in place of the changes their sums
// and which IDs they touched. REQUIRES: a commit of kind kManyIds, or a record that was said.
[[nodiscard]] Result<Sha256> AbridgedLeaf(const Rows& rows, const Origins& origins,
                                          const RecordKeyParts& at, const RecordRow& record);

// The summary of a segment, from the abridged leaves of its records in order.
class SegmentSummary {
 public:
  SegmentSummary();
  void Add(const Sha256& abridged);
  [[nodiscard]] Sha256 Finish() { return hasher_.Finish(); }

 private:
  Sha256Hasher hasher_;
};

// The hash of all segments, which the record of the prune that made them carries: so they are part
// of the chain themselves.
class SegmentsHasher {
 public:
  SegmentsHasher();
  void Add(const JournalSegment& segment);
  [[nodiscard]] Sha256 Finish() { return hasher_.Finish(); }

 private:
  Sha256Hasher hasher_;
};

}  // namespace switchback
