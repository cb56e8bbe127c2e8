// Reading JSON that people write or could have damaged, member by member: every fault names the
// place, and a member that nobody asked for is one. Files are told by line and column, and may have
// comments; what programs send is read by the forms of wire/json_forms.h.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/service.h"

namespace switchback {

enum class JsonComments : uint8_t { kRefused, kIgnored };

// Errors: kInvalidArgument: no JSON (with line and column), or a key that stands twice in one
// object, where the library would silently take the last.
[[nodiscard]] Result<nlohmann::json> ParseStrictJson(std::string_view text, JsonComments comments);

// The members of one object. Each call takes one if it is there, and leaves its target alone if it
// is not; after the first fault all do nothing, and Finish tells of it.
//
//   JsonFields fields(json, "limits.");
//   fields.Whole("burst", 0, 1000, limits.burst);
//   return fields.Finish();
class JsonFields {
 public:
  // `place`: stands in errors before the names of members: "" or "users[2]." `json` must outlive
  // it.
  JsonFields(const nlohmann::json& json, std::string place);

  void Text(const char* key, std::string& value);
  void Text(const char* key, std::optional<std::string>& value);
  void Texts(const char* key, std::vector<std::string>& value);
  void RoleName(const char* key, Role& value);
  void Time(const char* key, Timestamp& value);
  void Time(const char* key, std::optional<Timestamp>& value);
  // Within [least, most].
  template <typename T>
  void Whole(const char* key, uint64_t least, uint64_t most, T& value) {
    if (const auto found = WholeNumber(key, least, most)) value = static_cast<T>(*found);
  }
  void Decimal(const char* key, double most, double& value);
  // The member, or each element of it, is read by `read`, given its place: "tls" or "users[2]".
  using Read = std::function<Result<void>(const nlohmann::json& json, const std::string& place)>;
  void Object(const char* key, const Read& read);
  void Each(const char* key, const Read& read);

  // A member that must be there.
  void Require(const char* key);
  [[nodiscard]] bool has(const char* key) const;
  [[nodiscard]] const std::string& place() const { return place_; }

  // The first fault; one is also a member that no call above named.
  [[nodiscard]] Result<void> Finish() const;

 private:
  // The member, once; null if it is not there or something went wrong before.
  const nlohmann::json* Find(const char* key);
  std::optional<uint64_t> WholeNumber(const char* key, uint64_t least, uint64_t most);
  void Expected(const char* key, std::string_view expected, const nlohmann::json& found);
  void Blame(std::string message);

  const nlohmann::json& json_;
  const std::string place_;
  std::set<std::string_view> asked_;
  std::optional<Error> fault_;
};

}  // namespace switchback
