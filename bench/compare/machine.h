// What the driver asks of the machine: a clock, and peak memory.
#pragma once

#include <chrono>
#include <cstdint>

namespace switchback::compare {

class Stopwatch {
 public:
  [[nodiscard]] double Seconds() const {
    return std::chrono::duration<double>(Clock::now() - start_).count();
  }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

// Begins a new peak for this process where the kernel permits; else peaks are of the whole run.
void ResetPeakMemory();
// The larger of this process's peak since the reset and the largest child ever waited for.
uint64_t PeakMemoryBytes();

}  // namespace switchback::compare
