// Whether a service that was away is asked again, or spared, so that readers need not wait for it.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>

#include "client/service_calls.h"

namespace switchback::client {

// Nobody answers, or only that the service can't serve now.
[[nodiscard]] bool IsAway(const CallError& error);
// No answer to the question, for no reason that lies in the question: it is away, what came is not
// of the form that it has to be, or its file system fails. Not so: who asks is refused, damage, and
// that the ID is not there.
[[nodiscard]] bool IsNoAnswer(const CallError& error);

// Safe from any number of threads.
class ServiceGate {
 public:
  enum class Turn : uint8_t {
    kAsk,    // it answered last time
    kProbe,  // it was away: find out whether it is still; ends with Reached or Away
    kSpare,  // it was away a moment ago, or another is finding out
  };

  [[nodiscard]] Turn Enter();
  void Reached();
  // `spent`: how long it took to find out. The longer, the longer it is spared then.
  void Away(Error why, std::chrono::steady_clock::duration spent);

  [[nodiscard]] bool is_away() const { return is_away_; }
  // Why it is away.
  [[nodiscard]] Error why() const;

 private:
  std::atomic<bool> is_away_ = false;
  mutable std::mutex mutex_;
  Error why_;
  std::chrono::steady_clock::time_point spared_until_;
  bool is_probed_ = false;
};

}  // namespace switchback::client
