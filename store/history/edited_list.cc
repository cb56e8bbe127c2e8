#include "history/edited_list.h"

#include <algorithm>
#include <ranges>
#include <utility>

#include "list/script.h"

namespace switchback {
namespace {

// Fewer edits are never too many: folding so many costs less than looking a long list up.
constexpr size_t kMinLongEdits = 512;
// One edit in so many endpoints: folding them should then cost about what copying the list does (an
// estimate, at 0.1 us an edit and 0.7 ns an endpoint; other bounds were not tried).
constexpr uint64_t kEndpointsAnEdit = 256;

size_t BytesOf(const ListBase& base) {
  if (!base.root) return base.list->MemoryBytes();
  size_t bytes = base.root->chunks.capacity() * sizeof(ChunkRef);
  for (const ChunkRef& chunk : base.root->chunks) {
    if (!chunk.inline_block.empty()) bytes += chunk.inline_block.capacity();
  }
  return bytes;
}

size_t BytesOf(const ListDiff& diff) {
  return sizeof(ListDiff) + diff.removed.MemoryBytes() + diff.changed_from.MemoryBytes() +
         diff.changed_to.MemoryBytes() + diff.added.MemoryBytes();
}

Error AsDamage(Error error) {
  error.code = ErrorCode::kDataLoss;
  return error;
}

}  // namespace

EditedList::EditedList(ListBase base, ListDiff edits)
    : base_(std::make_shared<const ListBase>(std::move(base))),
      base_bytes_(BytesOf(*base_)),
      count_(base_->count() + edits.added.size() - edits.removed.size()),
      digest_(base_->digest()) {
  digest_ += edits.DigestChange();
  if (!edits.empty()) runs_.push_back(std::make_shared<const ListDiff>(std::move(edits)));
}

EditedList::EditedList(std::shared_ptr<const EndpointList> whole)
    : EditedList(ListBase{std::move(whole), std::nullopt}, ListDiff{}) {}

EditedList::Edited EditedList::FindInEdits(const EndpointKey& key) const {
  for (const auto& run : std::views::reverse(runs_)) {
    for (const EndpointList* part : {&run->added, &run->changed_to}) {
      const size_t at = part->Find(key);
      if (at != part->size()) return {true, part->Value(at)};
    }
    if (run->removed.Contains(key)) return {true, std::nullopt};
  }
  return {};
}

Result<EndpointList> EditedList::Pick(std::span<const EndpointKey> keys, const ChunkReader& chunks,
                                      ChunkCheck check) const {
  std::vector<Edited> edited;
  std::vector<EndpointKey> not_edited;
  edited.reserve(keys.size());
  for (const EndpointKey& key : keys) {
    edited.push_back(FindInEdits(key));
    if (base_->root && !edited.back().known) not_edited.push_back(key);
  }
  EndpointList in_chunks;
  if (base_->root) {
    Result<EndpointList> found = ReadChunksAround(*base_->root, chunks, not_edited, check);
    if (!found) return found;
    in_chunks = std::move(*found);
  }
  const EndpointList& base = base_->root ? in_chunks : *base_->list;
  EndpointListBuilder picked;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (edited[i].known) {
      if (edited[i].value) picked.Append({keys[i], *edited[i].value});
      continue;
    }
    const size_t at = base.Find(keys[i]);
    if (at != base.size()) picked.Append(base[at]);
  }
  return picked.FinishWithDigest({});
}

Result<EditedList> EditedList::After(ListDiff diff) const {
  EditedList after = *this;
  if (Result<void> appended = after.Append(std::move(diff)); !appended) {
    return std::unexpected(appended.error());
  }
  return after;
}

Result<void> EditedList::Append(ListDiff diff) {
  count_ = count_ + diff.added.size() - diff.removed.size();
  digest_ += diff.DigestChange();
  edits_since_ += diff.size();
  while (!runs_.empty() && runs_.back()->size() < 2 * diff.size()) {
    Result<ListDiff> both = Compose(*runs_.back(), diff);
    if (!both) return std::unexpected(AsDamage(both.error()));
    diff = std::move(*both);
    runs_.pop_back();
  }
  if (!diff.empty()) runs_.push_back(std::make_shared<const ListDiff>(std::move(diff)));
  return {};
}

Result<std::shared_ptr<const EndpointList>> EditedList::PutTogether(const ChunkReader& chunks,
                                                                    ChunkCheck check) const {
  auto list = LoadBase(*base_, chunks, check);
  if (!list || runs_.empty()) return list;
  const Result<ListDiff> folded = FoldedRuns();
  if (!folded) return std::unexpected(AsDamage(folded.error()));
  Result<EndpointList> applied = Apply(**list, *folded);
  if (!applied) return std::unexpected(AsDamage(applied.error()));
  return std::make_shared<const EndpointList>(std::move(*applied));
}

Result<ListDiff> EditedList::FoldedRuns() const {
  if (runs_.size() == 1) return *runs_.front();
  ScriptFolder folder;
  for (const auto& run : runs_) folder.Add(*run);
  return folder.Finish();
}

bool EditedList::is_long() const {
  size_t edits = 0;
  for (const auto& run : runs_) edits += run->size();
  return edits > std::max<uint64_t>(kMinLongEdits, base_->count() / kEndpointsAnEdit);
}

size_t EditedList::EditBytes() const {
  size_t bytes = 0;
  for (const auto& run : runs_) bytes += BytesOf(*run);
  return bytes;
}

const void* EditedList::base_identity() const {
  return base_->root ? static_cast<const void*>(base_.get()) : base_->list.get();
}

}  // namespace switchback
