// Business IDs and digests: their checks and text.
#include "switchback/types.h"

#include <fmt/format.h>

#include <algorithm>

#include "switchback/limits.h"
#include "types/ascii.h"
#include "types/excerpt.h"

namespace switchback {
namespace {

bool IsBusinessIdByte(char c) {
  return IsLetter(c) || IsDigit(c) || c == '.' || c == '_' || c == ':' || c == '/' || c == '-';
}

}  // namespace

Result<BusinessId> BusinessId::Parse(std::string_view text) {
  if (text.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("business ID is empty: expected 1 to {} bytes of [A-Za-z0-9._:/-]",
                            kMaxBusinessIdBytes));
  }
  if (text.size() > kMaxBusinessIdBytes) {
    return Fail(ErrorCode::kLimitExceeded,
                fmt::format("business ID '{}' has {} bytes: the limit is {}", Excerpt(text),
                            text.size(), kMaxBusinessIdBytes));
  }
  const auto* bad = std::ranges::find_if_not(text, IsBusinessIdByte);
  if (bad != text.end()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("business ID '{}' has '{}' as byte {}: expected only [A-Za-z0-9._:/-]",
                            Excerpt(text), Excerpt({bad, 1}), bad - text.begin() + 1));
  }
  return BusinessId(std::string(text));
}

std::string Digest::ToHex() const {
  return fmt::format("{:016x}{:016x}", high, low);
}

}  // namespace switchback
