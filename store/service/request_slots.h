// How many requests of each identity are under way: one that asks for much at once, or takes long
// over its answers, leaves room for others.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

namespace switchback {

// Safe from any number of threads. Must outlive its slots.
class RequestSlots {
 public:
  struct Leave {
    RequestSlots* slots = nullptr;
    void operator()(const std::string* identity) const { slots->Free(*identity); }
  };
  using Slot = std::unique_ptr<const std::string, Leave>;  // free again when this goes

  explicit RequestSlots(uint32_t most) : most_(most) {}
  // Null: this identity has as many as one may.
  [[nodiscard]] Slot Take(const std::string& identity);

 private:
  void Free(const std::string& identity);

  const uint32_t most_;
  std::mutex mutex_;
  std::unordered_map<std::string, uint32_t> taken_;  // nodes never move; none is 0
};

}  // namespace switchback
