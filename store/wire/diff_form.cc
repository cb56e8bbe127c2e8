// Diffs of lists. A changed endpoint is one object, so that its two values stand together.
#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "wire/endpoint_forms.h"
#include "wire/object_form.h"
#include "wire/scalars.h"

namespace switchback::wire {

struct ChangedValue {
  EndpointKey endpoint;
  std::string from;
  std::string to;
};

template <>
struct Form<ChangedValue> : SaidForm<ChangedValue> {
  template <typename See, typename Value>
  static void Members(See& see, Value& changed) {
    see("endpoint", changed.endpoint);
    see("from", changed.from);
    see("to", changed.to);
  }
};

namespace {

std::string ValueText(const EndpointValue& value) {
  std::string text;
  AppendEndpointValue(value, text);
  return text;
}

std::vector<ChangedValue> ChangedValues(const ListDiff& diff) {
  std::vector<ChangedValue> changed;
  changed.reserve(diff.changed_to.size());
  for (size_t i = 0; i < diff.changed_to.size(); ++i) {
    changed.push_back({diff.changed_to.Key(i), ValueText(diff.changed_from.Value(i)),
                       ValueText(diff.changed_to.Value(i))});
  }
  return changed;
}

// Adds `key` with the value of a text, which must be canonical: "weight=100 zone=a".
Result<void> AppendValue(const EndpointKey& key, const std::string& text, const Place& place,
                         EndpointListBuilder& builder) {
  const std::string key_text = FormatEndpointKey(key);
  const std::string whole = text.empty() ? key_text : fmt::format("{} {}", key_text, text);
  const auto endpoint = ParseEndpoint(whole);
  if (!endpoint) return place.Refuse(endpoint.error());
  if (FormatEndpoint(endpoint->view()) != whole) {
    return place.Refuse("expected the canonical text of weight and attributes");
  }
  builder.Append(endpoint->view());
  return {};
}

Result<void> ReadChanged(const std::vector<ChangedValue>& changed, const Place& place,
                         ListDiff& diff) {
  EndpointListBuilder from;
  EndpointListBuilder to;
  for (size_t i = 0; i < changed.size(); ++i) {
    const auto& [key, from_text, to_text] = changed[i];
    const Place here = place.At(i);
    const auto last = to.last_key();
    if (last && key <= *last) return here.Refuse("it is not above the endpoint before it");
    if (from_text == to_text) return here.Refuse("expected two values that differ");
    auto added = AppendValue(key, from_text, here.Key("from"), from);
    if (added) added = AppendValue(key, to_text, here.Key("to"), to);
    if (!added) return added;
  }
  diff.changed_from = from.Finish();
  diff.changed_to = to.Finish();
  return {};
}

bool ShareKey(const EndpointList& a, const EndpointList& b) {
  for (size_t i = 0; i < a.size(); ++i) {
    if (b.Contains(a.Key(i))) return true;
  }
  return false;
}

}  // namespace

Json Form<ListDiff>::Write(const ListDiff& diff) {
  ObjectWriter out;
  out("removed", diff.removed);
  out("changed", ChangedValues(diff));
  out("added", diff.added);
  return out.Take();
}

Result<void> Form<ListDiff>::Read(const Json& json, const Place& place, ListDiff& diff) {
  std::vector<ChangedValue> changed;
  ObjectReader in(json, place);
  in("removed", diff.removed);
  in("changed", changed);
  in("added", diff.added);
  auto read = in.Finish(UnknownKeys::kPassOver);
  if (read) read = ReadChanged(changed, place.Key("changed"), diff);
  if (!read) return read;
  if (ShareKey(diff.removed, diff.added) || ShareKey(diff.removed, diff.changed_to) ||
      ShareKey(diff.added, diff.changed_to)) {
    return place.Refuse("expected each endpoint in one of removed, changed and added");
  }
  return {};
}

Json ToJson(const ListDiff& diff) {
  return Form<ListDiff>::Write(diff);
}
template Result<ListDiff> FromJson(const Json& json, std::string_view place);

}  // namespace switchback::wire
