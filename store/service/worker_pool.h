// Threads for requests: made as they are needed, kept for the next ones.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace switchback {

// Safe from any number of threads.
class WorkerPool {
 public:
  // Of `most_threads`, at least one.
  WorkerPool(size_t most_threads, size_t most_waiting)
      : most_threads_(most_threads), most_under_way_(most_threads + most_waiting) {}
  ~WorkerPool() { Join(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `work` as soon as a thread is free. False: as many wait as may; nothing was done.
  [[nodiscard]] bool Run(std::function<void()> work);
  // Takes no more, and waits for what is under way.
  void Join();

 private:
  void Work();

  const size_t most_threads_;
  const size_t most_under_way_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  std::vector<std::thread> threads_;
  size_t under_way_ = 0;  // waiting ones too
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace switchback
