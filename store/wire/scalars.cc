#include "wire/scalars.h"

#include <fmt/format.h>

#include <limits>
#include <utility>

#include "types/ascii.h"
#include "types/excerpt.h"
#include "wire/status.h"

namespace switchback::wire {
namespace {

std::string_view Kind(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "a list";
    case Json::value_t::string:
      return "a string";
    case Json::value_t::boolean:
      return json.get<bool>() ? "true" : "false";
    case Json::value_t::number_integer:
      return json.get<int64_t>() < 0 ? "a negative number" : "a number";
    case Json::value_t::number_unsigned:
      return "a number";
    case Json::value_t::number_float:
      return "a number with a fraction or an exponent, or of more than 64 bits";
    case Json::value_t::binary:
    case Json::value_t::discarded:
      break;
  }
  return "no JSON";
}

constexpr size_t kDigestDigits = 32;

// Lower case alone, as it is written: each digest has one text.
bool ReadHex(std::string_view digits, uint64_t& value) {
  value = 0;
  for (const char c : digits) {
    if (!IsDigit(c) && (c < 'a' || c > 'f')) return false;
    value = value << 4 | static_cast<uint64_t>(HexValue(c));
  }
  return true;
}

// What the library's own parser makes of a text.
template <typename T, typename Parse>
Result<void> ReadParsed(const Json& json, const Place& place, std::string_view expected, T& value,
                        Parse&& parse) {
  const auto text = ReadText(json, place, expected);
  if (!text) return std::unexpected(text.error());
  Result<T> parsed = std::forward<Parse>(parse)(*text);
  if (!parsed) return place.Refuse(std::move(parsed.error()));
  value = *std::move(parsed);
  return {};
}

}  // namespace

std::unexpected<Error> Expected(const Place& place, std::string_view what, const Json& json) {
  return place.Refuse(fmt::format("expected {}, found {}", what, Kind(json)));
}

Result<void> ReadWholeNumber(const Json& json, const Place& place, uint64_t max, uint64_t& value) {
  const bool negative = json.is_number_integer() && !json.is_number_unsigned() &&
                        json.get<Json::number_integer_t>() < 0;
  if (!json.is_number_integer() || negative) return Expected(place, "a whole number", json);
  value = json.get<uint64_t>();
  if (value > max) {
    return place.Refuse(fmt::format("expected a whole number of at most {}, found {}", max, value));
  }
  return {};
}

Result<std::string_view> ReadText(const Json& json, const Place& place, std::string_view expected) {
  if (!json.is_string()) return Expected(place, expected, json);
  return json.get_ref<const std::string&>();
}

Result<void> Form<bool>::Read(const Json& json, const Place& place, bool& value) {
  if (!json.is_boolean()) return Expected(place, "true or false", json);
  value = json.get<bool>();
  return {};
}

Result<void> Form<uint64_t>::Read(const Json& json, const Place& place, uint64_t& value) {
  return ReadWholeNumber(json, place, std::numeric_limits<uint64_t>::max(), value);
}

Result<void> Form<uint32_t>::Read(const Json& json, const Place& place, uint32_t& value) {
  uint64_t number = 0;
  auto read = ReadWholeNumber(json, place, std::numeric_limits<uint32_t>::max(), number);
  if (read) value = static_cast<uint32_t>(number);
  return read;
}

Result<void> Form<std::string>::Read(const Json& json, const Place& place, std::string& text) {
  const auto found = ReadText(json, place, "a string");
  if (!found) return std::unexpected(found.error());
  text = *found;
  return {};
}

Result<void> Form<BusinessId>::Read(const Json& json, const Place& place, BusinessId& id) {
  return ReadParsed(json, place, "a business ID", id, BusinessId::Parse);
}

Result<void> Form<Timestamp>::Read(const Json& json, const Place& place, Timestamp& time) {
  return ReadParsed(json, place, "a time", time, ParseTime);
}

Result<void> Form<Digest>::Read(const Json& json, const Place& place, Digest& digest) {
  const auto text = ReadText(json, place, "a digest");
  if (!text) return std::unexpected(text.error());
  const bool good = text->size() == kDigestDigits &&
                    ReadHex(text->substr(0, kDigestDigits / 2), digest.high) &&
                    ReadHex(text->substr(kDigestDigits / 2), digest.low);
  if (good) return {};
  return place.Refuse(fmt::format("expected a digest of {} lower-case hex digits, found '{}'",
                                  kDigestDigits, Excerpt(*text)));
}

Result<void> Form<AddressMatch>::Read(const Json& json, const Place& place, AddressMatch& match) {
  const auto text = ReadText(json, place, "exact, covered or covering");
  if (!text) return std::unexpected(text.error());
  for (const auto each : {AddressMatch::kExact, AddressMatch::kCovered, AddressMatch::kCovering}) {
    if (AddressMatchName(each) != *text) continue;
    match = each;
    return {};
  }
  return place.Refuse(
      fmt::format("expected exact, covered or covering, found '{}'", Excerpt(*text)));
}

Result<void> Form<ErrorCode>::Read(const Json& json, const Place& place, ErrorCode& code) {
  const auto text = ReadText(json, place, "the reason of an error");
  if (!text) return std::unexpected(text.error());
  const auto found = ErrorCodeOf(*text);
  if (!found) {
    return place.Refuse(fmt::format("expected the reason of an error, found '{}'", Excerpt(*text)));
  }
  code = *found;
  return {};
}

Result<void> Form<Operation>::Read(const Json& json, const Place& place, Operation& operation) {
  const auto text = ReadText(json, place, "the name of an operation");
  if (!text) return std::unexpected(text.error());
  for (unsigned number = 0; number <= std::numeric_limits<uint8_t>::max(); ++number) {
    operation = static_cast<Operation>(number);
    if (OperationName(operation) == *text) return {};
  }
  operation = kUnknownOperation;
  return {};
}

}  // namespace switchback::wire
