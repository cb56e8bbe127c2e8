// Numbers, texts, and what is written as one of them.
#pragma once

#include <cstdint>
#include <string>

#include "switchback/address_query.h"
#include "switchback/error.h"
#include "switchback/options.h"
#include "switchback/types.h"
#include "wire/form.h"

namespace switchback::wire {

// As in selectors: the library counts on from what it is given.
inline constexpr uint64_t kMaxCounted = uint64_t{1} << 63;

[[nodiscard]] Result<void> ReadWholeNumber(const Json& json, const Place& place, uint64_t max,
                                           uint64_t& value);
// The text of a string, borrowed from `json`. `expected` is what should be there.
[[nodiscard]] Result<std::string_view> ReadText(const Json& json, const Place& place,
                                                std::string_view expected);

template <>
struct Form<bool> {
  static Json Write(bool value) { return value; }
  static Result<void> Read(const Json& json, const Place& place, bool& value);
};

template <>
struct Form<uint64_t> {
  static Json Write(uint64_t value) { return value; }
  static Result<void> Read(const Json& json, const Place& place, uint64_t& value);
};

template <>
struct Form<uint32_t> {
  static Json Write(uint32_t value) { return value; }
  static Result<void> Read(const Json& json, const Place& place, uint32_t& value);
};

template <typename Tag>
struct Form<Number<Tag>> {
  static Json Write(Number<Tag> number) { return number.value; }
  static Result<void> Read(const Json& json, const Place& place, Number<Tag>& number) {
    return ReadWholeNumber(json, place, kMaxCounted, number.value);
  }
};

template <>
struct Form<std::string> {
  static Json Write(const std::string& text) { return text; }
  static Result<void> Read(const Json& json, const Place& place, std::string& text);
};

template <>
struct Form<BusinessId> {
  static Json Write(const BusinessId& id) { return id.text(); }
  static Result<void> Read(const Json& json, const Place& place, BusinessId& id);
};

template <>
struct Form<Timestamp> {
  static Json Write(Timestamp time) { return FormatTime(time); }
  static Result<void> Read(const Json& json, const Place& place, Timestamp& time);
};

template <>
struct Form<Digest> {
  static Json Write(const Digest& digest) { return digest.ToHex(); }
  static Result<void> Read(const Json& json, const Place& place, Digest& digest);
};

template <>
struct Form<AddressMatch> {
  static Json Write(AddressMatch match) { return AddressMatchName(match); }
  static Result<void> Read(const Json& json, const Place& place, AddressMatch& match);
};

template <>
struct Form<ErrorCode> {
  static Json Write(ErrorCode code) { return ErrorCodeName(code); }
  static Result<void> Read(const Json& json, const Place& place, ErrorCode& code);
};

// A name that this library does not have is kUnknownOperation: a newer service may have more.
inline constexpr Operation kUnknownOperation{0};
template <>
struct Form<Operation> {
  static Json Write(Operation operation) { return OperationName(operation); }
  static Result<void> Read(const Json& json, const Place& place, Operation& operation);
};

}  // namespace switchback::wire
