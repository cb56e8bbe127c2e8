#include "service/json_fields.h"

#include <fmt/format.h>

#include <cmath>
#include <utility>

#include "service/role.h"
#include "types/excerpt.h"

namespace switchback {
namespace {

using Json = nlohmann::json;

// "a number", as messages call what was found.
std::string_view KindOf(const Json& json) {
  switch (json.type()) {
    case Json::value_t::null:
      return "null";
    case Json::value_t::object:
      return "an object";
    case Json::value_t::array:
      return "an array";
    case Json::value_t::string:
      return "a text";
    case Json::value_t::boolean:
      return "true or false";
    default:
      return "a number";
  }
}

// Small values as they stand, others by their kind.
std::string Found(const Json& json) {
  if (json.is_string()) return fmt::format("'{}'", Excerpt(json.get_ref<const std::string&>()));
  if (json.is_number()) return Excerpt(json.dump());
  return std::string(KindOf(json));
}

// Notes the first key that stands twice in an object.
class RepeatedKeys {
 public:
  bool See(Json::parse_event_t event, const Json& json) {
    if (event == Json::parse_event_t::object_start) open_.emplace_back();
    if (event == Json::parse_event_t::object_end) open_.pop_back();
    if (event == Json::parse_event_t::key) {
      const auto& key = json.get_ref<const std::string&>();
      if (!open_.back().insert(key).second && !repeated_) repeated_ = key;
    }
    return true;
  }
  [[nodiscard]] const std::optional<std::string>& repeated() const { return repeated_; }

 private:
  std::vector<std::set<std::string>> open_;
  std::optional<std::string> repeated_;
};

// Without the library's own "[json.exception.parse_error.101] ".
std::string WhatWasWrong(const Json::exception& fault) {
  std::string_view what = fault.what();
  if (const size_t end = what.find("] "); end != std::string_view::npos)
    what.remove_prefix(end + 2);
  return Excerpt(what, 300);
}

}  // namespace

Result<Json> ParseStrictJson(std::string_view text, JsonComments comments) {
  RepeatedKeys keys;
  try {
    Json json = Json::parse(
        text.begin(), text.end(),
        [&](int, Json::parse_event_t event, Json& parsed) { return keys.See(event, parsed); },
        /*allow_exceptions=*/true, comments == JsonComments::kIgnored);
    if (!keys.repeated()) return json;
  } catch (const Json::exception& fault) {
    return Fail(ErrorCode::kInvalidArgument, WhatWasWrong(fault));
  }
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("key '{}' stands twice in one object", Excerpt(*keys.repeated())));
}

JsonFields::JsonFields(const Json& json, std::string place)
    : json_(json), place_(std::move(place)) {
  if (json_.is_object()) return;
  std::string_view own = place_;
  if (own.ends_with('.')) own.remove_suffix(1);
  Blame(
      fmt::format("{}{}expected an object, found {}", own, own.empty() ? "" : ": ", Found(json_)));
}

const Json* JsonFields::Find(const char* key) {
  asked_.insert(key);
  if (fault_) return nullptr;
  const auto found = json_.find(key);
  return found == json_.end() ? nullptr : &*found;
}

bool JsonFields::has(const char* key) const {
  return json_.is_object() && json_.contains(key);
}

void JsonFields::Blame(std::string message) {
  if (!fault_) fault_ = Error{ErrorCode::kInvalidArgument, std::move(message), {}, 0};
}

void JsonFields::Expected(const char* key, std::string_view expected, const Json& found) {
  Blame(fmt::format("{}{}: expected {}, found {}", place_, key, expected, Found(found)));
}

void JsonFields::Require(const char* key) {
  if (!fault_ && !has(key)) Blame(fmt::format("{}{}: is missing", place_, key));
}

void JsonFields::Text(const char* key, std::string& value) {
  const Json* const found = Find(key);
  if (found == nullptr) return;
  if (!found->is_string()) return Expected(key, "a text", *found);
  value = found->get_ref<const std::string&>();
}

void JsonFields::Text(const char* key, std::optional<std::string>& value) {
  if (has(key)) Text(key, value.emplace());
  asked_.insert(key);
}

void JsonFields::Texts(const char* key, std::vector<std::string>& value) {
  const Json* const found = Find(key);
  if (found == nullptr) return;
  if (!found->is_array()) return Expected(key, "an array of texts", *found);
  for (const Json& element : *found) {
    if (!element.is_string()) return Expected(key, "only texts in the array", element);
    value.push_back(element.get_ref<const std::string&>());
  }
}

void JsonFields::RoleName(const char* key, Role& value) {
  const Json* const found = Find(key);
  if (found == nullptr) return;
  const auto role = found->is_string() ? ParseRole(found->get_ref<const std::string&>())
                                       : Fail(ErrorCode::kInvalidArgument, "");
  if (!role) return Expected(key, "reader, writer, approver or admin", *found);
  value = *role;
}

void JsonFields::Time(const char* key, Timestamp& value) {
  const Json* const found = Find(key);
  if (found == nullptr) return;
  const auto time = found->is_string() ? ParseTime(found->get_ref<const std::string&>())
                                       : Fail(ErrorCode::kInvalidArgument, "");
  if (!time) return Expected(key, "a time, as 2026-01-31T08:00:00Z", *found);
  value = *time;
}

void JsonFields::Time(const char* key, std::optional<Timestamp>& value) {
  if (has(key)) Time(key, value.emplace());
  asked_.insert(key);
}

std::optional<uint64_t> JsonFields::WholeNumber(const char* key, uint64_t least, uint64_t most) {
  const Json* const found = Find(key);
  if (found == nullptr) return std::nullopt;
  if (found->is_number_unsigned()) {
    const auto number = found->get<uint64_t>();
    if (number >= least && number <= most) return number;
  }
  Expected(key, fmt::format("a whole number, {} to {}", least, most), *found);
  return std::nullopt;
}

void JsonFields::Decimal(const char* key, double most, double& value) {
  const Json* const found = Find(key);
  if (found == nullptr) return;
  const double number = found->is_number() ? found->get<double>() : -1;
  if (!std::isfinite(number) || number < 0 || number > most) {
    return Expected(key, fmt::format("a number, 0 to {}", most), *found);
  }
  value = number;
}

void JsonFields::Object(const char* key, const Read& read) {
  const Json* const found = Find(key);
  if (found == nullptr) return;
  if (Result<void> done = read(*found, place_ + key); !done) fault_ = done.error();
}

void JsonFields::Each(const char* key, const Read& read) {
  const Json* const found = Find(key);
  if (found == nullptr) return;
  if (!found->is_array()) return Expected(key, "an array", *found);
  for (size_t i = 0; i < found->size() && !fault_; ++i) {
    Result<void> done = read((*found)[i], fmt::format("{}{}[{}]", place_, key, i));
    if (!done) fault_ = done.error();
  }
}

Result<void> JsonFields::Finish() const {
  if (fault_) return std::unexpected(*fault_);
  for (const auto& [key, value] : json_.items()) {
    if (asked_.contains(key)) continue;
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}{}: there is no such key", place_, Excerpt(key)));
  }
  return {};
}

}  // namespace switchback
