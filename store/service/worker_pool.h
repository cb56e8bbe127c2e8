// Threads for requests: made as they are needed, kept for the next ones.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace switchback {

struct WorkerLimits {
  size_t threads = 1;  // at least one
  size_t per_key = 1;  // of these, for work of one key; the rest is left to others
  size_t waiting = 0;
};

// Safe from any number of threads.
class WorkerPool {
 public:
  explicit WorkerPool(const WorkerLimits& limits) : limits_(limits) {}
  ~WorkerPool() { Join(); }
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `work` as soon as a thread is free for its key; in order within a key. An exception from
  // it ends it, and is forgotten. False: as many wait as may, or there is no thread at all and none
  // can be made; nothing was done.
  [[nodiscard]] bool Run(std::string key, std::function<void()> work);
  // Takes no more, and waits for what is under way.
  void Join();

 private:
  struct Item {
    std::string key;
    std::function<void()> work;
  };
  using Items = std::list<Item>;
  void Work();
  [[nodiscard]] Items::iterator NextRunnable();
  [[nodiscard]] bool HaveThread();

  const WorkerLimits limits_;
  std::mutex mutex_;
  std::condition_variable changed_;
  Items waiting_;
  std::unordered_map<std::string, size_t> running_;  // by key; none is 0
  std::vector<std::thread> threads_;
  size_t under_way_ = 0;  // waiting ones too
  size_t idle_ = 0;
  bool stopping_ = false;
};

}  // namespace switchback
