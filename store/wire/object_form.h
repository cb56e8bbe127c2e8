// Structs as objects. A form names the members once, for both ways:
//
//   template <>
//   struct Form<VersionSummary> : SaidForm<VersionSummary> {
//     template <typename See, typename Value>
//     static void Members(See& see, Value& summary) {
//       see("count", summary.count);
//       see("digest", summary.digest);
//     }
//   };
//
// See is ObjectWriter or ObjectReader:
//   see(NAME, MEMBER)             written always, and must be there; an optional: where it is set
//   see.OrDefault(NAME, MEMBER)   written always, and may be left out
//   see.IfSet(NAME, MEMBER)       written where it differs from its default, and may be left out
//   see.As<F>(NAME, MEMBER)       as the first, in the form F
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "wire/form.h"

namespace switchback::wire {

class ObjectWriter {
 public:
  template <typename T>
  void operator()(std::string_view name, const T& value) {
    if constexpr (kIsOptional<T>) {
      if (!value) return;
    }
    As<Form<T>>(name, value);
  }
  template <typename T>
  void OrDefault(std::string_view name, const T& value) {
    (*this)(name, value);
  }
  template <typename T>
  void IfSet(std::string_view name, const T& value) {
    if (value != T{}) (*this)(name, value);
  }
  template <typename F, typename T>
  void As(std::string_view name, const T& value) {
    json_.emplace(std::string(name), F::Write(value));
  }
  [[nodiscard]] Json Take() { return std::move(json_); }

 private:
  Json json_ = Json::object();
};

// What to do with keys that nobody asked for: a newer service may say more, but what a client asks
// is done in full or not at all.
enum class UnknownKeys : uint8_t { kPassOver, kRefuse };

// Keeps the first error, so that members can be named one after another without a look at each.
class ObjectReader {
 public:
  // Borrows both.
  ObjectReader(const Json& json, const Place& place);

  template <typename T>
  void operator()(std::string_view name, T& value) {
    As<Form<T>>(name, value, kIsOptional<T>);
  }
  template <typename T>
  void OrDefault(std::string_view name, T& value) {
    As<Form<T>>(name, value, true);
  }
  template <typename T>
  void IfSet(std::string_view name, T& value) {
    As<Form<T>>(name, value, true);
  }
  template <typename F, typename T>
  void As(std::string_view name, T& value, bool may_miss = false) {
    const Json* const found = Take(name, may_miss);
    if (found != nullptr) Note(F::Read(*found, place_.Key(name), value));
  }
  // Whether there is such a key; does not take it.
  [[nodiscard]] bool Has(std::string_view name) const;
  [[nodiscard]] Result<void> Finish(UnknownKeys unknown);

 private:
  // Null where there is none, or where an error came before.
  const Json* Take(std::string_view name, bool may_miss);
  void Note(Result<void> read);

  const Json& json_;
  const Place& place_;
  std::vector<std::string_view> taken_;
  std::optional<Error> error_;
};

template <typename T, UnknownKeys kUnknown>
struct ObjectForm {
  static Json Write(const T& value) {
    ObjectWriter out;
    Form<T>::Members(out, value);
    return out.Take();
  }
  static Result<void> Read(const Json& json, const Place& place, T& value) {
    ObjectReader in(json, place);
    Form<T>::Members(in, value);
    auto read = in.Finish(kUnknown);
    return read ? Form<T>::Check(place, value) : read;
  }
  // What must hold between members; a form with such rules has its own.
  static Result<void> Check(const Place& /*place*/, const T& /*value*/) { return {}; }
};

template <typename T>
using SaidForm = ObjectForm<T, UnknownKeys::kPassOver>;
template <typename T>
using AskedForm = ObjectForm<T, UnknownKeys::kRefuse>;

}  // namespace switchback::wire
