// An endless run of edits to one list of uniform hosts: what the histories of store_bench are made
// of. 40 % adds, 40 % removes, 20 % changed weights, so that the list keeps its size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <unordered_set>
#include <vector>

#include "switchback/change.h"
#include "switchback/options.h"

namespace switchback::bench {

// Two changes that undo one another, to be committed in turn for as long as one likes.
struct Toggle {
  EditEndpoints there;
  EditEndpoints back;
};

// As all edits are committed here.
[[nodiscard]] CommitOptions EditOptions(Durability durability);

class EditStream {
 public:
  // Of a list of `size` uniform hosts with one port and weight 100.
  EditStream(size_t size, uint64_t seed);
  [[nodiscard]] EndpointList FirstList() const;

  // The next `edits` edits; they fit the list after all edits before.
  [[nodiscard]] EditEndpoints Next(size_t edits);
  // For the list as it is now; not counted among the edits before.
  [[nodiscard]] Toggle NextToggle(size_t edits);
  // In the list right now.
  [[nodiscard]] EndpointKey AnyKey();

 private:
  [[nodiscard]] bool Has(uint32_t address) const;
  [[nodiscard]] uint32_t NewAddress(const std::unordered_set<uint32_t>& touched);
  // The place of an address in the list that is not in `touched`.
  [[nodiscard]] size_t AnyPlace(const std::unordered_set<uint32_t>& touched);

  std::mt19937_64 random_;
  std::vector<uint32_t> first_;           // sorted
  std::vector<uint32_t> present_;         // in no order
  std::unordered_set<uint32_t> added_;    // to first_
  std::unordered_set<uint32_t> removed_;  // from first_
  uint32_t weight_ = 100;
};

}  // namespace switchback::bench
