#include "service/watch_call.h"

#include <exception>
#include <tuple>
#include <utility>

#include "wire/status.h"

namespace switchback {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr uint64_t kLeastHeartbeat = 100;
constexpr uint64_t kMostHeartbeat = 600'000;
constexpr int kMostRounds = 64;

Result<std::optional<milliseconds>> Duration(const CallContext& call, const std::string& name,
                                             uint64_t least, uint64_t most) {
  const Result<std::optional<uint64_t>> number = call.Number(name);
  if (!number) return std::unexpected(number.error());
  if (!*number) return std::nullopt;
  if (**number >= least && **number <= most) return milliseconds(**number);
  return Fail(ErrorCode::kInvalidArgument, name + ": expected " + std::to_string(least) + " to " +
                                               std::to_string(most) + " milliseconds");
}

Result<WatchOptions> Wanted(const CallContext& call) {
  WatchOptions options;
  options.glob = call.Text("glob").value_or("");
  Result<std::vector<BusinessId>> ids = call.Ids();
  if (!ids) return std::unexpected(ids.error());
  if (!ids->empty()) options.ids = *std::move(ids);
  const auto heartbeat = Duration(call, "heartbeat_ms", kLeastHeartbeat, kMostHeartbeat);
  if (!heartbeat) return std::unexpected(heartbeat.error());
  options.heartbeat = heartbeat->value_or(options.heartbeat);
  const auto wait = Duration(call, "wait_ms", 1, kMostHeartbeat);
  if (!wait) return std::unexpected(wait.error());
  options.wait = *wait;
  return options;
}

Result<SubscribeOptions> From(const CallContext& call, const WatchOptions& wanted) {
  SubscribeOptions options;
  options.glob = wanted.glob;
  options.ids = wanted.ids;
  options.token = call.Text("token").value_or("");
  const Result<std::optional<uint64_t>> after = call.Number("after");
  if (!after) return std::unexpected(after.error());
  if (*after) options.after = Revision{**after};
  return options;
}

enum class Sent : uint8_t { kAll, kGone, kFailed };

// Whether it is time to ask, and the answer is no: that is its last line then.
class Asked {
 public:
  explicit Asked(std::function<Result<void>()> still_allowed)
      : still_allowed_(std::move(still_allowed)) {}
  [[nodiscard]] bool Refuses(CallContext& call, bool now) {
    if (!still_allowed_ || (!now && steady_clock::now() < next_)) return false;
    next_ = steady_clock::now() + kAskAgainAfter;
    const Result<void> allowed = still_allowed_();
    if (!allowed) call.WriteLine({{"error", wire::ToJson(allowed.error())}});
    return !allowed;
  }

 private:
  const std::function<Result<void>()> still_allowed_;
  steady_clock::time_point next_ = steady_clock::now() + kAskAgainAfter;
};

// Everything up to `behind`.
Sent CatchUp(CallContext& call, Subscription& feed, Revision behind, Asked& asked) {
  while (true) {
    if (asked.Refuses(call, /*now=*/false)) return Sent::kFailed;
    const auto event = feed.Next(milliseconds(0));
    if (!event) {
      call.WriteLine({{"error", wire::ToJson(event.error())}});
      return Sent::kFailed;
    }
    if (!*event || (*event)->commit.revision > behind) return Sent::kAll;
    const Result<std::string> token = feed.token();
    if (!token) {
      call.WriteLine({{"error", wire::ToJson(token.error())}});
      return Sent::kFailed;
    }
    if (!call.responder().Write(WatchLine(**event, *token))) return Sent::kGone;
  }
}

// What has come meanwhile, too.
Sent SendPending(CallContext& call, WatchHub& hub, const WatchHub::WatcherPtr& watcher,
                 Asked& asked) {
  // Not for ever, where as much comes as it takes.
  for (int round = 0; round < kMostRounds; ++round) {
    const auto lines = hub.TakePending(watcher);
    if (lines.empty()) return Sent::kAll;
    for (const auto& line : lines) {
      if (asked.Refuses(call, /*now=*/false)) return Sent::kFailed;
      if (!call.responder().Write(*line)) return Sent::kGone;
    }
  }
  return Sent::kAll;
}

// A watcher goes from the hub unless the hub goes on with it, whatever ends the call.
class Joined {
 public:
  Joined(WatchHub& hub, WatchHub::WatcherPtr watcher) : hub_(hub), watcher_(std::move(watcher)) {}
  ~Joined() {
    if (!watcher_) return;
    try {
      hub_.Leave(watcher_);
    } catch (const std::exception&) {
      return;  // its session is closed, which the hub meets
    }
  }
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;
  [[nodiscard]] const WatchHub::WatcherPtr& watcher() const { return watcher_; }
  void HandOver(std::shared_ptr<PushStream> stream) {
    hub_.Begin(watcher_, std::move(stream));
    watcher_ = nullptr;
  }

 private:
  WatchHub& hub_;
  WatchHub::WatcherPtr watcher_;
};

}  // namespace

Result<void> AnswerWatch(CallContext& call, WatchHub& hub,
                         std::function<Result<void>()> still_allowed) {
  if (auto known = call.OnlyParameters({"after", "token", "glob", "id", "heartbeat_ms", "wait_ms"});
      !known) {
    return known;
  }
  Result<WatchOptions> wanted = Wanted(call);
  if (!wanted) return std::unexpected(wanted.error());
  const Result<SubscribeOptions> from = From(call, *wanted);
  if (!from) return std::unexpected(from.error());
  wanted->still_allowed = still_allowed;
  const auto feed = call.store().Subscribe(*from);
  if (!feed) return std::unexpected(feed.error());
  auto watcher = hub.Join(*std::move(wanted), call.store().durable());
  if (!watcher) {
    const bool too_many = watcher.error().code == ErrorCode::kLimitExceeded;
    call.SendError(watcher.error(), too_many ? wire::kTooManyRequests : wire::kUnavailable);
    return {};
  }
  Joined joined(hub, *std::move(watcher));
  call.BeginLines(/*closes=*/true);
  // At once, so that who watches has a token to go on with whatever comes.
  if (const Result<std::string> token = (*feed)->token()) {
    std::ignore = call.responder().Write(HeartbeatLine(call.store().durable(), *token));
  }
  Asked asked(std::move(still_allowed));
  Sent sent = CatchUp(call, **feed, WatchHub::Behind(*joined.watcher()), asked);
  if (sent == Sent::kAll) sent = SendPending(call, hub, joined.watcher(), asked);
  // Catching up may have taken long.
  if (sent == Sent::kAll && !asked.Refuses(call, /*now=*/true)) {
    joined.HandOver(call.responder().Detach());
  } else {
    call.EndLines();
  }
  return {};
}

}  // namespace switchback
