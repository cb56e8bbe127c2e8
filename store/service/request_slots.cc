#include "service/request_slots.h"

namespace switchback {

RequestSlots::Slot RequestSlots::Take(const std::string& identity) {
  const std::scoped_lock lock(mutex_);
  const auto found = taken_.try_emplace(identity, 0).first;
  if (found->second >= most_) return Slot(nullptr, Leave{this});
  ++found->second;
  return Slot(&found->first, Leave{this});
}

void RequestSlots::Free(const std::string& identity) {
  const std::scoped_lock lock(mutex_);
  const auto found = taken_.find(identity);
  if (--found->second == 0) taken_.erase(found);
}

}  // namespace switchback
