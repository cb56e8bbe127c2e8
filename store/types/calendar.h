// Local wall time to microseconds and back, in the proleptic Gregorian calendar; pure arithmetic.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "switchback/types.h"

namespace switchback {

inline constexpr int64_t kMicrosPerSecond = 1'000'000;
inline constexpr int64_t kSecondsPerDay = 86'400;

struct TimeOfDay {
  int64_t hour = 0;
  int64_t minute = 0;
  int64_t second = 0;
  // A leap second (60) has no place in microseconds since 1970 and is refused.
  [[nodiscard]] constexpr bool ok() const { return hour < 24 && minute < 60 && second < 60; }
  [[nodiscard]] constexpr int64_t seconds() const { return hour * 3600 + minute * 60 + second; }
};

// Rounded down, also before 1970.
[[nodiscard]] constexpr int64_t FloorDivide(int64_t value, int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}
// What FloorDivide leaves: 0 .. by - 1.
[[nodiscard]] constexpr int64_t FloorRemainder(int64_t value, int64_t by) {
  return (value % by + by) % by;
}

// Days since 1970-01-01; nothing where there is no such day.
[[nodiscard]] constexpr std::optional<int64_t> DayNumber(int64_t year, int64_t month, int64_t day) {
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(year)),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date).time_since_epoch().count();
}

struct DateFields {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
};

// REQUIRES: the day is within some 32,000 years of 1970 (std::chrono's range).
[[nodiscard]] constexpr DateFields DateOfDay(int64_t day) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  return {static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day())};
}

// Whether text can hold the time: years 0000 to 9999.
[[nodiscard]] constexpr bool IsTextSeconds(int64_t seconds) {
  return seconds >= *DayNumber(0, 1, 1) * kSecondsPerDay &&
         seconds < (*DayNumber(9999, 12, 31) + 1) * kSecondsPerDay;
}

}  // namespace switchback
