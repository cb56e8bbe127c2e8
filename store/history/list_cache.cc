#include "history/list_cache.h"

#include <utility>

#include "codec/bytes.h"

namespace switchback {

std::string ListCache::Key(const BusinessId& id, Version version) {
  std::string key = id.text();
  key += '\0';
  AppendFixed64(version.value, key);
  return key;
}

std::shared_ptr<const EndpointList> ListCache::Find(const BusinessId& id, Version version) {
  const std::string key = Key(id, version);
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(key);
  if (found == index_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->list;
}

void ListCache::Add(const BusinessId& id, Version version,
                    std::shared_ptr<const EndpointList> list) {
  const size_t bytes = list->MemoryBytes();
  if (!Keeps(list->size()) || bytes > budget_) return;
  std::string key = Key(id, version);
  const std::lock_guard lock(mutex_);
  if (index_.contains(key)) return;
  entries_.push_front({std::move(key), std::move(list)});
  index_.emplace(entries_.front().key, entries_.begin());
  bytes_ += bytes;
  while (bytes_ > budget_) {
    const Entry& oldest = entries_.back();
    bytes_ -= oldest.list->MemoryBytes();
    index_.erase(oldest.key);
    entries_.pop_back();
  }
}

}  // namespace switchback
