// Who changed what, and who has an address.
#include "switchback/provenance.h"

#include <algorithm>
#include <functional>

#include "wire/endpoint_forms.h"
#include "wire/object_form.h"
#include "wire/scalars.h"

namespace switchback::wire {

template <>
struct Form<VersionOfRevision> : SaidForm<VersionOfRevision> {
  template <typename See, typename Value>
  static void Members(See& see, Value& version) {
    see("version", version.version);
    see("revision", version.revision);
  }
};

template <>
struct Form<NetChange> : SaidForm<NetChange> {
  template <typename See, typename Value>
  static void Members(See& see, Value& change) {
    see("id", change.id);
    see("versions", change.versions);
    see("existed", change.existed);
    see("exists", change.exists);
    see("count_before", change.count_before);
    see("count", change.count);
    see("diff", change.diff);
    see("changed_between", change.changed_between);
  }
  // What NetChange::from and to take for granted.
  static Result<void> Check(const Place& place, const NetChange& change) {
    const auto& versions = change.versions;
    const bool rising = std::ranges::adjacent_find(versions, std::ranges::greater_equal{},
                                                   &VersionOfRevision::version) == versions.end();
    if (!versions.empty() && versions.front().version > Version{0} && rising) return {};
    return place.Key("versions").Refuse("expected one version or more, rising, from 1 on");
  }
};

template <>
struct Form<EndpointLife::Value> : SaidForm<EndpointLife::Value> {
  template <typename See, typename Value>
  static void Members(See& see, Value& value) {
    see("from", value.from);
    see("text", value.text);
  }
};

template <>
struct Form<EndpointLife> : SaidForm<EndpointLife> {
  template <typename See, typename Value>
  static void Members(See& see, Value& life) {
    see("key", life.key);
    see("from", life.from);
    see("since_before", life.since_before);
    see("until", life.until);
    see("values", life.values);
  }
  static Result<void> Check(const Place& place, const EndpointLife& life) {
    if (!life.values.empty()) return {};
    return place.Key("values").Refuse("expected one value or more");
  }
};

template <>
struct Form<AddressHolder> : SaidForm<AddressHolder> {
  template <typename See, typename Value>
  static void Members(See& see, Value& holder) {
    see("id", holder.id);
    see("endpoint", holder.endpoint);
    see("match", holder.match);
    see("version", holder.version);
    see("from", holder.from);
    see("since_before", holder.since_before);
  }
};

template <>
struct Form<AddressLife> : SaidForm<AddressLife> {
  template <typename See, typename Value>
  static void Members(See& see, Value& life) {
    see("id", life.id);
    see("match", life.match);
    see("life", life.life);
  }
};

Json ToJson(const NetChange& change) {
  return Form<NetChange>::Write(change);
}
Json ToJson(const EndpointLife& life) {
  return Form<EndpointLife>::Write(life);
}
Json ToJson(const AddressHolder& holder) {
  return Form<AddressHolder>::Write(holder);
}
Json ToJson(const AddressLife& life) {
  return Form<AddressLife>::Write(life);
}

template Result<NetChange> FromJson(const Json& json, std::string_view place);
template Result<EndpointLife> FromJson(const Json& json, std::string_view place);
template Result<AddressHolder> FromJson(const Json& json, std::string_view place);
template Result<AddressLife> FromJson(const Json& json, std::string_view place);

}  // namespace switchback::wire
