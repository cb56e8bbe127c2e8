#include "client/list_cache.h"

namespace switchback::client {
namespace {

// Enough for who asks for the same few lists again and again; nobody's main memory.
constexpr size_t kMostLists = 256;
constexpr size_t kMostBytes = size_t{64} << 20;

}  // namespace

ListHandle ListCache::Find(const BusinessId& id) {
  const std::scoped_lock lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end()) return nullptr;
  order_.splice(order_.begin(), order_, found->second);
  return *found->second;
}

void ListCache::Keep(const ListHandle& handle) {
  const std::scoped_lock lock(mutex_);
  if (const auto old = by_id_.find(handle->id); old != by_id_.end()) {
    // An answer that was overtaken on its way.
    if ((*old->second)->version > handle->version) return;
    Drop(old->second);
  }
  order_.push_front(handle);
  by_id_.insert_or_assign(handle->id, order_.begin());
  bytes_ += handle->list->MemoryBytes();
  while (!order_.empty() && (order_.size() > kMostLists || bytes_ > kMostBytes)) {
    Drop(std::prev(order_.end()));
  }
}

void ListCache::Drop(Order::iterator entry) {
  bytes_ -= (*entry)->list->MemoryBytes();
  by_id_.erase((*entry)->id);
  order_.erase(entry);
}

}  // namespace switchback::client
