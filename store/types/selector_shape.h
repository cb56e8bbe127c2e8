// What form a selector has by its looks alone. Looks decide before values do: "007" or "r0x" can't
// be meant as a snapshot name, so a malformed number is refused and never looked up as a name.
#pragma once

#include <algorithm>
#include <string_view>

#include "types/ascii.h"

namespace switchback {

// At least one, and nothing but digits.
[[nodiscard]] constexpr bool IsAllDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsDigit);
}

// Digits and a unit: "15m".
[[nodiscard]] bool LooksLikeAge(std::string_view text);
// An age, or any text with a colon.
[[nodiscard]] bool LooksLikeTime(std::string_view text);

}  // namespace switchback
