// A clock that stands still, in a zone made of a list of changes of offset.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "switchback/types.h"

namespace switchback {

inline Timestamp At(std::string_view rfc3339) {
  return ParseTime(rfc3339).value();
}

inline Clock FixedClock(std::string_view now, int32_t offset_seconds = 0) {
  return {.now = [time = At(now)] { return time; },
          .utc_offset_seconds = [offset_seconds](Timestamp) { return offset_seconds; }};
}

// `changes`: from when on, how many seconds east; `before` until the first.
inline Clock ZoneClock(std::string_view now, int32_t before,
                       std::vector<std::pair<Timestamp, int32_t>> changes) {
  return {.now = [time = At(now)] { return time; },
          .utc_offset_seconds =
              [before, changes = std::move(changes)](Timestamp time) {
                int32_t offset = before;
                for (const auto& [from, seconds] : changes) {
                  if (time >= from) offset = seconds;
                }
                return offset;
              }};
}

// Berlin in 2026: +01:00, from March 29 01:00 UTC +02:00, from October 25 01:00 UTC +01:00.
inline Clock BerlinClock(std::string_view now) {
  return ZoneClock(now, 3600,
                   {{At("2026-03-29T01:00:00Z"), 7200}, {At("2026-10-25T01:00:00Z"), 3600}});
}

}  // namespace switchback
