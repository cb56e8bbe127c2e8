#include "api/commit_queue.h"

#include <algorithm>
#include <vector>

namespace switchback {
namespace {

// More than this never waits in practice; it bounds what one leader does for others.
constexpr size_t kMaxGroup = 256;

}  // namespace

void CommitQueue::Run(Entry& entry, const Handler& handler) {
  std::unique_lock lock(mutex_);
  entries_.push_back(&entry);
  entry.turn_.wait(lock, [&] { return entry.done_ || entries_.front() == &entry; });
  if (entry.done_) return;
  const size_t count = std::min(entries_.size(), kMaxGroup);
  const std::vector<Entry*> waiting(entries_.begin(),
                                    entries_.begin() + static_cast<std::ptrdiff_t>(count));
  lock.unlock();
  size_t handled = 1;
  try {
    handled = handler(waiting);
  } catch (...) {
    // Out of memory, or a clock that throws: this caller's trouble, not that of those behind it.
    lock.lock();
    PopFront(1);
    throw;
  }
  lock.lock();
  PopFront(handled);
}

void CommitQueue::PopFront(size_t handled) {
  for (size_t i = 0; i < handled; ++i) {
    entries_.front()->done_ = true;
    // Under the lock: once it is released, the entry may be gone.
    entries_.front()->turn_.notify_one();
    entries_.pop_front();
  }
  if (!entries_.empty()) entries_.front()->turn_.notify_one();
}

}  // namespace switchback
