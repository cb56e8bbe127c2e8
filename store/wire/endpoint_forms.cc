#include "wire/endpoint_forms.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "switchback/text.h"
#include "types/ascii.h"
#include "types/excerpt.h"
#include "wire/scalars.h"

namespace switchback::wire {
namespace {

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7f;
}

// The text of one endpoint, not yet parsed. What a file of endpoints passes over (a blank line, a
// note, a byte order mark) is none, and a line break would make it two.
Result<std::string_view> ReadEndpointText(const Json& json, const Place& place) {
  const auto text = ReadText(json, place, "an endpoint");
  if (!text) return text;
  if (std::ranges::any_of(*text, IsControl)) {
    return place.Refuse(
        fmt::format("expected an endpoint, found '{}', with a control character", Excerpt(*text)));
  }
  const bool begins = !text->empty() && (IsDigit(text->front()) || IsLetter(text->front()) ||
                                         text->front() == ':' || text->front() == '[');
  if (!begins) {
    return place.Refuse(
        fmt::format("expected an endpoint, found '{}', which begins as none does", Excerpt(*text)));
  }
  return text;
}

Result<OwnedEndpoint> ReadEndpoint(const Json& json, const Place& place) {
  const auto text = ReadEndpointText(json, place);
  if (!text) return std::unexpected(text.error());
  auto endpoint = ParseEndpoint(*text);
  if (!endpoint) return place.Refuse(std::move(endpoint.error()));
  return endpoint;
}

// Adds the endpoint of `json`, which must be in its canonical text, and above the last one.
// `scratch` is for its text.
Result<void> AppendCanonical(const Json& json, const Place& place, EndpointListBuilder& builder,
                             std::string& scratch) {
  const auto endpoint = ReadEndpoint(json, place);
  if (!endpoint) return std::unexpected(endpoint.error());
  scratch.clear();
  AppendEndpoint(endpoint->view(), scratch);
  if (scratch != json.get_ref<const std::string&>()) {
    return place.Refuse(fmt::format("expected the canonical text '{}'", scratch));
  }
  const auto last = builder.last_key();
  if (last && endpoint->key <= *last) {
    return place.Refuse(fmt::format("'{}' is not above the endpoint before it", scratch));
  }
  builder.Append(endpoint->view());
  return {};
}

}  // namespace

Result<void> Form<OwnedEndpoint>::Read(const Json& json, const Place& place,
                                       OwnedEndpoint& endpoint) {
  auto read = ReadEndpoint(json, place);
  if (!read) return std::unexpected(std::move(read.error()));
  endpoint = *std::move(read);
  return {};
}

Result<void> Form<EndpointKey>::Read(const Json& json, const Place& place, EndpointKey& key) {
  const auto endpoint = ReadEndpoint(json, place);
  if (!endpoint) return std::unexpected(endpoint.error());
  if (endpoint->view().value != EndpointValue{}) {
    return place.Refuse("expected ADDRESS[/PREFIX][:PORT] alone, found weight or attributes");
  }
  key = endpoint->key;
  return {};
}

Json Form<EndpointList>::Write(const EndpointList& list) {
  Json out = Json::array();
  out.get_ref<Json::array_t&>().reserve(list.size());
  for (const Endpoint& endpoint : list) out.push_back(FormatEndpoint(endpoint));
  return out;
}

Result<void> Form<EndpointList>::Read(const Json& json, const Place& place, EndpointList& list) {
  if (!json.is_array()) return Expected(place, "a list of endpoints", json);
  EndpointListBuilder builder;
  std::string scratch;
  for (size_t i = 0; i < json.size(); ++i) {
    auto added = AppendCanonical(json[i], place.At(i), builder, scratch);
    if (!added) return added;
  }
  list = builder.Finish();
  return {};
}

Result<void> Form<std::shared_ptr<const EndpointList>>::Read(
    const Json& json, const Place& place, std::shared_ptr<const EndpointList>& list) {
  auto made = std::make_shared<EndpointList>();
  auto read = Form<EndpointList>::Read(json, place, *made);
  if (read) list = std::move(made);
  return read;
}

Result<void> AnyOrderForm::Read(const Json& json, const Place& place, EndpointList& list) {
  if (!json.is_array()) return Expected(place, "a list of endpoints", json);
  std::string lines;
  for (size_t i = 0; i < json.size(); ++i) {
    const auto text = ReadEndpointText(json[i], place.At(i));
    if (!text) return std::unexpected(text.error());
    lines += *text;
    lines += '\n';
  }
  auto parsed = ParseEndpointList(lines, place.Text());
  if (!parsed) return std::unexpected(std::move(parsed.error()));
  list = std::move(parsed->list);
  return {};
}

}  // namespace switchback::wire
