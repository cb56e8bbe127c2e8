#include "service/watch_hub.h"

#include <algorithm>
#include <utility>

#include "switchback/selector.h"
#include "wire/json_forms.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLongestNap{100};
constexpr milliseconds kAfterError{200};
constexpr size_t kPendingBytes = size_t{8} << 20;    // kept for a watcher that is not there yet
constexpr size_t kHandOverBytes = size_t{64} << 10;  // of these, pushed when it comes

std::string ErrorLine(const Error& error) {
  return wire::Dump({{"error", wire::ToJson(error)}}) + '\n';
}

std::string ErrorLine(ErrorCode code, std::string message) {
  return ErrorLine(Error{code, std::move(message), {}, 0});
}

}  // namespace

std::string WatchLine(const FeedEvent& event, const std::string& token) {
  wire::Json json = wire::ToJson(event);
  json["token"] = token;
  return wire::Dump(json) + '\n';
}

std::string HeartbeatLine(Revision durable, const std::string& token) {
  return wire::Dump({{"heartbeat", {{"revision", durable.value}, {"token", token}}}}) + '\n';
}

// Everything guarded by the hub's mutex.
class WatchHub::Watcher {
 public:
  Watcher(WatchOptions wanted, Revision position, Time now)
      : options(std::move(wanted)), behind(position), heartbeat_at(now + options.heartbeat) {
    if (options.wait) ends_at = now + *options.wait;
  }

  [[nodiscard]] bool WantsAll() const { return options.glob.empty() && !options.ids; }
  [[nodiscard]] bool Wants(const BusinessId& id) const {
    if (!options.glob.empty() && !GlobMatches(options.glob, id.text())) return false;
    return !options.ids || std::ranges::find(*options.ids, id) != options.ids->end();
  }
  [[nodiscard]] Time due() const {
    return ends_at ? std::min(*ends_at, heartbeat_at) : heartbeat_at;
  }

  const WatchOptions options;
  const Revision behind;
  Time heartbeat_at;
  std::optional<Time> ends_at;
  std::shared_ptr<PushStream> stream;  // null: not yet
  std::vector<Line> pending;           // until then
  size_t pending_bytes = 0;
  std::optional<FeedEvent> held;  // of a revision in parts: whether it is its last is not known yet
  std::string held_token;         // what goes with it if it is not
  bool lost = false;              // more is pending than may
};

Revision WatchHub::Behind(const Watcher& watcher) {
  return watcher.behind;
}

Result<std::unique_ptr<WatchHub>> WatchHub::Start(const Store& store, size_t most) {
  std::unique_ptr<WatchHub> hub(new WatchHub(store, most));
  if (Result<void> follows = hub->FollowFromNow(); !follows) {
    return std::unexpected(std::move(follows.error()));
  }
  hub->thread_ = std::thread([raw = hub.get()] { raw->Run(); });
  return hub;
}

// REQUIRES: mutex_ is held, or nobody knows the hub yet.
Result<void> WatchHub::FollowFromNow() {
  const Revision durable = store_.durable();
  auto feed = store_.Subscribe({.after = durable});
  if (!feed) return std::unexpected(std::move(feed.error()));
  Result<std::string> token = (*feed)->token();
  if (!token) return std::unexpected(std::move(token.error()));
  feed_ = *std::move(feed);
  token_ = *std::move(token);
  position_ = token_revision_ = durable;
  return {};
}

void WatchHub::Insert(const WatcherPtr& watcher) {
  if (watcher->WantsAll()) {
    all_.insert(watcher);
  } else if (watcher->options.ids) {
    for (const BusinessId& id : *watcher->options.ids) by_id_[id.text()].insert(watcher);
  } else {
    by_pattern_.insert(watcher);
  }
  joined_.insert(watcher);
}

Result<WatchHub::WatcherPtr> WatchHub::Join(WatchOptions options, Revision durable) {
  const std::scoped_lock lock(mutex_);
  if (stopping_) return Fail(ErrorCode::kHeld, "the service is being stopped");
  if (joined_.size() >= most_) {
    return Fail(ErrorCode::kLimitExceeded, "as many watch already as this service takes");
  }
  auto watcher = std::make_shared<Watcher>(std::move(options), std::max(position_, durable),
                                           steady_clock::now());
  try {
    Insert(watcher);
  } catch (const std::exception&) {  // it is told of nothing then
    Drop(watcher, "");
    throw;
  }
  count_ = joined_.size();
  return watcher;
}

std::vector<WatchHub::Line> WatchHub::TakePending(const WatcherPtr& watcher) {
  const std::scoped_lock lock(mutex_);
  if (watcher->lost || watcher->pending_bytes < kHandOverBytes) return {};
  watcher->pending_bytes = 0;
  return std::exchange(watcher->pending, {});
}

