// Ours and the floor in turn, so that what else the machine does meets both; medians.
#pragma once

#include <time.h>

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace switchback::targets {

inline double SecondsOf(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}
inline double Now() {
  return SecondsOf(CLOCK_MONOTONIC);
}
// Of this thread: what others do on the machine is not in it.
inline double ThreadSeconds() {
  return SecondsOf(CLOCK_THREAD_CPUTIME_ID);
}

inline double Quantile(std::vector<double> values, double fraction) {
  if (values.empty()) return 0;
  const auto at = static_cast<std::ptrdiff_t>(fraction * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<size_t>(at)];
}
inline double Median(std::vector<double> values) {
  return Quantile(std::move(values), 0.5);
}

template <typename Work>
double SecondsOfWork(const Work& work) {
  const double started = Now();
  work();
  return Now() - started;
}
// For work that waits for nothing: by this thread's own time.
template <typename Work>
double CpuSecondsOfWork(const Work& work) {
  const double started = ThreadSeconds();
  work();
  return ThreadSeconds() - started;
}

struct Pair {
  double ours = 0;  // medians, seconds
  double floor = 0;
};

// The order within a round changes, so that neither always follows the other's leavings.
template <typename Take, typename Ours, typename FloorWork>
Pair InterleaveBy(const Take& take, int rounds, const Ours& ours, const FloorWork& floor) {
  std::vector<double> our_times;
  std::vector<double> floor_times;
  for (int i = 0; i < rounds; ++i) {
    if (i % 2 == 0) our_times.push_back(take(ours));
    floor_times.push_back(take(floor));
    if (i % 2 != 0) our_times.push_back(take(ours));
  }
  return {Median(std::move(our_times)), Median(std::move(floor_times))};
}
template <typename Ours, typename FloorWork>
Pair Interleave(int rounds, const Ours& ours, const FloorWork& floor) {
  return InterleaveBy([](const auto& work) { return SecondsOfWork(work); }, rounds, ours, floor);
}
template <typename Ours, typename FloorWork>
Pair InterleaveCpu(int rounds, const Ours& ours, const FloorWork& floor) {
  return InterleaveBy([](const auto& work) { return CpuSecondsOfWork(work); }, rounds, ours, floor);
}

}  // namespace switchback::targets
