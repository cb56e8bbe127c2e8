// A revision that only grows, and waiting for it to: what wakes those who want to be told of
// commits.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>

#include "switchback/types.h"

namespace switchback {

// So long from now, as far as a clock can count.
[[nodiscard]] std::chrono::steady_clock::time_point DeadlineIn(std::chrono::milliseconds timeout);

// Safe from any number of threads.
class RevisionSignal {
 public:
  explicit RevisionSignal(Revision revision) : revision_(revision.value) {}

  [[nodiscard]] Revision revision() const { return Revision{revision_.load()}; }
  // No-op where it is not above the present one. Costs two loads where nobody waits.
  void Advance(Revision revision);
  // Returns once the revision is above `known`, or `stop` says so when woken, or at the deadline.
  void WaitAbove(Revision known, std::chrono::steady_clock::time_point deadline,
                 const std::function<bool()>& stop);
  // Wakes all who wait, for their `stop` to be asked.
  void Wake();

 private:
  // Sequentially consistent, both: one of a waiter and an Advance that meet sees the other.
  std::atomic<uint64_t> revision_;
  std::atomic<uint32_t> waiting_ = 0;
  std::mutex mutex_;
  std::condition_variable woken_;
};

}  // namespace switchback
