// Form<T> is how a T stands in JSON: Write makes it, Read takes it. Types without one do not
// compile. Scalars are in scalars.h, endpoints and lists of them in endpoint_forms.h, structs
// describe themselves by their members (object_form.h).
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "switchback/types.h"
#include "wire/json_forms.h"
#include "wire/place.h"

namespace switchback::wire {

template <typename T>
struct Form;

// "expected WHAT, found a string". `json` is what was found.
[[nodiscard]] std::unexpected<Error> Expected(const Place& place, std::string_view what,
                                              const Json& json);

// A value to read into. There is no empty business ID: what has one has it in front, and begins
// with some ID.
template <typename T>
T Blank() {
  if constexpr (std::is_same_v<T, BusinessId>) {
    return *BusinessId::Parse("0");
  } else if constexpr (std::is_default_constructible_v<T>) {
    return T{};
  } else {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"  // the others have their defaults
    return T{Blank<BusinessId>()};
#pragma GCC diagnostic pop
  }
}

template <typename T>
struct Form<std::vector<T>> {
  static Json Write(const std::vector<T>& values) {
    Json out = Json::array();
    for (const T& value : values) out.push_back(Form<T>::Write(value));
    return out;
  }
  static Result<void> Read(const Json& json, const Place& place, std::vector<T>& values) {
    if (!json.is_array()) return Expected(place, "a list", json);
    values.reserve(json.size());
    for (size_t i = 0; i < json.size(); ++i) {
      auto read = Form<T>::Read(json[i], place.At(i), values.emplace_back(Blank<T>()));
      if (!read) return read;
    }
    return {};
  }
};

// Of one that is there: an empty one has no key (object_form.h).
template <typename T>
struct Form<std::optional<T>> {
  static Json Write(const std::optional<T>& value) { return Form<T>::Write(*value); }
  static Result<void> Read(const Json& json, const Place& place, std::optional<T>& value) {
    return Form<T>::Read(json, place, value.emplace(Blank<T>()));
  }
};

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

// json_forms.h declares it; the file that has a type's form instantiates it.
template <typename T>
Result<T> FromJson(const Json& json, std::string_view place) {
  T value = Blank<T>();
  auto read = Form<T>::Read(json, Place(place), value);
  if (!read) return std::unexpected(std::move(read.error()));
  return value;
}

}  // namespace switchback::wire
