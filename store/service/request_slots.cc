#include "service/request_slots.h"

#include <iterator>

namespace switchback {

std::unique_ptr<RequestSlots::Slot> RequestSlots::Take(const std::string& identity, Time now) {
  const std::scoped_lock lock(mutex_);
  std::multiset<Time>& begun = begun_[identity];
  if (begun.size() >= most_ && *std::next(begun.begin(), most_ - 1) <= now - kSlow) return nullptr;
  begun.insert(now);
  return std::make_unique<Slot>(this, identity, now);
}

void RequestSlots::Free(const std::string& identity, Time begun) {
  const std::scoped_lock lock(mutex_);
  const auto found = begun_.find(identity);
  found->second.erase(found->second.find(begun));
  if (found->second.empty()) begun_.erase(found);
}

}  // namespace switchback
