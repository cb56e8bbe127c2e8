#include "service/role.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "service/plain_name.h"
#include "types/ascii.h"
#include "types/excerpt.h"

namespace switchback {
namespace {

constexpr std::array<std::string_view, 4> kNames = {"reader", "writer", "approver", "admin"};

// Well above any ID with sets around each of its bytes.
constexpr size_t kMaxGlobBytes = 512;

// A glob with any other byte would match no ID, so that it is a mistake.
bool CanMatch(std::string_view glob) {
  constexpr std::string_view kOthers = "._:/-*?[]!";
  return !glob.empty() && glob.size() <= kMaxGlobBytes && std::ranges::all_of(glob, [&](char c) {
    return IsLetter(c) || IsDigit(c) || kOthers.contains(c);
  });
}

}  // namespace

std::string_view RoleName(Role role) {
  return kNames.at(static_cast<size_t>(role));
}

Result<Role> ParseRole(std::string_view name) {
  const auto* const found = std::ranges::find(kNames, name);
  if (found != kNames.end()) return static_cast<Role>(found - kNames.begin());
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("'{}' is no role: {}", Excerpt(name), fmt::join(kNames, ", ")));
}

Result<void> CheckGrant(const Grant& grant, std::string_view place) {
  for (size_t i = 0; i < grant.globs.size(); ++i) {
    if (CanMatch(grant.globs[i])) continue;
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}globs[{}]: '{}' can match no ID: IDs are of [A-Za-z0-9._:/-]", place,
                            i, Excerpt(grant.globs[i])));
  }
  if (grant.environment && !IsPlainName(*grant.environment)) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{}environment: expected {}, found '{}'", place, kPlainNameForm,
                            Excerpt(*grant.environment)));
  }
  return {};
}

std::string DescribeGrant(const Grant& grant) {
  std::string text(RoleName(grant.role));
  if (!grant.globs.empty()) text += fmt::format(" of {}", fmt::join(grant.globs, ", "));
  if (grant.environment) text += " in " + *grant.environment;
  return text;
}

}  // namespace switchback
