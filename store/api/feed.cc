// Store::Wait, WaitForNewer and Subscribe.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <utility>

#include "api/store_impl.h"
#include "history/feed_token.h"

namespace switchback {
namespace {

// How often a store that follows looks for what is newer: a look that finds nothing costs some
// 0.05 ms.
constexpr std::chrono::milliseconds kLookEvery(5);

}  // namespace

Result<std::unique_ptr<ViewImpl>> StoreImpl::FeedSource::OpenView() const {
  return store_.OpenView();
}

Result<void> StoreImpl::FeedSource::WaitAbove(Revision known,
                                              std::chrono::steady_clock::time_point deadline,
                                              const std::function<bool()>& stop) const {
  RevisionSignal& durable = store_.durable_;
  if (!store_.options_.follow) {
    durable.WaitAbove(known, deadline, stop);
    return {};
  }
  std::unique_lock looking(polling_, std::defer_lock);
  while (true) {
    if (looking.owns_lock() || looking.try_lock()) {
      if (Result<bool> moved = store_.CatchUp(); !moved) return std::unexpected(moved.error());
    }
    const auto now = std::chrono::steady_clock::now();
    if (durable.revision() > known || stop() || now >= deadline) return {};
    durable.WaitAbove(known, std::min(deadline, now + kLookEvery), stop);
  }
}

Result<std::string> StoreImpl::FeedSource::TokenAt(Revision revision) const {
  const Result<std::unique_ptr<ViewImpl>> view = store_.OpenView();
  if (!view) return std::unexpected(view.error());
  return FormatFeedToken((*view)->rows(), store_.origins_, store_.identity_.uuid, revision);
}

Result<Revision> StoreImpl::Wait(Revision known, std::chrono::milliseconds timeout) const {
  const auto never = [] { return false; };
  if (auto waited = feed_source_.WaitAbove(known, DeadlineIn(timeout), never); !waited) {
    return std::unexpected(waited.error());
  }
  return durable();
}

Result<ListHandle> StoreImpl::WaitForNewer(const BusinessId& id, Version known,
                                           std::chrono::milliseconds timeout) const {
  const auto deadline = DeadlineIn(timeout);
  const auto never = [] { return false; };
  bool is_over = false;
  while (true) {
    const Revision seen = durable();
    Result<ListHandle> read = ReadIfNewer(id, known);
    const bool missing = !read && read.error().code == ErrorCode::kNotFound;
    if (!read && !missing) return read;
    const bool is_newer = read && *read;
    if (is_newer && (*read)->revision <= seen) return read;
    if (is_over) {
      return missing ? std::move(read) : Result<ListHandle>(ListHandle());
    }
    // What is there already is waited for only until it is synced.
    const Revision above = is_newer ? (*read)->revision.Previous() : seen;
    if (auto waited = feed_source_.WaitAbove(above, deadline, never); !waited) {
      return std::unexpected(waited.error());
    }
    is_over = std::chrono::steady_clock::now() >= deadline;
  }
}

Result<std::unique_ptr<Subscription>> StoreImpl::Subscribe(const SubscribeOptions& options) const {
  Revision after = durable();
  const Result<std::unique_ptr<ViewImpl>> view = OpenView();
  if (!view) return std::unexpected(view.error());
  if (!options.token.empty()) {
    const Result<Revision> named =
        CheckFeedToken((*view)->rows(), origins_, identity_.uuid, options.token);
    if (!named) return std::unexpected(named.error());
    after = *named;
  } else if (options.after) {
    after = *options.after;
    if (after > (*view)->revision()) {
      return Fail(ErrorCode::kNotFound, fmt::format("no revision r{}: the newest is r{}",
                                                    after.value, (*view)->revision().value));
    }
  }
  return std::make_unique<SubscriptionImpl>(feed_source_, options, after);
}

}  // namespace switchback
