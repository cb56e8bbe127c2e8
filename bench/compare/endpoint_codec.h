// Endpoints as a careful user of a general store would keep them: the key in binary, the value
// ("weight=100 zone=a") as a number, since there are few different ones.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "switchback/endpoint.h"

namespace switchback::compare {

struct Entry {
  EndpointKey key;
  uint32_t value = 0;  // 0: none
};

// Numbers for value texts. The owner keeps new ones beside its data, and loads them again.
class ValueTable {
 public:
  using Keep = std::function<void(uint32_t number, std::string_view text)>;

  explicit ValueTable(Keep keep = {}) : keep_(std::move(keep)) {}
  // In the order of their numbers.
  void Load(std::string_view text) { Append(std::string(text)); }

  Entry Parse(std::string_view endpoint);
  [[nodiscard]] std::string Format(const Entry& entry) const;

 private:
  uint32_t Append(std::string text);

  Keep keep_;
  std::vector<std::string> texts_;  // of 1, 2, 3 ...
  std::unordered_map<std::string, uint32_t> numbers_;
};

}  // namespace switchback::compare
