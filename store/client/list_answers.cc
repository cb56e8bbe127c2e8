#include "client/list_answers.h"

#include <fmt/format.h>

#include <utility>

#include "wire/binary_list.h"

namespace switchback::client {
namespace {

constexpr unsigned kNoContent = 204;
constexpr unsigned kNotModified = 304;

std::unexpected<Error> NoList(const ServiceCalls& calls, std::string_view why) {
  return std::unexpected(calls.NotUnderstood(why, CallKind::kReads));
}

Call CallFor(const Target& target, const ListHandle& known) {
  Call call{.target = target.text()};
  call.headers.emplace_back("Accept", wire::kBinaryListType);
  if (known != nullptr) {
    call.headers.emplace_back("If-None-Match", fmt::format("\"{}\"", known->digest().ToHex()));
  }
  return call;
}

}  // namespace

Target ListTarget(const BusinessId& id) {
  return Target("/v1/lists").Segment(id.text());
}

Result<ListHandle> FetchList(ServiceCalls& calls, const BusinessId& id, const Target& target,
                             const ListHandle& known) {
  const Result<Answer> answer = calls.Send(CallFor(target, known));
  if (!answer) return std::unexpected(answer.error());
  const HttpHead& head = answer->head;
  if (head.status == kNoContent) return nullptr;
  const std::optional<uint64_t> version = head.FindNumber("Switchback-Version");
  const std::optional<uint64_t> revision = head.FindNumber("Switchback-List-Revision");
  if (!version || !revision) return NoList(calls, "a list without its version and revision");
  if (head.status == kNotModified) {
    if (known == nullptr) return NoList(calls, "'not modified', without having been asked");
    if (known->version.value == *version) return known;
    return std::make_shared<const VersionedList>(
        VersionedList{id, Version{*version}, Revision{*revision}, known->list});
  }
  Result<EndpointList> list = wire::DecodeBinaryList(answer->body);
  if (!list) return NoList(calls, list.error().message);
  return std::make_shared<const VersionedList>(
      VersionedList{id, Version{*version}, Revision{*revision},
                    std::make_shared<const EndpointList>(std::move(*list))});
}

}  // namespace switchback::client
