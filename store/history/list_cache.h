// Decoded lists, most recently used first, within a budget of bytes. A published version never
// changes, so an entry is never stale.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "switchback/endpoint_list.h"
#include "switchback/types.h"

namespace switchback {

// Safe from any number of threads. Short lists are not kept: decoding them costs less than finding
// them.
class ListCache {
 public:
  explicit ListCache(size_t budget_bytes) : budget_(budget_bytes) {}
  [[nodiscard]] std::shared_ptr<const EndpointList> Find(const BusinessId& id, Version version);
  void Add(const BusinessId& id, Version version, std::shared_ptr<const EndpointList> list);
  [[nodiscard]] size_t budget_bytes() const { return budget_; }
  // Whether a list of so many endpoints is kept at all.
  [[nodiscard]] static bool Keeps(uint64_t count) { return count >= kMinEndpoints; }

 private:
  static constexpr uint64_t kMinEndpoints = 512;
  struct Entry {
    std::string key;
    std::shared_ptr<const EndpointList> list;
  };
  static std::string Key(const BusinessId& id, Version version);

  std::mutex mutex_;
  const size_t budget_;
  size_t bytes_ = 0;
  std::list<Entry> entries_;
  std::unordered_map<std::string_view, std::list<Entry>::iterator> index_;
};

}  // namespace switchback
