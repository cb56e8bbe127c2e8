// The lists read last, so that asking again costs no more than hearing that nothing is new.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <unordered_map>

#include "switchback/view.h"

namespace switchback::client {

// Safe from any number of threads.
class ListCache {
 public:
  // The handle kept last for this ID; null if none is.
  [[nodiscard]] ListHandle Find(const BusinessId& id);
  void Keep(const ListHandle& handle);

 private:
  // By use, the last one at the front.
  using Order = std::list<ListHandle>;

  void Drop(Order::iterator entry);

  std::mutex mutex_;
  Order order_;
  std::unordered_map<BusinessId, Order::iterator> by_id_;
  size_t bytes_ = 0;
};

}  // namespace switchback::client
