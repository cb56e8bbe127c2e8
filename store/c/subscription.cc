// Being told of commits, of this process and of others.
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "c/call.h"
#include "c/handles.h"
#include "c/options.h"

using switchback::FeedEvent;
using switchback::Result;
using switchback::Revision;
namespace c = switchback::c;

switchback_code switchback_subscribe(const switchback_store* store,
                                     const switchback_subscribe_options* options,
                                     switchback_subscription** subscription,
                                     switchback_error** error) {
  using Made = Result<std::unique_ptr<switchback_subscription>>;
  return c::RunFor(subscription, {{store, "store"}}, error, [&]() -> Made {
    const Result<switchback::SubscribeOptions> read = c::ReadOptions(options);
    if (!read) return std::unexpected(read.error());
    auto feed = store->store->Subscribe(*read);
    if (!feed) return std::unexpected(std::move(feed.error()));
    auto made = std::make_unique<switchback_subscription>();
    made->store = store->store;
    made->feed = std::move(*feed);
    return made;
  });
}

switchback_code switchback_subscription_next(switchback_subscription* subscription,
                                             uint32_t timeout_ms, const switchback_event** event,
                                             switchback_error** error) {
  return c::RunFor(event, {{subscription, "subscription"}}, error,
                   [&]() -> Result<const switchback_event*> {
                     subscription->current.reset();
                     Result<std::optional<FeedEvent>> next =
                         subscription->feed->Next(std::chrono::milliseconds(timeout_ms));
                     if (!next) return std::unexpected(std::move(next.error()));
                     if (!*next) return nullptr;
                     return subscription->current.emplace(std::move(**next)).get();
                   });
}

switchback_code switchback_subscription_token(switchback_subscription* subscription,
                                              const char** token, switchback_error** error) {
  return c::RunFor(token, {{subscription, "subscription"}}, error, [&]() -> Result<const char*> {
    Result<std::string> read = subscription->feed->token();
    if (!read) return std::unexpected(std::move(read.error()));
    subscription->token = std::move(*read);
    return subscription->token.c_str();
  });
}

void switchback_subscription_cancel(switchback_subscription* subscription) {
  if (subscription != nullptr) subscription->feed->Cancel();
}

void switchback_subscription_free(switchback_subscription* subscription) {
  delete subscription;
}

uint64_t switchback_durable(const switchback_store* store) {
  return store == nullptr ? 0 : store->store->durable().value;
}

switchback_code switchback_wait(const switchback_store* store, uint64_t known, uint32_t timeout_ms,
                                uint64_t* revision, switchback_error** error) {
  return c::RunFor(revision, {{store, "store"}}, error, [&]() -> Result<uint64_t> {
    const Result<Revision> now =
        store->store->Wait(Revision{known}, std::chrono::milliseconds(timeout_ms));
    if (!now) return std::unexpected(now.error());
    return now->value;
  });
}

switchback_code switchback_catch_up(switchback_store* store, int32_t* newer,
                                    switchback_error** error) {
  if (newer != nullptr) *newer = 0;
  return c::Run({{store, "store"}}, error, [&]() -> Result<void> {
    const Result<bool> moved = store->store->CatchUp();
    if (!moved) return std::unexpected(moved.error());
    if (newer != nullptr) *newer = *moved;
    return {};
  });
}
