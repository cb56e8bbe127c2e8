// The commit queue: callers wait in order; the one at the front leads, handles as many of those
// behind it as it can in one go, and wakes them (group commit: one sync for all who wait).
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <span>

namespace switchback {

// Safe from any number of threads.
class CommitQueue {
 public:
  // One caller's place; lives on its stack.
  class Entry {
   public:
    virtual ~Entry() = default;
    Entry() = default;
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    friend class CommitQueue;
    std::condition_variable turn_;
    bool done_ = false;
  };
  // Handles a run of entries from the front of those given, at least one; returns how many. Runs in
  // one thread at a time.
  using Handler = std::function<size_t(std::span<Entry* const>)>;

  // Returns when `entry` has been handled, by this thread or by one that led before it.
  void Run(Entry& entry, const Handler& handler);

 private:
  // Wakes those who are done, and who leads next. REQUIRES: mutex_ held.
  void PopFront(size_t handled);

  std::mutex mutex_;
  std::deque<Entry*> entries_;  // guarded by mutex_
};

}  // namespace switchback
