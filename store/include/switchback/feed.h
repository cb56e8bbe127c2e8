// Being told of commits: a subscription hands out every revision that touches the IDs asked for, in
// order, none left out, once it survives power loss; and goes on behind a token where an earlier
// one stopped. In a process that follows another's store (OpenOptions::follow) it makes the store
// catch up while it waits, and tells what is published there, synced or not: a token of what a
// power loss takes back is refused afterwards.
//
//   auto feed = store->Subscribe({.token = saved});
//   while (auto event = *(*feed)->Next(std::chrono::seconds(10))) { ...; saved = (*feed)->token();
//   }
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "switchback/error.h"
#include "switchback/types.h"
#include "switchback/view.h"

namespace switchback {

struct SubscribeOptions {
  // Which IDs: those that match (empty: all), and of these alone the ones named, where any are.
  std::string glob = {};
  std::optional<std::vector<BusinessId>> ids = {};
  // From where on, the first that is given: behind a token, behind a revision (0: from the first
  // on), or behind the newest that there is.
  std::string token = {};
  std::optional<Revision> after = {};
};

// What a revision made of one ID.
struct FeedChange {
  BusinessId id;
  Version version;
  bool deleted = false;  // no such ID any more
  uint64_t count = 0;    // endpoints now
  uint64_t added = 0;
  uint64_t removed = 0;
  uint64_t changed = 0;
};

struct FeedEvent {
  RevisionInfo commit;  // its sums are over all of its IDs, not those alone that were asked for
  std::vector<FeedChange> changes;  // by ID; at most kMaxChangesPerEvent
  // A revision of many IDs comes in several events; this is the last of it.
  bool last = true;
};
inline constexpr size_t kMaxChangesPerEvent = 1024;

// One thread at a time, but for Cancel. Must not outlive its store.
class Subscription {
 public:
  virtual ~Subscription() = default;
  Subscription() = default;
  Subscription(const Subscription&) = delete;
  Subscription& operator=(const Subscription&) = delete;

  // The next event; waits for one at most so long. Nothing: the time is up, or it was cancelled.
  // Errors: kPruned, what a revision changed is not known any more: read the table anew, and
  // subscribe behind the revision of that view; kDataLoss; kIoError. After an error the same
  // revision is tried again.
  // Cost: a few rows for each revision passed, also those that touch no such ID; never blocks a
  // commit.
  [[nodiscard]] virtual Result<std::optional<FeedEvent>> Next(
      std::chrono::milliseconds timeout) = 0;
  // Goes on behind the last revision that was handed out whole (or passed over, as it touches no
  // such ID). A text without blanks; it names the store, the revision and what is recorded of it,
  // so that a store whose history is another one (a restored backup, lost unsynced commits) refuses
  // it. Errors: kDataLoss; kIoError.
  [[nodiscard]] virtual Result<std::string> token() const = 0;
  // Ends a Next that waits, and every later one at once. From any thread.
  virtual void Cancel() = 0;
};

}  // namespace switchback
