// A subscription over the service's stream of events, which is taken up again where it breaks.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "client/durable_mark.h"
#include "client/interrupt.h"
#include "client/service_calls.h"
#include "switchback/feed.h"

namespace switchback::client {

// The stream and how far it was read. One thread at a time, but for Cancel.
class WatchStream {
 public:
  // `options.token` or `options.after` is given. `calls` and `durable` are borrowed.
  WatchStream(ServiceCalls& calls, DurableMark& durable, SubscribeOptions options);

  // Connects for the first time. Errors: as ServiceCalls::Send.
  [[nodiscard]] Result<void> Open();
  [[nodiscard]] Result<std::optional<FeedEvent>> Next(std::chrono::milliseconds timeout);
  [[nodiscard]] Result<std::string> Token();
  void Cancel() { interrupt_.Raise(); }

 private:
  // What there is to do after a line was waited for.
  enum class Step : uint8_t { kGoOn, kTimeIsUp };

  [[nodiscard]] Target MakeTarget() const;
  [[nodiscard]] std::expected<void, CallError> Connect(std::chrono::milliseconds patience);
  [[nodiscard]] Result<Step> Reconnect(Deadline deadline);
  // Reads a line, or connects. What it brings is in `ready_` and `token_`.
  [[nodiscard]] Result<Step> Advance(Deadline deadline);
  [[nodiscard]] Result<Step> Take(const std::string& line);
  [[nodiscard]] Result<Step> TakeError(const wire::Json& said);
  void TakeHeartbeat(const wire::Json& heartbeat);
  void TakeEvent(FeedEvent event, std::string token);
  // Lets go of the connection, to be made anew after a while.
  void BreakOff(Error why);
  [[nodiscard]] FeedEvent HandOut();

  // What was read, and not handed out yet.
  struct Ready {
    FeedEvent event;
    std::string token;  // behind it
  };

  ServiceCalls& calls_;
  DurableMark& durable_;
  const SubscribeOptions options_;
  Interrupt interrupt_;
  ConnectionPool::Lease connection_;  // null: to be made
  std::string token_;                 // behind what was handed out; empty: not known yet
  std::optional<Ready> ready_;

  // A revision of which some events were handed out, but not the last: a new stream has it from its
  // start, and what was handed out is skipped.
  Revision partial_;
  size_t partial_changes_ = 0;
  size_t skip_changes_ = 0;

  std::chrono::milliseconds silent_{0};  // waited since the last line
  std::chrono::milliseconds pause_;      // before the next connection that follows a broken one
  Deadline retry_at_;
  Error broken_by_;
};

class RemoteSubscription final : public Subscription {
 public:
  explicit RemoteSubscription(std::unique_ptr<WatchStream> stream) : stream_(std::move(stream)) {}

  [[nodiscard]] Result<std::optional<FeedEvent>> Next(std::chrono::milliseconds timeout) override {
    return stream_->Next(timeout);
  }
  [[nodiscard]] Result<std::string> token() const override { return stream_->Token(); }
  void Cancel() override { stream_->Cancel(); }

 private:
  const std::unique_ptr<WatchStream> stream_;
};

}  // namespace switchback::client