void WatchHub::Begin(const WatcherPtr& watcher, std::shared_ptr<PushStream> stream) {
  const std::scoped_lock lock(mutex_);
  watcher->stream = std::move(stream);
  watcher->stream->OnClosed([this, gone = std::weak_ptr<Watcher>(watcher)] {
    if (const WatcherPtr left = gone.lock()) Leave(left);
  });
  due_.emplace(watcher->due(), watcher);
  if (stopping_) return Drop(watcher, ErrorLine(ErrorCode::kHeld, "the service is being stopped"));
  // Of one that has lost some, what is here comes before that.
  bool taken = true;
  for (const Line& line : std::exchange(watcher->pending, {})) {
    taken = taken && watcher->stream->Push(line);
    if (taken) ++told_;
  }
  if (watcher->lost || !taken) {
    ++dropped_;
    Drop(watcher, ErrorLine(ErrorCode::kLimitExceeded,
                            "more was to be told than this watcher took: go on with its token"));
  }
}

void WatchHub::Leave(const WatcherPtr& watcher) {
  const std::scoped_lock lock(mutex_);
  Drop(watcher, "");
}

// REQUIRES: mutex_ is held; `watcher` is no element of the sets that it goes from.
void WatchHub::Drop(const WatcherPtr& watcher, std::string last) {
  // First: who would be told of no more must not be left without an end.
  if (watcher->stream) watcher->stream->End(std::move(last));
  all_.erase(watcher);
  by_pattern_.erase(watcher);
  if (watcher->options.ids) {
    for (const BusinessId& id : *watcher->options.ids) {
      const auto at = by_id_.find(id.text());
      if (at == by_id_.end()) continue;
      at->second.erase(watcher);
      if (at->second.empty()) by_id_.erase(at);
    }
  }
  due_.erase({watcher->due(), watcher});
  joined_.erase(watcher);
  count_ = joined_.size();
}

// Nothing behind what was left out: its token would lead past that.
void WatchHub::Send(Watcher& watcher, const Line& line) {
  if (watcher.lost) return;
  if (!watcher.stream) {
    watcher.pending_bytes += line->size();
    watcher.lost = watcher.pending_bytes > kPendingBytes;
    if (!watcher.lost) watcher.pending.push_back(line);
    return;
  }
  ++told_;
  if (!watcher.stream->Push(line)) watcher.lost = true;
}

void WatchHub::Tell(const FeedEvent& event, const Result<std::string>& read) {
  const std::scoped_lock lock(mutex_);
  const std::string token = read ? *read : token_;  // where none could be read one that leads back
  const auto whole = std::make_shared<const std::string>(WatchLine(event, token));
  std::vector<WatcherPtr> lost;
  const auto tell = [&](const WatcherPtr& watcher) {
    if (event.commit.revision <= watcher->behind) return;
    if (watcher->WantsAll()) {
      Send(*watcher, whole);
    } else {
      TellFiltered(*watcher, event, token);
    }
    if (watcher->stream && watcher->lost) lost.push_back(watcher);
  };
  for (const WatcherPtr& watcher : all_) tell(watcher);
  for (const WatcherPtr& watcher : by_pattern_) tell(watcher);
  std::unordered_set<WatcherPtr> named;
  for (const FeedChange& change : event.changes) {
    const auto at = by_id_.find(change.id.text());
    if (at != by_id_.end()) named.insert(at->second.begin(), at->second.end());
  }
  // Of a revision in parts an earlier one may have been theirs.
  const bool in_parts = !event.last || event.changes.size() < event.commit.id_count;
  if (in_parts) {
    for (const auto& [id, watchers] : by_id_) {
      for (const WatcherPtr& watcher : watchers) {
        if (watcher->held) named.insert(watcher);
      }
    }
  }
  for (const WatcherPtr& watcher : named) tell(watcher);
  for (const WatcherPtr& watcher : lost) {
    ++dropped_;
    Drop(watcher, ErrorLine(ErrorCode::kLimitExceeded,
                            "this watcher did not take what it was told: go on with its token"));
  }
  // Last: while memory runs out in between, no heartbeat may lead past what was not told.
  position_ = std::max(position_, event.commit.revision);
  token_ = token;
  if (read && event.last) token_revision_ = position_;
}

void WatchHub::TellFiltered(Watcher& watcher, const FeedEvent& event, const std::string& token) {
  FeedEvent filtered{event.commit, {}, false};
  for (const FeedChange& change : event.changes) {
    if (watcher.Wants(change.id)) filtered.changes.push_back(change);
  }
  const auto say = [&](FeedEvent& one, bool last, const std::string& behind) {
    one.last = last;
    Send(watcher, std::make_shared<const std::string>(WatchLine(one, behind)));
  };
  if (!filtered.changes.empty()) {
    if (watcher.held) say(*watcher.held, /*last=*/false, watcher.held_token);
    watcher.held = std::move(filtered);
    watcher.held_token = token;
  }
  if (event.last && watcher.held) {
    say(*watcher.held, /*last=*/true, token);
    watcher.held.reset();
  }
}

