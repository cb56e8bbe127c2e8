// Counts how long things take, by the buckets of Durations.
#pragma once

#include <array>
#include <atomic>
#include <chrono>

#include "switchback/activity.h"

namespace switchback {

// Safe from any number of threads, without a lock. What is read while others count may lack some.
class DurationCounter {
 public:
  void Count(std::chrono::nanoseconds time);
  [[nodiscard]] Durations Read() const;

 private:
  std::array<std::atomic<uint64_t>, Durations::kBounds.size() + 1> counts_{};
  std::atomic<uint64_t> nanoseconds_ = 0;
};

// Counts from its making to its end.
class Timing {
 public:
  explicit Timing(DurationCounter& counter) : counter_(counter) {}
  ~Timing() { counter_.Count(std::chrono::steady_clock::now() - begun_); }
  Timing(const Timing&) = delete;
  Timing& operator=(const Timing&) = delete;

 private:
  DurationCounter& counter_;
  const std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
};

}  // namespace switchback
