// The form of environments and of tokens' names.
#pragma once

#include <algorithm>
#include <string_view>

#include "types/ascii.h"

namespace switchback {

inline constexpr std::string_view kPlainNameForm = "1..64 bytes of [A-Za-z0-9._-]";

[[nodiscard]] constexpr bool IsPlainName(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return IsLetter(c) || IsDigit(c) || c == '.' || c == '_' || c == '-';
  });
}

}  // namespace switchback
