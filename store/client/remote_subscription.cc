#include "client/remote_subscription.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace switchback::client {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{5'000};
// How often the service is to say that it is there; after `timeout` of silence it is taken for
// gone.
constexpr milliseconds kMostHeartbeat{10'000};
constexpr milliseconds kLeastHeartbeat{100};  // the service refuses less
// Matches no ID: none has this byte.
constexpr std::string_view kMatchesNothing = "!";

milliseconds HeartbeatFor(milliseconds timeout) {
  return std::clamp(timeout / 3, kLeastHeartbeat, kMostHeartbeat);
}

milliseconds Until(Deadline deadline) {
  const auto now = std::chrono::steady_clock::now();
  if (deadline <= now) return milliseconds{0};
  return std::chrono::ceil<milliseconds>(deadline - now);
}

// A service that is busy, stops, or thinks that we are slow: the stream goes on elsewhere or later.
bool IsPassing(ErrorCode code) {
  return code == ErrorCode::kLimitExceeded || code == ErrorCode::kHeld;
}

std::string TextOf(const wire::Json& json, std::string_view key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

WatchStream::WatchStream(ServiceCalls& calls, DurableMark& durable, SubscribeOptions options)
    : calls_(calls),
      durable_(durable),
      options_(std::move(options)),
      token_(options_.token),
      pause_(kFirstPause) {}

Target WatchStream::MakeTarget() const {
  Target target("/v1/watch");
  if (token_.empty()) {
    target.QueryIf("after", options_.after);
  } else {
    target.Query("token", token_);
  }
  const bool is_none = options_.ids && options_.ids->empty();
  target.QueryIfAny("glob", is_none ? kMatchesNothing : options_.glob);
  if (options_.ids) {
    for (const BusinessId& id : *options_.ids) target.Query("id", id.text());
  }
  target.Query("heartbeat_ms", static_cast<uint64_t>(HeartbeatFor(calls_.timeout()).count()));
  return target;
}

std::expected<void, CallError> WatchStream::Connect(milliseconds patience) {
  const Call call{.target = MakeTarget().text(),
                  .is_stream = true,
                  .interrupt = &interrupt_,
                  .patience = patience};
  std::expected<Answer, CallError> answer = calls_.TrySend(call);
  if (!answer) return std::unexpected(std::move(answer.error()));
  connection_ = std::move(answer->connection);
  silent_ = {};
  skip_changes_ = partial_changes_;
  return {};
}

Result<void> WatchStream::Open() {
  std::expected<void, CallError> connected = Connect(calls_.timeout());
  if (!connected) return std::unexpected(std::move(connected.error().error));
  return {};
}

// The time is up while there is no connection: that is said, since nothing else would say it.
Result<WatchStream::Step> WatchStream::Reconnect(Deadline deadline) {
  interrupt_.Pause(Until(std::min(deadline, retry_at_)));
  if (interrupt_.raised()) return Step::kTimeIsUp;
  if (std::chrono::steady_clock::now() < retry_at_) return std::unexpected(broken_by_);
  // Time enough for a service that is there, also where the caller waits for none.
  constexpr milliseconds kLeast{1'000};
  const milliseconds patience = std::min(std::max(Until(deadline), kLeast), calls_.timeout());
  std::expected<void, CallError> connected = Connect(patience);
  if (connected) return Step::kGoOn;
  if (interrupt_.raised()) return Step::kTimeIsUp;
  CallError& error = connected.error();
  if (error.is_answer && !IsPassing(error.error.code)) {
    return std::unexpected(std::move(error.error));
  }
  BreakOff(std::move(error.error));
  if (Until(deadline) == milliseconds{0}) return std::unexpected(broken_by_);
  return Step::kGoOn;
}

void WatchStream::BreakOff(Error why) {
  connection_.reset();
  broken_by_ = std::move(why);
  retry_at_ = DeadlineAfter(pause_);
  pause_ = std::min(pause_ * 2, kLongestPause);
}

Result<WatchStream::Step> WatchStream::Advance(Deadline deadline) {
  if (connection_ == nullptr) return Reconnect(deadline);
  const auto began = std::chrono::steady_clock::now();
  const milliseconds patience = calls_.timeout() - silent_;
  const Attempt<std::optional<std::string>> line =
      connection_->NextLine(std::min(Until(deadline), patience));
  if (line && *line) {
    silent_ = {};
    pause_ = kFirstPause;
    return Take(**line);
  }
  if (line) {
    BreakOff(
        Fail(ErrorCode::kIoError, fmt::format("{} has ended the stream", calls_.url())).error());
    return Step::kGoOn;
  }
  if (line.error().kind == FaultKind::kInterrupted) return Step::kTimeIsUp;
  if (line.error().kind == FaultKind::kTimedOut) {
    silent_ += std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began);
    if (silent_ < calls_.timeout()) return Step::kTimeIsUp;
  }
  BreakOff(calls_.Explain(line.error(), CallKind::kReads, /*is_possible=*/false));
  return Step::kGoOn;
}

Result<WatchStream::Step> WatchStream::Take(const std::string& line) {
  const Result<wire::Json> json = calls_.Parse(line, CallKind::kReads);
  if (!json) {
    BreakOff(json.error());
    return std::unexpected(json.error());
  }
  if (const auto said = json->find("error"); said != json->end()) return TakeError(*said);
  if (const auto beat = json->find("heartbeat"); beat != json->end()) {
    if (beat->is_object()) TakeHeartbeat(*beat);
    return Step::kGoOn;
  }
  Result<FeedEvent> event = calls_.Decode<FeedEvent>(*json, "event", CallKind::kReads);
  if (!event) {
    BreakOff(event.error());
    return std::unexpected(event.error());
  }
  TakeEvent(std::move(*event), TextOf(*json, "token"));
  return Step::kGoOn;
}

Result<WatchStream::Step> WatchStream::TakeError(const wire::Json& said) {
  Error error = calls_.ErrorIn(said, CallKind::kReads);
  if (IsPassing(error.code)) {
    BreakOff(std::move(error));
    return Step::kGoOn;
  }
  connection_.reset();  // the next call tries the same revision again, at once
  retry_at_ = {};
  return std::unexpected(std::move(error));
}

void WatchStream::TakeHeartbeat(const wire::Json& heartbeat) {
  const auto revision = heartbeat.find("revision");
  if (revision != heartbeat.end() && revision->is_number_unsigned()) {
    durable_.Note(Revision{revision->get<uint64_t>()});
  }
  std::string token = TextOf(heartbeat, "token");
  if (!token.empty()) token_ = std::move(token);
}

void WatchStream::TakeEvent(FeedEvent event, std::string token) {
  if (event.commit.revision != partial_) {
    partial_ = event.commit.revision;
    partial_changes_ = 0;
    skip_changes_ = 0;
  }
  const size_t skip = std::min(skip_changes_, event.changes.size());
  event.changes.erase(event.changes.begin(),
                      event.changes.begin() + static_cast<std::ptrdiff_t>(skip));
  skip_changes_ -= skip;
  if (event.changes.empty() && !event.last) return;
  durable_.Note(event.commit.revision);
  ready_ = Ready{std::move(event), std::move(token)};
}

FeedEvent WatchStream::HandOut() {
  FeedEvent event = std::move(ready_->event);
  if (!ready_->token.empty()) token_ = std::move(ready_->token);
  ready_.reset();
  partial_changes_ = event.last ? 0 : partial_changes_ + event.changes.size();
  return event;
}

Result<std::optional<FeedEvent>> WatchStream::Next(milliseconds timeout) {
  const Deadline deadline = DeadlineAfter(timeout);
  while (!interrupt_.raised()) {
    if (ready_) return HandOut();
    const Result<Step> step = Advance(deadline);
    if (!step) return std::unexpected(step.error());
    if (*step == Step::kTimeIsUp) break;
  }
  return std::nullopt;
}

// The service says where a stream begins in its first line.
Result<std::string> WatchStream::Token() {
  const Deadline deadline = DeadlineAfter(calls_.timeout());
  while (token_.empty() && !ready_) {
    const Result<Step> step = Advance(deadline);
    if (!step) return std::unexpected(step.error());
    if (*step == Step::kTimeIsUp) break;
  }
  if (!token_.empty()) return token_;
  return Fail(ErrorCode::kIoError,
              fmt::format("{} has not said where its stream of events begins", calls_.url()));
}

}  // namespace switchback::client
