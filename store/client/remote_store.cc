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

Result<Revision> RevisionIn(const ServiceCalls& calls, const wire::Json& json,
                            std::string_view name) {
  const auto found = json.find(name);
  if (found != json.end() && found->is_number_unsigned()) {
    return Revision{found->get<uint64_t>()};
  }
  return std::unexpected(
      calls.NotUnderstood(fmt::format("'{}' is missing or no revision", name), CallKind::kReads));
}

}  // namespace

Result<std::unique_ptr<RemoteStore>> RemoteStore::Open(std::unique_ptr<ServiceCalls> calls) {
  Result<State> state = AskState(*calls);
  if (!state) return std::unexpected(std::move(state.error()));
  std::unique_ptr<RemoteStore> store(new RemoteStore(std::move(calls), std::move(state->identity)));
  store->durable_->Note(state->durable);
  return store;
}

RemoteStore::RemoteStore(std::unique_ptr<ServiceCalls> calls, StoreIdentity identity)
    : calls_(std::move(calls)), identity_(std::move(identity)) {}

Result<RemoteStore::State> RemoteStore::AskState(ServiceCalls& calls) {
  const Result<wire::Json> json = calls.AskJson({.target = "/v1/store"});
  if (!json) return std::unexpected(json.error());
  const auto said = json->find("identity");
  const wire::Json nothing;
  auto identity = calls.Decode<StoreIdentity>(said == json->end() ? nothing : *said, "identity",
                                              CallKind::kReads);
  if (!identity) return std::unexpected(std::move(identity.error()));
  const Result<Revision> revision = RevisionIn(calls, *json, "revision");
  if (!revision) return std::unexpected(revision.error());
  const Result<Revision> durable = RevisionIn(calls, *json, "durable");
  if (!durable) return std::unexpected(durable.error());
  return State{std::move(*identity), *revision, *durable};
}

Result<RemoteStore::State> RemoteStore::AskState() const {
  Result<State> state = AskState(*calls_);
  if (state) durable_->Note(state->durable);
  return state;
}

Result<std::unique_ptr<View>> RemoteStore::NewView() const {
  const Result<State> state = AskState();
  if (!state) return std::unexpected(state.error());
  return std::make_unique<RemoteView>(*calls_, state->revision);
}

Result<std::unique_ptr<View>> RemoteStore::NewViewAt(Revision revision) const {
  const Result<State> state = AskState();
  if (!state) return std::unexpected(state.error());
  if (revision > state->revision) {
    return Fail(ErrorCode::kNotFound, fmt::format("no revision r{} yet: the newest is r{}",
                                                  revision.value, state->revision.value));
  }
  return std::make_unique<RemoteView>(*calls_, revision);
}

Result<ListHandle> RemoteStore::Read(const BusinessId& id) const {
  Result<ListHandle> list = FetchList(*calls_, id, ListTarget(id), cache_->Find(id));
  if (list && *list == nullptr) {
    return std::unexpected(calls_->NotUnderstood("an answer without a list", CallKind::kReads));
  }
  if (list) cache_->Keep(*list);
  return list;
}

Result<ListHandle> RemoteStore::ReadIfNewer(const BusinessId& id, Version known) const {
  Result<ListHandle> list =
      FetchList(*calls_, id, ListTarget(id).Query("newer_than", known), cache_->Find(id));
  if (list && *list != nullptr) cache_->Keep(*list);
  return list;
}

Revision RemoteStore::durable() const {
  const Result<State> state = AskState();
  return state ? std::max(state->durable, durable_->revision()) : durable_->revision();
}

Result<std::unique_ptr<WatchStream>> RemoteStore::OpenWatch(SubscribeOptions options) const {
  // Where it begins is fixed here, so that a stream which breaks before its first line is taken up
  // from there.
  if (options.token.empty() && !options.after) {
    const Result<State> state = AskState();
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
  const Result<State> state = AskState();
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
  Result<ListHandle> list = ReadIfNewer(id, known);
  if (!list && list.error().code == ErrorCode::kNotFound) return nullptr;
  if (list && *list != nullptr && (*list)->revision > durable_->revision()) return nullptr;
  return list;
}

// The watch begins behind what is durable before the first look, so that nothing falls between.
Result<ListHandle> RemoteStore::WaitForNewer(const BusinessId& id, Version known,
                                             milliseconds timeout) const {
  const Deadline deadline = DeadlineAfter(timeout);
  const Result<State> state = AskState();
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
  const Result<ListHandle> last = ReadIfNewer(id, known);
  if (!last) return last;
  return nullptr;
}

}  // namespace switchback::client
