// A list with its version, alone or with where its endpoints come from. Both have the same first
// members, and VersionedList none but its list that tells count and digest.
#include <fmt/format.h>

#include <memory>
#include <utility>

#include "wire/endpoint_forms.h"
#include "wire/object_form.h"
#include "wire/scalars.h"

namespace switchback::wire {

template <>
struct Form<VersionedList> {
  template <typename See, typename Value>
  static void Members(See& see, Value& list) {
    see("id", list.id);
    see("version", list.version);
    see("revision", list.revision);
    see("endpoints", list.list);
  }
  static Json Write(const VersionedList& list) {
    ObjectWriter out;
    Members(out, list);
    out("count", uint64_t{list.list->size()});
    out("digest", list.digest());
    return out.Take();
  }
  static Result<void> Read(const Json& json, const Place& place, VersionedList& list) {
    uint64_t count = 0;
    Digest digest;
    ObjectReader in(json, place);
    Members(in, list);
    in("count", count);
    in("digest", digest);
    auto read = in.Finish(UnknownKeys::kPassOver);
    if (!read) return read;
    if (count != list.list->size()) {
      return place.Key("count").Refuse(
          fmt::format("expected that of its endpoints, {}, found {}", list.list->size(), count));
    }
    if (digest != list.digest()) {
      return place.Key("digest").Refuse(fmt::format("expected that of its endpoints, {}, found {}",
                                                    list.digest().ToHex(), digest.ToHex()));
    }
    return {};
  }
};

template <>
struct Form<Blame> {
  template <typename See, typename Value>
  static void Members(See& see, Value& blame) {
    see("value_from", blame.value_from);
    see("key_from", blame.key_from);
    see("oldest_kept", blame.oldest_kept);
  }
  static Json Write(const Blame& blame) {
    ObjectWriter out;
    Form<VersionedList>::Members(out, *blame.list);
    Members(out, blame);
    return out.Take();
  }
  static Result<void> Read(const Json& json, const Place& place, Blame& blame) {
    auto list = std::make_shared<VersionedList>(Blank<VersionedList>());
    ObjectReader in(json, place);
    Form<VersionedList>::Members(in, *list);
    Members(in, blame);
    auto read = in.Finish(UnknownKeys::kPassOver);
    if (!read) return read;
    const size_t count = list->list->size();
    if (blame.value_from.size() != count || blame.key_from.size() != count) {
      return place.Refuse(
          fmt::format("expected value_from and key_from for each of {} endpoints, found {} and {}",
                      count, blame.value_from.size(), blame.key_from.size()));
    }
    blame.list = std::move(list);
    return {};
  }
};

Json ToJson(const VersionedList& list) {
  return Form<VersionedList>::Write(list);
}
Json ToJson(const Blame& blame) {
  return Form<Blame>::Write(blame);
}

template Result<VersionedList> FromJson(const Json& json, std::string_view place);
template Result<Blame> FromJson(const Json& json, std::string_view place);

}  // namespace switchback::wire
