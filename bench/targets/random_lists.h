// Many small lists of uniform IPv4 hosts, edited one endpoint at a time as tools/make-history does:
// 40 % inserts, 40 % deletes, 20 % changed weights. Nothing about an address repeats, so these are
// the lists for questions of bytes.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "switchback/change.h"

namespace switchback::targets {

class RandomLists {
 public:
  RandomLists(uint32_t ids, uint32_t endpoints);
  [[nodiscard]] Change First() const;  // all lists, as one revision
  [[nodiscard]] Change EditAny();      // one endpoint of one ID

 private:
  struct Entry {
    uint32_t address = 0;
    uint32_t weight = 100;
  };
  using Entries = std::vector<Entry>;  // of one ID, in no order

  uint32_t NewAddress(const Entries& entries);
  EndpointEdit Insert(Entries& entries);
  EndpointEdit Delete(Entries& entries);
  EndpointEdit ChangeWeight(Entries& entries);

  std::mt19937 random_{11};
  std::vector<Entries> lists_;
};

}  // namespace switchback::targets
