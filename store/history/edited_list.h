// A list as it was put together once, or as its chunks are, and the edits since: what a commit of
// a few edits needs of a long list, and leaves of it for the next one. Making the new list whole
// would cost the list's length each time; this costs the edits alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "history/full_list.h"
#include "list/chunk.h"
#include "switchback/endpoint_list.h"

namespace switchback {

// Immutable; what comes after it shares its base and most of its edits.
class EditedList {
 public:
  // REQUIRES: `edits` apply to `base`.
  EditedList(ListBase base, ListDiff edits);
  explicit EditedList(std::shared_ptr<const EndpointList> whole);

  // The list, where it is here as one; else null.
  [[nodiscard]] std::shared_ptr<const EndpointList> whole() const {
    return runs_.empty() ? base_->list : nullptr;
  }
  [[nodiscard]] const ListBase& base() const { return *base_; }
  [[nodiscard]] uint64_t count() const { return count_; }
  [[nodiscard]] const Digest& digest() const { return digest_; }
  // Of all diffs that After has added since the base was taken.
  [[nodiscard]] uint64_t edits_since() const { return edits_since_; }

  // What the edits say of a key, if anything: a null value where they removed it. The attributes
  // borrow from this.
  struct Edited {
    bool known = false;
    std::optional<EndpointValue> value;
  };
  [[nodiscard]] Edited FindInEdits(const EndpointKey& key) const;
  // The endpoints with these keys, as far as they are there. REQUIRES: `keys` are strictly
  // increasing. Errors: kDataLoss. The digest of what it returns is not set.
  [[nodiscard]] Result<EndpointList> Pick(std::span<const EndpointKey> keys,
                                          const ChunkReader& chunks, ChunkCheck check) const;
  // REQUIRES: `diff` applies to it. Errors: kDataLoss, where what is stored does not fit together.
  // Cost: O(diff x log edits) in the long run.
  [[nodiscard]] Result<EditedList> After(ListDiff diff) const;
  // Errors: kDataLoss.
  [[nodiscard]] Result<std::shared_ptr<const EndpointList>> PutTogether(const ChunkReader& chunks,
                                                                        ChunkCheck check) const;
  // Whether there are so many edits that making the list whole pays: readers fold them all, and
  // they take memory.
  [[nodiscard]] bool is_long() const;

  // Heap bytes of the base, which others may share, and of the edits.
  [[nodiscard]] size_t BaseBytes() const { return base_bytes_; }
  [[nodiscard]] size_t EditBytes() const;
  [[nodiscard]] size_t MemoryBytes() const { return BaseBytes() + EditBytes(); }
  // The same for those that share a base.
  [[nodiscard]] const void* base_identity() const;

 private:
  EditedList() = default;
  [[nodiscard]] Result<void> Append(ListDiff diff);
  [[nodiscard]] Result<ListDiff> FoldedRuns() const;

  std::shared_ptr<const ListBase> base_;
  size_t base_bytes_ = 0;
  // Oldest first. Each is at least twice as long as the one behind it, so that they are few, and an
  // edit is copied as rarely.
  std::vector<std::shared_ptr<const ListDiff>> runs_;
  uint64_t count_ = 0;
  Digest digest_;
  uint64_t edits_since_ = 0;
};

}  // namespace switchback
