// A whole commit, prepared against one view: every ID's rows, the hash of all changes, and what the
// caller will be told.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "api/change_source.h"
#include "api/id_preparer.h"
#include "codec/hash.h"

namespace switchback {

struct PreparedChange {
  std::shared_ptr<const ViewImpl> view;  // what it was prepared against
  std::vector<PreparedId> ids;           // those that get a new version, in order
  std::vector<PreparedId> unchanged;
  Sha256 content{};       // hash of all changes, for the journal
  bool complete = false;  // false: more IDs than were asked for
  uint64_t rewrites = 0;  // that the store had seen before it (Committer::Rewrite)
  // A large revision was under way over some of the IDs and hid their heads: what the rows say
  // about reading costs can't be relied on, should that revision come to nothing.
  bool beside_unpublished = false;
};

// How much is prepared before it is all written at once; a larger change goes in slices.
struct AtOnce {
  size_t max_ids = 0;
  size_t max_bytes = 0;
};
// What one atomic write may hold besides the IDs that OpenOptions allow: 4 MiB is what replays
// within the open target. One ID's rows alone may be more; its chunks are written ahead.
inline constexpr size_t kMaxBytesAtOnce = size_t{4} << 20;

// Past `limit` it stops with `complete` false, and the caller goes on in
// slices. Errors: as Store::Commit; conflicts of several IDs are told together.
[[nodiscard]] Result<PreparedChange> PrepareChange(std::shared_ptr<const ViewImpl> view,
                                                   ChangeSource& source, ListCache& cache,
                                                   ChunkStore& chunks, const AtOnce& limit);
// What a commit of it would tell, whatever its size: nothing is encoded, and nothing else is kept.
// Errors: as PrepareChange.
[[nodiscard]] Result<CommitResult> PreviewChange(const ViewImpl& view, ChangeSource& source,
                                                 ListCache& cache, const CommitOptions& options,
                                                 Timestamp now);

// What the caller is told of a commit, but for its revision.
[[nodiscard]] CommitResult DescribeCommit(const PreparedChange& prepared, Timestamp time);

// Gathers conflicts over IDs; anything else ends the commit at once.
class ConflictCollector {
 public:
  // True: `error` was a conflict and is kept. False: it is to be returned.
  [[nodiscard]] bool Add(const Error& error);
  [[nodiscard]] bool empty() const { return ids_ == 0; }
  [[nodiscard]] Error Finish() &&;

 private:
  Error first_;
  uint64_t ids_ = 0;
  uint64_t count_ = 0;
  std::vector<std::string> items_;
};

}  // namespace switchback
