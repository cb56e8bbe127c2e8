// Character classes by byte, whatever the locale, and unsigned decimal numbers without leading
// zeros.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace switchback {

[[nodiscard]] constexpr bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
[[nodiscard]] constexpr bool IsLower(char c) {
  return c >= 'a' && c <= 'z';
}
[[nodiscard]] constexpr bool IsLetter(char c) {
  return IsLower(c) || (c >= 'A' && c <= 'Z');
}
[[nodiscard]] constexpr bool IsBlank(char c) {
  return c == ' ' || c == '\t';
}

namespace ascii_internal {

// A table, since letters and digits come in no order that a branch could learn.
inline constexpr std::array<int8_t, 256> kHexValues = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < 10; ++i) values['0' + i] = static_cast<int8_t>(i);
  for (size_t i = 0; i < 6; ++i) {
    values['a' + i] = values['A' + i] = static_cast<int8_t>(10 + i);
  }
  return values;
}();

}  // namespace ascii_internal

// Value of a hex digit, or -1.
[[nodiscard]] constexpr int HexValue(char c) {
  return ascii_internal::kHexValues[static_cast<unsigned char>(c)];
}

enum class NumberFault : uint8_t { kNone, kNoDigits, kLeadingZero, kAboveMax };

// Reads the digits at `p` and moves `p` past those it took. REQUIRES: 9 <= max <= 2^63.
constexpr NumberFault ScanNumber(const char*& p, const char* end, uint64_t max, uint64_t& value) {
  if (p == end || !IsDigit(*p)) return NumberFault::kNoDigits;
  if (*p == '0' && p + 1 != end && IsDigit(p[1])) return NumberFault::kLeadingZero;
  value = 0;
  for (; p != end && IsDigit(*p); ++p) {
    const auto digit = static_cast<uint64_t>(*p - '0');
    if (value > (max - digit) / 10) return NumberFault::kAboveMax;
    value = value * 10 + digit;
  }
  return NumberFault::kNone;
}

// The whole text as such a number; nothing if it is anything else.
[[nodiscard]] constexpr std::optional<uint64_t> ParseNumber(std::string_view text, uint64_t max) {
  const char* p = text.data();
  const char* end = p + text.size();
  uint64_t value = 0;
  if (ScanNumber(p, end, max, value) != NumberFault::kNone || p != end) return std::nullopt;
  return value;
}

}  // namespace switchback
