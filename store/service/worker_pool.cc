#include "service/worker_pool.h"

#include <utility>

namespace switchback {

bool WorkerPool::Run(std::function<void()> work) {
  const std::scoped_lock lock(mutex_);
  if (stopping_ || under_way_ == most_under_way_) return false;
  ++under_way_;
  waiting_.push_back(std::move(work));
  if (idle_ >= waiting_.size()) {
    changed_.notify_one();
  } else if (threads_.size() < most_threads_) {
    threads_.emplace_back([this] { Work(); });
  }
  return true;
}

void WorkerPool::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    ++idle_;
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    {
      const std::function<void()> work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      work();
    }
    lock.lock();
    --under_way_;
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
