#include "client/remote_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "client/list_answers.h"
#include "client/remote_view.h"

namespace switchback::client {
namespace {

using std::chrono::milliseconds;

milliseconds Until(Deadline deadline) {
  const auto now = std::chrono::steady_clock::now();
  if (deadline <= now) return milliseconds{0};
  return std::chrono::ceil<milliseconds>(deadline - now);
}

}  // namespace

RemoteStore::RemoteStore(std::unique_ptr<ServiceCalls> calls, const StoreState& state, Clock clock)
    : calls_(std::move(calls)), identity_(state.identity), clock_(std::move(clock)) {
  durable_->Note(state.durable);
}

void RemoteStore::KeepLists(std::unique_ptr<CacheKeeper> keeper, milliseconds patience,
                            const Error* away) {
  const CachedReads::Parts parts{*calls_, *cache_, patience, clock_};
  cached_reads_ = std::make_unique<CachedReads>(parts, std::move(keeper), identity_, away);
}

Result<StoreState> RemoteStore::AskState() const {
  std::expected<StoreState, CallError> state = FetchState(*calls_);
  if (!state) return std::unexpected(std::move(state.error().error));
  if (cached_reads_ != nullptr) {
    if (Result<void> same = cached_reads_->CheckIdentity(state->identity); !same) {
      return std::unexpected(std::move(same.error()));
    }
  }
  durable_->Note(state->durable);
  return *std::move(state);
}

Result<std::unique_ptr<View>> RemoteStore::NewView() const {
  const Result<StoreState> state = AskState();
  if (!state) return std::unexpected(state.error());
  return std::make_unique<RemoteView>(*calls_, state->revision, cached_reads_.get());
}

Result<std::unique_ptr<View>> RemoteStore::NewViewAt(Revision revision) const {
  const Result<StoreState> state = AskState();
  if (!state) return std::unexpected(state.error());
  if (revision > state->revision) {
    return Fail(ErrorCode::kNotFound, fmt::format("no revision r{} yet: the newest is r{}",
                                                  revision.value, state->revision.value));
  }
  return std::make_unique<RemoteView>(*calls_, revision, /*cached_reads=*/nullptr);
}

Result<ListHandle> RemoteStore::AskList(const BusinessId& id, std::optional<Version> known) const {
  Target target = ListTarget(id);
  auto fetched = FetchList(*calls_, id, target.QueryIf("newer_than", known), cache_->Find(id));
  if (!fetched) return std::unexpected(std::move(fetched.error().error));
  if (fetched->list == nullptr && !known) {
    return std::unexpected(calls_->NotUnderstood("an answer without a list", CallKind::kReads));
  }
  if (fetched->list != nullptr) cache_->Keep(fetched->list);
  return std::move(fetched->list);
}

Result<ListHandle> RemoteStore::AskNewer(const BusinessId& id, Version known) const {
  if (cached_reads_ == nullptr) return AskList(id, known);
  std::expected<ListHandle, CallError> list = cached_reads_->Ask(id, known);
  if (!list) return std::unexpected(std::move(list.error().error));
  return *std::move(list);
}

Result<DatedList> RemoteStore::ReadDated(const BusinessId& id) const {
  if (cached_reads_ != nullptr) return cached_reads_->Read(id, std::nullopt);
  Result<ListHandle> list = AskList(id, std::nullopt);
  if (!list) return std::unexpected(std::move(list.error()));
  return DatedList{*std::move(list), clock_.now(), /*from_cache=*/false};
}

Result<ListHandle> RemoteStore::Read(const BusinessId& id) const {
  if (cached_reads_ == nullptr) return AskList(id, std::nullopt);
  return ListIn(cached_reads_->Read(id, std::nullopt));
}

Result<ListHandle> RemoteStore::ReadIfNewer(const BusinessId& id, Version known) const {
  if (cached_reads_ == nullptr) return AskList(id, known);
  return ListIn(cached_reads_->Read(id, known));
}

Revision RemoteStore::durable() const {
  const Result<StoreState> state = AskState();
  return state ? std::max(state->durable, durable_->revision()) : durable_->revision();
}

Result<std::unique_ptr<WatchStream>> RemoteStore::OpenWatch(SubscribeOptions options) const {
  // Where it begins is fixed here, so that a stream which breaks before its first line is taken up
  // from there.
  if (options.token.empty() && !options.after) {
    const Result<StoreState> state = AskState();
    if (!state) return std::unexpected(state.error());
    options.after = state->revision;
  }
  auto stream = std::make_unique<WatchStream>(*calls_, *durable_, std::move(options));
  if (Result<void> opened = stream->Open(); !opened) return std::unexpected(opened.error());
  return stream;
}

Result<std::unique_ptr<Subscription>> RemoteStore::Subscribe(
    const SubscribeOptions& options) const {
  Result<std::unique_ptr<WatchStream>> stream = OpenWatch(options);
  if (!stream) return std::unexpected(std::move(stream.error()));
  return std::make_unique<RemoteSubscription>(std::move(*stream));
}

Result<Revision> RemoteStore::Wait(Revision known, milliseconds timeout) const {
  const Deadline deadline = DeadlineAfter(timeout);
  const Result<StoreState> state = AskState();
  if (!state) return std::unexpected(state.error());
  if (state->durable > known) return state->durable;
  const auto stream = OpenWatch({.after = std::min(known, state->revision)});
  if (!stream) return std::unexpected(stream.error());
  while (durable_->revision() <= known) {
    const Result<std::optional<FeedEvent>> event = (*stream)->Next(Until(deadline));
    if (!event) return std::unexpected(event.error());
    if (!*event) break;
  }
  return durable_->revision();
}

Result<ListHandle> RemoteStore::ReadDurable(const BusinessId& id, Version known) const {
  Result<ListHandle> list = AskNewer(id, known);
  if (!list && list.error().code == ErrorCode::kNotFound) return nullptr;
  if (list && *list != nullptr && (*list)->revision > durable_->revision()) return nullptr;
  return list;
}

// The watch begins behind what is durable before the first look, so that nothing falls between.
Result<ListHandle> RemoteStore::WaitForNewer(const BusinessId& id, Version known,
                                             milliseconds timeout) const {
  const Deadline deadline = DeadlineAfter(timeout);
  const Result<StoreState> state = AskState();
  if (!state) return std::unexpected(state.error());
  Result<ListHandle> list = ReadDurable(id, known);
  if (!list || *list != nullptr) return list;
  const auto stream = OpenWatch({.ids = std::vector<BusinessId>{id}, .after = state->durable});
  if (!stream) return std::unexpected(stream.error());
  while (true) {
    const Result<std::optional<FeedEvent>> event = (*stream)->Next(Until(deadline));
    if (!event) return std::unexpected(event.error());
    list = ReadDurable(id, known);
    if (!list || *list != nullptr) return list;
    if (!*event) break;
  }
  // The time is up: an ID that does not exist is an error, one that is not newer is none.
  const Result<ListHandle> last = AskNewer(id, known);
  if (!last) return last;
  return nullptr;
}

}  // namespace switchback::client
