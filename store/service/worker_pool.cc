#include "service/worker_pool.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace switchback {
namespace {

// Memory that runs out ends the work, not the process.
void DoWork(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception&) {
    return;
  }
}

}  // namespace

bool WorkerPool::Run(std::string key, std::function<void()> work) {
  const std::scoped_lock lock(mutex_);
  if (stopping_ || under_way_ == limits_.threads + limits_.waiting) return false;
  waiting_.push_back({std::move(key), std::move(work)});
  if (!HaveThread()) {
    waiting_.pop_back();
    return false;
  }
  ++under_way_;
  return true;
}

// Whether some thread will come to what waits; makes one where too few are idle. Where the system
// has no more, those that there are do. Some of what waits may be for a key that has all it may: an
// idle thread must be told all the same, for what has come is of another.
bool WorkerPool::HaveThread() {
  changed_.notify_one();
  if (idle_ >= waiting_.size() || threads_.size() >= limits_.threads) return true;
  try {
    threads_.emplace_back([this] { Work(); });
  } catch (const std::exception&) {
    return !threads_.empty();
  }
  return true;
}

// REQUIRES: mutex_ is held.
WorkerPool::Items::iterator WorkerPool::NextRunnable() {
  return std::ranges::find_if(waiting_, [this](const Item& item) {
    const auto found = running_.find(item.key);
    return found == running_.end() || found->second < limits_.per_key;
  });
}

void WorkerPool::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    auto next = waiting_.end();
    changed_.wait(lock, [&] {
      next = NextRunnable();
      return next != waiting_.end() || (stopping_ && waiting_.empty());
    });
    --idle_;
    if (next == waiting_.end()) return;
    {
      const Item item = std::move(*next);
      waiting_.erase(next);
      ++running_[item.key];
      lock.unlock();
      DoWork(item.work);
      lock.lock();
      if (--running_[item.key] == 0) running_.erase(item.key);
    }
    --under_way_;
    // What waited for this key, or for the end.
    if (!waiting_.empty() || stopping_) changed_.notify_all();
  }
}

void WorkerPool::Join() {
  {
    const std::scoped_lock lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

}  // namespace switchback
