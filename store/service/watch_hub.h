// Everyone who watches, told by one thread: what a commit made is read once and written once,
// however many are told of it; who waits costs a connection and no thread. A watcher that does not
// take what it is told is dropped, with a reason; a commit never waits for one.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "service/http.h"
#include "switchback/store.h"
#include "types/duration_counter.h"

namespace switchback {

// Whether one who watches still may is asked so often.
inline constexpr std::chrono::milliseconds kAskAgainAfter{2'000};

// What one watcher wants to hear of.
struct WatchOptions {
  std::string glob = {};
  std::optional<std::vector<BusinessId>> ids = {};
  std::chrono::milliseconds heartbeat{10'000};
  std::optional<std::chrono::milliseconds> wait = {};  // it ends after so long
  // Asked every kAskAgainAfter: an error ends it, and is its last line. By the hub's thread; null:
  // it may.
  std::function<Result<void>()> still_allowed = nullptr;
};

// A line of a watch: an event, with the token to go on behind it.
[[nodiscard]] std::string WatchLine(const FeedEvent& event, const std::string& token);

// One that only says that it goes on.
[[nodiscard]] std::string HeartbeatLine(Revision durable, const std::string& token);

// Safe from any number of threads.
class WatchHub {
 public:
  // A watcher that has been let in, and is not yet told anything by the hub.
  class Watcher;
  using WatcherPtr = std::shared_ptr<Watcher>;

  // `store` is borrowed. Errors: as Store::Subscribe.
  [[nodiscard]] static Result<std::unique_ptr<WatchHub>> Start(const Store& store, size_t most);
  ~WatchHub() { Stop(); }
  WatchHub(const WatchHub&) = delete;
  WatchHub& operator=(const WatchHub&) = delete;

  // From now on the hub keeps for the watcher what is newer than Behind of it, which is `durable`
  // or newer; what is not newer is the caller's to send. `durable`: of the store, read once the
  // caller's own subscription stood. Errors: kLimitExceeded, too many watch; kHeld, it is being
  // stopped.
  [[nodiscard]] Result<WatcherPtr> Join(WatchOptions options, Revision durable);
  // The caller has sent everything up to Behind, and sends this too, until it is empty: what has
  // come since, where it is more than the stream should be given at once.
  [[nodiscard]] std::vector<std::shared_ptr<const std::string>> TakePending(
      const WatcherPtr& watcher);
  // The hub goes on, on `stream`.
  void Begin(const WatcherPtr& watcher, std::shared_ptr<PushStream> stream);
  // The caller could not.
  void Leave(const WatcherPtr& watcher);
  [[nodiscard]] static Revision Behind(const Watcher& watcher);

  // Ends every watch, with a reason.
  void Stop();

  [[nodiscard]] size_t watchers() const { return count_; }
  [[nodiscard]] uint64_t dropped() const { return dropped_; }
  [[nodiscard]] uint64_t told() const { return told_; }
  // Of each event, to hand it to all it is for.
  [[nodiscard]] Durations tell_times() const { return tell_times_.Read(); }

 private:
  using Time = std::chrono::steady_clock::time_point;
  using Line = std::shared_ptr<const std::string>;

  WatchHub(const Store& store, size_t most) : store_(store), most_(most) {}
  [[nodiscard]] Result<void> FollowFromNow();
  void Insert(const WatcherPtr& watcher);
  void Run();
  [[nodiscard]] std::optional<Error> RunOnce();
  // False: nothing can be followed, and nobody is told so yet.
  [[nodiscard]] bool StartAnew(const Error& error);
  // `token`: behind the event, where it could be read.
  void Tell(const FeedEvent& event, const Result<std::string>& token);
  void TellFiltered(Watcher& watcher, const FeedEvent& event, const std::string& token);
  void Send(Watcher& watcher, const Line& line);
  void TellTheTime();
  void AskAgain();
  void Drop(const WatcherPtr& watcher, std::string last);
  [[nodiscard]] std::chrono::milliseconds UntilDue() const;

  const Store& store_;
  const size_t most_;
  std::unique_ptr<Subscription> feed_;  // the thread's; replaced with mutex_ held
  Time ask_at_;                         // the thread's
  std::thread thread_;
  std::atomic<bool> stopping_ = false;
  std::atomic<size_t> count_ = 0;  // of joined_
  std::atomic<uint64_t> dropped_ = 0;
  std::atomic<uint64_t> told_ = 0;
  DurationCounter tell_times_;
  mutable std::mutex mutex_;               // of all below
  Revision position_;                      // of the newest event that was told, in part or whole
  std::string token_;                      // behind the newest that was told whole
  Revision token_revision_;                // which is this one
  std::unordered_set<WatcherPtr> joined_;  // all of those below
  std::unordered_set<WatcherPtr> all_;     // of every ID
  std::unordered_set<WatcherPtr> by_pattern_;  // of those that a glob matches
  std::unordered_map<std::string, std::unordered_set<WatcherPtr>> by_id_;
  std::set<std::pair<Time, WatcherPtr>> due_;  // the next heartbeat, or the end
};

}  // namespace switchback
