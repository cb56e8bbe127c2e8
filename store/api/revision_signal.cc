#include "api/revision_signal.h"

#include <algorithm>

namespace switchback {

std::chrono::steady_clock::time_point DeadlineIn(std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 365);
  return std::chrono::steady_clock::now() + std::min(timeout, kLongest);
}

void RevisionSignal::Advance(Revision revision) {
  uint64_t present = revision_.load();
  while (present < revision.value && !revision_.compare_exchange_weak(present, revision.value)) {
  }
  if (waiting_.load() > 0) Wake();
}

void RevisionSignal::Wake() {
  // Under the lock, so that it does not fall between a waiter's last look and its sleep.
  const std::lock_guard lock(mutex_);
  woken_.notify_all();
}

void RevisionSignal::WaitAbove(Revision known, std::chrono::steady_clock::time_point deadline,
                               const std::function<bool()>& stop) {
  std::unique_lock lock(mutex_);
  ++waiting_;
  woken_.wait_until(lock, deadline, [&] { return revision() > known || stop(); });
  --waiting_;
}

}  // namespace switchback
