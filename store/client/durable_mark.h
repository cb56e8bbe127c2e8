// The newest durable revision that any answer has told of.
#pragma once

#include <atomic>
#include <cstdint>

#include "switchback/types.h"

namespace switchback::client {

// Safe from any number of threads; only grows.
class DurableMark {
 public:
  [[nodiscard]] Revision revision() const { return Revision{revision_.load()}; }
  void Note(Revision revision) {
    uint64_t before = revision_.load();
    while (before < revision.value && !revision_.compare_exchange_weak(before, revision.value)) {
    }
  }

 private:
  std::atomic<uint64_t> revision_ = 0;
};

}  // namespace switchback::client
