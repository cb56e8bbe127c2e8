// Which requests there are.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "service/calls.h"

namespace switchback {

// The IDs that a call touches, from its path, its parameters or its body.
using IdsOf = Result<std::vector<BusinessId>> (*)(const CallContext& call);

struct Route {
  std::string_view method;
  std::string_view pattern;  // "/v1/lists/{id}/versions/{version}"
  Call call;
  IdsOf ids;
  CallHandler answer;               // null: the dispatcher's own (watch, metrics)
  std::string_view body_keys = {};  // of a JSON body, by blanks; empty: the body is no JSON
  bool writes = false;              // checks the environment that the client expects
};

[[nodiscard]] std::span<const Route> AllRoutes();

struct FoundRoute {
  const Route* route = nullptr;  // null: none
  std::vector<std::string> open_segments;
  std::string allowed;  // methods of this path, where only the method is another
};
[[nodiscard]] FoundRoute FindRoute(std::string_view method, const std::vector<std::string>& path);

}  // namespace switchback
