#include "history/head_cache.h"

#include <iterator>

namespace switchback {

ListHandle HeadCache::Find(const BusinessId& id, Ticket& ticket) {
  const Key key = KeyOf(id);
  Shard& shard = shards_[ShardOf(key)];
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.index.find(key);
  if (found == shard.index.end()) {
    ticket.epoch_ = shard.writing == 0 ? shard.epoch : kNever;
    ++shard.misses;
    return nullptr;
  }
  ++shard.hits;
  found->second->used = true;
  return found->second->head;
}

void HeadCache::Add(const ListHandle& head, Ticket ticket) {
  const size_t bytes = head->list->MemoryBytes() + head->id.text().size() + kEntryBytes;
  if (bytes > shard_budget_) return;
  const Key key = KeyOf(head->id);
  Shard& shard = shards_[ShardOf(key)];
  const std::lock_guard lock(shard.mutex);
  // A write that began since has moved the epoch on, whether it is done or not.
  if (shard.epoch != ticket.epoch_ || shard.index.contains(key)) return;
  shard.entries.push_back({head, key.hash, bytes, false});
  shard.index.emplace(key, std::prev(shard.entries.end()));
  shard.bytes += bytes;
  shard.Evict(shard_budget_);
}

// The clock: what was used since the hand last came by gets another round.
void HeadCache::Shard::Evict(size_t budget) {
  while (bytes > budget) {
    Entry& oldest = entries.front();
    if (oldest.used) {
      oldest.used = false;
      entries.splice(entries.end(), entries, entries.begin());
      continue;
    }
    bytes -= oldest.bytes;
    index.erase(Key{oldest.hash, &oldest.head->id});
    entries.pop_front();
  }
}

void HeadCache::Shard::Clear() {
  index.clear();
  entries.clear();
  bytes = 0;
}

void HeadCache::Writing::TakeOut(const BusinessId& id) {
  const Key key = KeyOf(id);
  const size_t at = ShardOf(key);
  Shard& shard = cache_.shards_[at];
  const std::lock_guard lock(shard.mutex);
  if ((shards_ >> at & 1) == 0) shard.Begin();
  shards_ |= uint64_t{1} << at;
  const auto found = shard.index.find(key);
  if (found == shard.index.end()) return;
  const auto entry = found->second;
  shard.index.erase(found);  // before the ID that its key points to goes
  shard.bytes -= entry->bytes;
  shard.entries.erase(entry);
}

void HeadCache::Writing::TakeOutAll() {
  for (size_t at = 0; at < kShards; ++at) {
    Shard& shard = cache_.shards_[at];
    const std::lock_guard lock(shard.mutex);
    if ((shards_ >> at & 1) == 0) shard.Begin();
    shards_ |= uint64_t{1} << at;
    shard.Clear();
  }
}

HeadCache::Writing::~Writing() {
  for (size_t at = 0; at < kShards; ++at) {
    if ((shards_ >> at & 1) == 0) continue;
    const std::lock_guard lock(cache_.shards_[at].mutex);
    --cache_.shards_[at].writing;
  }
}

HeadCache::Counts HeadCache::Count() {
  Counts sum;
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    sum.hits += shard.hits;
    sum.misses += shard.misses;
    sum.bytes += shard.bytes;
  }
  return sum;
}

}  // namespace switchback
