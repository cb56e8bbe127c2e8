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

std::shared_ptr<const EditedList> ListCache::FindEdited(const BusinessId& id, Version version) {
  const std::string key = Key(id, version);
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(key);
  if (found == index_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, found->second);
  return found->second->list;
}

std::shared_ptr<const EndpointList> ListCache::Find(const BusinessId& id, Version version) {
  const auto list = FindEdited(id, version);
  return list == nullptr ? nullptr : list->whole();
}

void ListCache::Add(const BusinessId& id, Version version,
                    std::shared_ptr<const EndpointList> list) {
  // One that can't be kept must not drive out the edits that stand for it.
  if (!Keeps(list->size()) || list->MemoryBytes() > budget_) return;
  std::string key = Key(id, version);
  const std::lock_guard lock(mutex_);
  const auto found = index_.find(key);
  if (found != index_.end()) {
    if (found->second->list->whole() != nullptr) return;
    Erase(found->second);
  }
  Put(std::move(key), std::make_shared<const EditedList>(std::move(list)));
}

void ListCache::Add(const BusinessId& id, Version version, std::shared_ptr<const EditedList> list) {
  if (!Keeps(list->count())) return;
  std::string key = Key(id, version);
  const std::lock_guard lock(mutex_);
  if (version.value > 2) {
    const auto before = index_.find(Key(id, Version{version.value - 2}));
    if (before != index_.end() && before->second->list->whole() == nullptr) Erase(before->second);
  }
  if (!index_.contains(key)) Put(std::move(key), std::move(list));
}

void ListCache::Put(std::string key, std::shared_ptr<const EditedList> list) {
  if (list->MemoryBytes() > budget_) return;
  const size_t edit_bytes = list->EditBytes();
  bytes_ += edit_bytes;
  if (++bases_[list->base_identity()] == 1) bytes_ += list->BaseBytes();
  entries_.push_front({std::move(key), std::move(list), edit_bytes});
  index_.emplace(entries_.front().key, entries_.begin());
  while (bytes_ > budget_) Erase(std::prev(entries_.end()));
}

void ListCache::Erase(Entries::iterator entry) {
  bytes_ -= entry->edit_bytes;
  const auto base = bases_.find(entry->list->base_identity());
  if (--base->second == 0) {
    bytes_ -= entry->list->BaseBytes();
    bases_.erase(base);
  }
  index_.erase(entry->key);
  entries_.erase(entry);
}

void ListCache::Clear() {
  const std::lock_guard lock(mutex_);
  while (!entries_.empty()) Erase(entries_.begin());
}

size_t ListCache::bytes() {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

}  // namespace switchback
