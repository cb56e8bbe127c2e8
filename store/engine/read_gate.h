// Lets readers through, and between them one that changes what they read. Views are stayed in for
// as long as their owners like, so a change never waits for them; it waits for single reads, which
// are over in no time.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace switchback {

// Safe from any number of threads.
class ReadGate {
 public:
  // A single read, or a view: either waits while a change is under way.
  void EnterRead() { Enter(reads_); }
  void LeaveRead();
  void EnterView() { Enter(views_); }
  void LeaveView();
  [[nodiscard]] bool has_views() const;

  // False: a view is open. Else no reader is inside, and none gets in until Open.
  [[nodiscard]] bool Close();
  void Open();

 private:
  void Enter(size_t& kind);

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  size_t reads_ = 0;  // inside
  size_t views_ = 0;
  bool closed_ = false;  // or to be closed once the reads are over
};

}  // namespace switchback
