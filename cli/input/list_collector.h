// Makes a list of endpoint texts that come one by one, in any order. In canonical order, as our own
// files have them, they take what the list takes; else some 100 bytes each meanwhile.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "cli/input/faults.h"
#include "switchback/endpoint_list.h"

namespace switchback::cli {

class ListCollector {
 public:
  // A text that is no endpoint is a fault.
  void Add(std::string_view text, Faults& faults);
  // How many were the same as another one; they collapse.
  [[nodiscard]] uint64_t duplicates() const { return duplicates_; }
  // The list, and none from now on. A key that stands twice with different values is a fault.
  [[nodiscard]] EndpointList Take(Faults& faults);

 private:
  [[nodiscard]] EndpointList Sorted(Faults& faults);

  EndpointListBuilder ordered_;
  std::vector<OwnedEndpoint> others_;  // from the first one that was out of order
  uint64_t duplicates_ = 0;
};

}  // namespace switchback::cli