// Heartbeats, and the ends of those that wait only so long.
void WatchHub::TellTheTime() {
  const std::scoped_lock lock(mutex_);
  const Time now = steady_clock::now();
  Line line;
  while (!due_.empty() && due_.begin()->first <= now) {
    const WatcherPtr watcher = due_.begin()->second;
    if (!line) {
      line = std::make_shared<const std::string>(HeartbeatLine(position_, token_));
    }
    if (watcher->stream->closed()) {
      Drop(watcher, "");
      continue;
    }
    // What it caught up with by itself is newer: a token from before that would lead it back.
    const bool leads_back = token_revision_ < watcher->behind;
    if (watcher->ends_at && *watcher->ends_at <= now) {
      Drop(watcher, leads_back || watcher->lost ? "" : *line);
      continue;
    }
    due_.erase(due_.begin());
    watcher->heartbeat_at = now + watcher->options.heartbeat;
    due_.emplace(watcher->due(), watcher);
    if (leads_back) continue;
    Send(*watcher, line);
    if (!watcher->lost) continue;
    if (!watcher->stream->closed()) ++dropped_;
    Drop(watcher, ErrorLine(ErrorCode::kLimitExceeded,
                            "this watcher did not take what it was told: go on with its token"));
  }
}

// Tokens are revoked, certificates expire, users leave groups. Asked without mutex_: the answer may
// take a look at a file.
void WatchHub::AskAgain() {
  const Time now = steady_clock::now();
  if (now < ask_at_) return;
  ask_at_ = now + kAskAgainAfter;
  std::vector<WatcherPtr> begun;
  {
    const std::scoped_lock lock(mutex_);
    for (const WatcherPtr& watcher : joined_) {
      if (watcher->stream && watcher->options.still_allowed) begun.push_back(watcher);
    }
  }
  for (const WatcherPtr& watcher : begun) {
    const Result<void> allowed = watcher->options.still_allowed();
    if (allowed) continue;
    const std::scoped_lock lock(mutex_);
    Drop(watcher, ErrorLine(allowed.error()));
  }
}

milliseconds WatchHub::UntilDue() const {
  const std::scoped_lock lock(mutex_);
  if (due_.empty()) return kLongestNap;
  const auto until = std::chrono::ceil<milliseconds>(due_.begin()->first - steady_clock::now());
  return std::clamp(until, milliseconds(1), kLongestNap);
}

void WatchHub::Run() {
  std::optional<Error> broken;
  while (!stopping_) {
    try {
      if (broken && !StartAnew(*broken)) {
        TellTheTime();
        AskAgain();
      } else {
        broken = RunOnce();
      }
    } catch (const std::exception& error) {  // memory ran out: who was told in part begins anew
      broken = Error{ErrorCode::kIoError, error.what(), {}, 0};
    }
    if (broken) std::this_thread::sleep_for(kAfterError);
  }
}

// Nothing: it goes on.
std::optional<Error> WatchHub::RunOnce() {
  // A watcher that comes meanwhile and wants to be told of the time sooner waits a little longer.
  const auto event = feed_->Next(std::min(UntilDue(), kLongestNap));
  if (!event) return event.error();
  if (*event) {
    const Timing timing(tell_times_);
    Tell(**event, feed_->token());
  }
  TellTheTime();
  AskAgain();
  return std::nullopt;
}

// What a commit made can't be read, or not any more: who watches is told so, and may try by itself.
bool WatchHub::StartAnew(const Error& error) {
  const std::scoped_lock lock(mutex_);
  if (!FollowFromNow()) return false;
  const std::string line = ErrorLine(error);
  for (const WatcherPtr& watcher : std::vector(joined_.begin(), joined_.end())) {
    if (watcher->stream) {
      Drop(watcher, line);
    } else {
      watcher->lost = true;  // it is told when it begins
      watcher->pending.clear();
    }
  }
  return true;
}

void WatchHub::Stop() {
  if (stopping_.exchange(true)) return;
  if (!thread_.joinable()) return;  // it was never started
  {
    const std::scoped_lock lock(mutex_);
    feed_->Cancel();
  }
  thread_.join();
  const std::scoped_lock lock(mutex_);
  for (const WatcherPtr& watcher : std::vector(joined_.begin(), joined_.end())) {
    // One that has not begun is told when it does.
    if (!watcher->stream) continue;
    Drop(watcher, ErrorLine(ErrorCode::kHeld, "the service is being stopped: ask again"));
  }
}

}  // namespace switchback
