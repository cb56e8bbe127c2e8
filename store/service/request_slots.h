// How many slow requests of each identity are under way: one that takes long over its answers
// leaves room for others. What is quick is not counted, however much of it comes at once.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>

namespace switchback {

// Safe from any number of threads. Must outlive its slots.
class RequestSlots {
 public:
  using Time = std::chrono::steady_clock::time_point;
  // A request that has been under way for so long is slow.
  static constexpr std::chrono::seconds kSlow{1};

  class Slot {  // free again when this goes
   public:
    Slot(RequestSlots* slots, const std::string& identity, Time begun)
        : slots_(slots), identity_(identity), begun_(begun) {}
    ~Slot() { slots_->Free(identity_, begun_); }
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;

   private:
    RequestSlots* const slots_;
    const std::string identity_;
    const Time begun_;
  };

  explicit RequestSlots(uint32_t most) : most_(most) {}
  // Null: this identity has as many slow ones under way as one may.
  [[nodiscard]] std::unique_ptr<Slot> Take(const std::string& identity, Time now);

 private:
  void Free(const std::string& identity, Time begun);

  const uint32_t most_;
  std::mutex mutex_;
  std::unordered_map<std::string, std::multiset<Time>> begun_;  // none is empty
};

}  // namespace switchback
