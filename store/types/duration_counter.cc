#include "types/duration_counter.h"

#include <algorithm>

namespace switchback {

void DurationCounter::Count(std::chrono::nanoseconds time) {
  const double seconds = std::chrono::duration<double>(time).count();
  const auto bucket = std::ranges::lower_bound(Durations::kBounds, seconds);
  counts_[static_cast<size_t>(bucket - Durations::kBounds.begin())].fetch_add(
      1, std::memory_order_relaxed);
  nanoseconds_.fetch_add(static_cast<uint64_t>(std::max<int64_t>(time.count(), 0)),
                         std::memory_order_relaxed);
}

Durations DurationCounter::Read() const {
  Durations read;
  for (size_t i = 0; i < counts_.size(); ++i) {
    read.counts[i] = counts_[i].load(std::memory_order_relaxed);
  }
  read.seconds = static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) * 1e-9;
  return read;
}

}  // namespace switchback
