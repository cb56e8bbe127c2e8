#include "client/list_answers.h"

#include <fmt/format.h>

#include <utility>

#include "wire/binary_list.h"

namespace switchback::client {
namespace {

constexpr unsigned kOk = 200;
constexpr unsigned kNoContent = 204;
constexpr unsigned kNotModified = 304;

Call CallFor(const Target& target, const ListHandle& known) {
  Call call{.target = target.text()};
  call.headers.emplace_back("Accept", wire::kBinaryListType);
  if (known != nullptr) {
    call.headers.emplace_back("If-None-Match", fmt::format("\"{}\"", known->digest().ToHex()));
  }
  return call;
}

// What stands between may answer with a page of its own, or with what it has kept of another list.
bool HasType(const HttpHead& head) {
  const auto type = head.Find("Content-Type");
  return !type || type->substr(0, type->find(';')) == wire::kBinaryListType;
}
bool HasDigest(const HttpHead& head, const Digest& digest) {
  const auto tag = head.Find("ETag");
  return !tag || *tag == fmt::format("\"{}\"", digest.ToHex());
}

using Fetched = std::expected<FetchedList, CallError>;

Fetched SameAsKnown(const ServiceCalls& calls, const HttpHead& head, const VersionedList& named,
                    const ListHandle& known) {
  if (known == nullptr) return NoSuchAnswer(calls, "'not modified', without having been asked");
  if (!HasDigest(head, known->digest())) return NoSuchAnswer(calls, "'not modified', of another");
  if (known->version == named.version) return FetchedList{known, {}};
  return FetchedList{std::make_shared<const VersionedList>(
                         VersionedList{named.id, named.version, named.revision, known->list}),
                     {}};
}

Fetched SentAnew(const ServiceCalls& calls, Answer answer, const VersionedList& named) {
  if (answer.head.status != kOk) {
    return NoSuchAnswer(calls, fmt::format("a list with status {}", answer.head.status));
  }
  if (!HasType(answer.head)) return NoSuchAnswer(calls, "a list of another form than asked for");
  Result<EndpointList> list = wire::DecodeBinaryList(answer.body);
  if (!list) return NoSuchAnswer(calls, list.error().message);
  if (!HasDigest(answer.head, list->digest())) {
    return NoSuchAnswer(calls, "a list with the ETag of another");
  }
  return FetchedList{std::make_shared<const VersionedList>(
                         VersionedList{named.id, named.version, named.revision,
                                       std::make_shared<const EndpointList>(std::move(*list))}),
                     std::move(answer.body)};
}

std::expected<Revision, CallError> RevisionIn(const ServiceCalls& calls, const wire::Json& json,
                                              std::string_view name) {
  const auto found = json.find(name);
  if (found != json.end() && found->is_number_unsigned()) {
    return Revision{found->get<uint64_t>()};
  }
  return NoSuchAnswer(calls, fmt::format("'{}' is missing or no revision", name));
}

}  // namespace

std::unexpected<CallError> NoSuchAnswer(const ServiceCalls& calls, std::string_view why) {
  return std::unexpected(
      CallError{calls.NotUnderstood(why, CallKind::kReads), /*is_answer=*/true, kOk});
}

Target ListTarget(const BusinessId& id) {
  return Target("/v1/lists").Segment(id.text());
}

Fetched FetchList(ServiceCalls& calls, const BusinessId& id, const Target& target,
                  const ListHandle& known) {
  std::expected<Answer, CallError> answer = calls.TrySend(CallFor(target, known));
  if (!answer) return std::unexpected(std::move(answer.error()));
  const HttpHead& head = answer->head;
  if (head.status == kNoContent) return FetchedList{};
  const std::optional<uint64_t> version = head.FindNumber("Switchback-Version");
  const std::optional<uint64_t> revision = head.FindNumber("Switchback-List-Revision");
  if (!version || !revision || *version == 0 || *revision == 0) {
    return NoSuchAnswer(calls, "a list without its version and revision");
  }
  const VersionedList named{id, Version{*version}, Revision{*revision}, nullptr};
  if (head.status == kNotModified) return SameAsKnown(calls, head, named, known);
  return SentAnew(calls, *std::move(answer), named);
}

std::expected<StoreState, CallError> FetchState(ServiceCalls& calls,
                                                std::chrono::milliseconds patience) {
  const auto answer = calls.TrySend({.target = "/v1/store", .patience = patience});
  if (!answer) return std::unexpected(answer.error());
  const Result<wire::Json> json = wire::ParseJson(answer->body);
  if (!json) return NoSuchAnswer(calls, json.error().message);
  if (!json->is_object()) return NoSuchAnswer(calls, "expected an object");
  const auto said = json->find("identity");
  const wire::Json nothing;
  auto identity = wire::FromJson<StoreIdentity>(said == json->end() ? nothing : *said, "identity");
  if (!identity) return NoSuchAnswer(calls, identity.error().message);
  const auto revision = RevisionIn(calls, *json, "revision");
  if (!revision) return std::unexpected(revision.error());
  const auto durable = RevisionIn(calls, *json, "durable");
  if (!durable) return std::unexpected(durable.error());
  return StoreState{std::move(*identity), *revision, *durable};
}

}  // namespace switchback::client
