// A value of every type that has a JSON form, with every member set to something of its own, and
// the text that it is written as, which others rely on.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/json_forms.h"

namespace switchback::wire {

struct Sample {
  std::string name;
  Json json;         // as written
  std::string text;  // as it must be written
  // What is read of another JSON value, written again.
  std::function<Result<Json>(const Json&)> reread;
  bool asked = false;  // by a client
};

[[nodiscard]] std::vector<Sample> Samples();

[[nodiscard]] BusinessId Id(std::string_view text);
[[nodiscard]] OwnedEndpoint AnEndpoint(std::string_view text);
[[nodiscard]] EndpointKey AKey(std::string_view text);
// Of lines, in any order.
[[nodiscard]] EndpointList AList(std::string_view lines);
[[nodiscard]] Timestamp ATime(std::string_view text);

}  // namespace switchback::wire
