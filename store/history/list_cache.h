// Decoded lists, whole or as an earlier one with the edits since, most recently used first, within
// a budget of bytes. A published version never changes, so an entry is never stale.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "history/edited_list.h"
#include "switchback/endpoint_list.h"
#include "switchback/types.h"

namespace switchback {

// Safe from any number of threads. Short lists are not kept: decoding them costs less than finding
// them. A base that several entries share is counted once.
class ListCache {
 public:
  explicit ListCache(size_t budget_bytes) : budget_(budget_bytes) {}
  // Whole lists alone; null otherwise.
  [[nodiscard]] std::shared_ptr<const EndpointList> Find(const BusinessId& id, Version version);
  // Either kind.
  [[nodiscard]] std::shared_ptr<const EditedList> FindEdited(const BusinessId& id, Version version);
  void Add(const BusinessId& id, Version version, std::shared_ptr<const EndpointList> list);
  // What is edited takes the place of what it was two versions before: nobody asks for that one
  // again, and those who prepare a commit now may still ask for the one between.
  void Add(const BusinessId& id, Version version, std::shared_ptr<const EditedList> list);
  void Clear();
  [[nodiscard]] size_t budget_bytes() const { return budget_; }
  [[nodiscard]] size_t bytes();
  // Whether a list of so many endpoints is kept at all.
  [[nodiscard]] static bool Keeps(uint64_t count) { return count >= kMinEndpoints; }

 private:
  static constexpr uint64_t kMinEndpoints = 512;
  struct Entry {
    std::string key;
    std::shared_ptr<const EditedList> list;
    size_t edit_bytes = 0;
  };
  using Entries = std::list<Entry>;
  static std::string Key(const BusinessId& id, Version version);
  void Put(std::string key, std::shared_ptr<const EditedList> list);
  void Erase(Entries::iterator entry);

  std::mutex mutex_;
  const size_t budget_;
  size_t bytes_ = 0;
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> index_;
  std::unordered_map<const void*, size_t> bases_;  // how many entries stand on each
};

}  // namespace switchback
