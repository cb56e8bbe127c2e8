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
// A child process has ended that took so much at most.
void NoteEndedChild(uint64_t peak_bytes);
// The larger of this process's peak and the largest child's that has ended, both since the reset.
uint64_t PeakMemoryBytes();

}  // namespace switchback::compare
