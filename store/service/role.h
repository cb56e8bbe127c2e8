// What roles and grants mean, for who gives them and who asks. The types are public
// (switchback/service.h).
#pragma once

#include <string>
#include <string_view>

#include "switchback/service.h"

namespace switchback {

// Roles rise: each may all that those before it may.
[[nodiscard]] constexpr bool Includes(Role held, Role needed) {
  return held >= needed;
}

// Whether a grant can be given: its globs and its environment have a form that can match. `place`
// stands in errors before the member's name: "users[2].". Errors: kInvalidArgument.
[[nodiscard]] Result<void> CheckGrant(const Grant& grant, std::string_view place);

// "writer of edge/*, core/* in production": for messages.
[[nodiscard]] std::string DescribeGrant(const Grant& grant);

}  // namespace switchback
