// Times as people type them: RFC 3339, a time of day, or an age.
#include <fmt/format.h>

#include <array>
#include <optional>

#include "switchback/selector.h"
#include "types/ascii.h"
#include "types/calendar.h"
#include "types/excerpt.h"
#include "types/selector_shape.h"

namespace switchback {
namespace {

std::optional<int64_t> TwoDigits(std::string_view text) {
  if (text.size() != 2 || !IsDigit(text[0]) || !IsDigit(text[1])) return std::nullopt;
  return (text[0] - '0') * 10 + (text[1] - '0');
}

// HH:MM or HH:MM:SS; a time that no day has is returned as it stands.
std::optional<TimeOfDay> ReadTimeOfDay(std::string_view text) {
  if (text.size() != 5 && text.size() != 8) return std::nullopt;
  const auto hour = TwoDigits(text.substr(0, 2));
  const auto minute = TwoDigits(text.substr(3, 2));
  const auto second = text.size() == 8 ? TwoDigits(text.substr(6, 2)) : 0;
  if (!hour || !minute || !second || text[2] != ':') return std::nullopt;
  if (text.size() == 8 && text[5] != ':') return std::nullopt;
  return TimeOfDay{*hour, *minute, *second};
}

// The latest moment not after `now` at which the local clock showed `local_seconds` (seconds since
// 1970 as the wall clock counts them); nothing if it never did, or only later. A wall time can come
// twice (clocks put back) or never (put forward), so each offset in force around it is tried, and
// counts only if it is the one in force at the moment that it leads to.
std::optional<int64_t> LatestMomentShowing(int64_t local_seconds, Timestamp now,
                                           const Clock& clock) {
  const auto offset_at = [&](int64_t seconds) -> int64_t {
    return clock.utc_offset_seconds(Timestamp{seconds * kMicrosPerSecond});
  };
  // No zone is a day away from UTC, so the day on either side has the offsets before and after.
  const std::array<int64_t, 3> offsets = {offset_at(local_seconds - kSecondsPerDay),
                                          offset_at(local_seconds),
                                          offset_at(local_seconds + kSecondsPerDay)};
  std::optional<int64_t> latest;
  for (const int64_t offset : offsets) {
    const int64_t moment = local_seconds - offset;
    if (moment * kMicrosPerSecond > now.micros || offset_at(moment) != offset) continue;
    if (!latest.has_value() || moment > *latest) latest = moment;
  }
  return latest;
}

Result<Timestamp> LatestTimeOfDay(std::string_view text, const TimeOfDay& time,
                                  const Clock& clock) {
  if (!time.ok()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("time '{}': there is no such time of day", Excerpt(text)));
  }
  const Timestamp now = clock.now();
  const int64_t local_now =
      FloorDivide(now.micros, kMicrosPerSecond) + clock.utc_offset_seconds(now);
  // Tomorrow's date too: clocks put back over midnight make it the past. Three days back: one day
  // may lack this time, and a zone that moved over the date line skipped a whole day.
  const int64_t today = FloorDivide(local_now, kSecondsPerDay);
  for (int64_t day = today + 1; day >= today - 3; --day) {
    const auto moment = LatestMomentShowing(day * kSecondsPerDay + time.seconds(), now, clock);
    if (moment.has_value()) return Timestamp{*moment * kMicrosPerSecond};
  }
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("time '{}': the local clock has not shown it in the last three days; "
                          "write the date too",
                          Excerpt(text)));
}

int64_t UnitSeconds(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return kSecondsPerDay;
    default:
      return 7 * kSecondsPerDay;
  }
}

// REQUIRES: LooksLikeAge(text).
Result<Timestamp> ParseAge(std::string_view text, const Clock& clock) {
  constexpr int64_t kMaxAgeSeconds = 10'000 * 366 * kSecondsPerDay;
  const int64_t unit = UnitSeconds(text.back());
  const auto count =
      ParseNumber(text.substr(0, text.size() - 1), static_cast<uint64_t>(kMaxAgeSeconds / unit));
  if (!count.has_value()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("age '{}': expected a number without leading zeros of at most 10,000 "
                            "years, then one of s, m, h, d, w",
                            Excerpt(text)));
  }
  const Timestamp time{clock.now().micros - static_cast<int64_t>(*count) * unit * kMicrosPerSecond};
  if (IsTextSeconds(FloorDivide(time.micros, kMicrosPerSecond))) return time;
  return Fail(ErrorCode::kInvalidArgument,
              fmt::format("age '{}': that long ago was before the year 0000", Excerpt(text)));
}

}  // namespace

bool LooksLikeAge(std::string_view text) {
  constexpr std::string_view kUnits = "smhdw";
  return text.size() >= 2 && kUnits.find(text.back()) != std::string_view::npos &&
         IsAllDigits(text.substr(0, text.size() - 1));
}

bool LooksLikeTime(std::string_view text) {
  // A colon stands in every time of day, and in no other selector.
  return LooksLikeAge(text) || text.find(':') != std::string_view::npos;
}

Result<Timestamp> ParseTimeSelector(std::string_view text, const Clock& clock) {
  if (LooksLikeAge(text)) return ParseAge(text, clock);
  if (const auto time_of_day = ReadTimeOfDay(text)) {
    return LatestTimeOfDay(text, *time_of_day, clock);
  }
  auto time = ParseTime(text);
  // A text with a date was meant as RFC 3339, and its own error says best what is wrong.
  if (time.has_value() || text.find('T') != std::string_view::npos) return time;
  return Fail(
      ErrorCode::kInvalidArgument,
      fmt::format("time '{}': expected RFC 3339 (2026-11-22T11:45:00+08:00), HH:MM[:SS], or "
                  "an age (45s, 15m, 2h, 3d, 1w)",
                  Excerpt(text)));
}

}  // namespace switchback
