// RFC 3339 times to text and back, and the system's clock.
#include <fmt/format.h>

#include <ctime>
#include <string_view>

#include "switchback/types.h"
#include "types/ascii.h"
#include "types/calendar.h"
#include "types/excerpt.h"

namespace switchback {
namespace {

// Reads fixed-width fields off the front of a text; after the first misfit ok() stays false.
class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}

  int64_t Digits(size_t count) {
    int64_t value = 0;
    for (size_t i = 0; i < count; ++i) {
      const char digit = Take();
      ok_ = ok_ && IsDigit(digit);
      value = value * 10 + (digit - '0');
    }
    return ok_ ? value : 0;
  }
  void Expect(char upper, char lower) {
    const char found = Take();
    ok_ = ok_ && (found == upper || found == lower);
  }
  void Expect(char c) { Expect(c, c); }
  char Take() {
    if (rest_.empty()) {
      ok_ = false;
      return '\0';
    }
    const char front = rest_.front();
    rest_.remove_prefix(1);
    return front;
  }
  [[nodiscard]] char Peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

struct TimeFields {
  int64_t year = 0;
  int64_t month = 0;
  int64_t day = 0;
  TimeOfDay time_of_day;
  int64_t micros = 0;
  size_t fraction_digits = 0;  // as written; only six are kept in micros
  int64_t offset_sign = 1;
  TimeOfDay offset;

  [[nodiscard]] int64_t OffsetSeconds() const { return offset_sign * offset.seconds(); }
};

void ReadFraction(FieldReader& in, TimeFields& fields) {
  int64_t unit = kMicrosPerSecond / 10;
  in.Take();
  while (IsDigit(in.Peek())) {
    fields.micros += in.Digits(1) * unit;
    unit /= 10;
    ++fields.fraction_digits;
  }
  if (fields.fraction_digits == 0) in.Digits(1);  // a point without digits: not ok
}

void ReadOffset(FieldReader& in, TimeFields& fields) {
  if (in.Peek() != '+' && in.Peek() != '-') {
    in.Expect('Z', 'z');
    return;
  }
  fields.offset_sign = in.Take() == '-' ? -1 : 1;
  fields.offset.hour = in.Digits(2);
  in.Expect(':');
  fields.offset.minute = in.Digits(2);
}

// The fields as written, not yet checked against the calendar; false where the shape is another.
bool ReadTimeFields(std::string_view text, TimeFields& fields) {
  FieldReader in(text);
  fields.year = in.Digits(4);
  in.Expect('-');
  fields.month = in.Digits(2);
  in.Expect('-');
  fields.day = in.Digits(2);
  in.Expect('T', 't');
  fields.time_of_day.hour = in.Digits(2);
  in.Expect(':');
  fields.time_of_day.minute = in.Digits(2);
  in.Expect(':');
  fields.time_of_day.second = in.Digits(2);
  if (in.Peek() == '.') ReadFraction(in, fields);
  ReadOffset(in, fields);
  return in.ok() && in.at_end();
}

std::unexpected<Error> BadTime(std::string_view text, std::string_view reason) {
  return Fail(ErrorCode::kInvalidArgument, fmt::format("time '{}': {}", Excerpt(text), reason));
}

}  // namespace

Result<Timestamp> ParseTime(std::string_view text) {
  TimeFields fields;
  if (!ReadTimeFields(text, fields)) {
    return BadTime(text, "expected RFC 3339, such as 2026-11-22T11:45:00+08:00");
  }
  const auto day = DayNumber(fields.year, fields.month, fields.day);
  if (!day.has_value()) return BadTime(text, "there is no such day in the calendar");
  if (fields.time_of_day.second == 60) {
    return BadTime(text, "leap seconds are not taken: write the second before or after");
  }
  if (!fields.time_of_day.ok()) return BadTime(text, "there is no such time of day");
  if (!fields.offset.ok()) return BadTime(text, "there is no such offset from UTC");
  if (fields.fraction_digits > 6) {
    return BadTime(text, "the fraction has more than 6 digits, and times are in microseconds");
  }
  const int64_t seconds =
      *day * kSecondsPerDay + fields.time_of_day.seconds() - fields.OffsetSeconds();
  if (!IsTextSeconds(seconds)) {
    return BadTime(text, "outside the years 0000 to 9999 in UTC");
  }
  return Timestamp{seconds * kMicrosPerSecond + fields.micros};
}

std::string FormatTime(Timestamp time, int32_t utc_offset_seconds) {
  const int64_t seconds = FloorDivide(time.micros, kMicrosPerSecond);
  // RFC 3339 has no seconds in an offset (some zones had them before 1930): the minutes are
  // written, and the time beside them is the one that makes the same moment. Where the local year
  // would have more or fewer than its four digits, it is written in UTC.
  const int64_t wanted_minutes = utc_offset_seconds / 60;
  const int64_t offset_minutes = IsTextSeconds(seconds + wanted_minutes * 60) ? wanted_minutes : 0;
  const int64_t micros = FloorRemainder(time.micros, kMicrosPerSecond);
  const int64_t local = seconds + offset_minutes * 60;
  const int64_t day = FloorDivide(local, kSecondsPerDay);
  const int64_t second_of_day = local - day * kSecondsPerDay;

  const DateFields date = DateOfDay(day);
  std::string out =
      fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", date.year, date.month, date.day,
                  second_of_day / 3600, second_of_day / 60 % 60, second_of_day % 60);
  if (micros % 1000 != 0) {
    out += fmt::format(".{:06}", micros);
  } else if (micros != 0) {
    out += fmt::format(".{:03}", micros / 1000);
  }
  if (offset_minutes == 0) return out + "Z";
  const int64_t magnitude = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  return out + fmt::format("{}{:02}:{:02}", offset_minutes < 0 ? '-' : '+', magnitude / 60,
                           magnitude % 60);
}

Clock SystemClock() {
  tzset();  // localtime_r need not look at TZ by itself
  return {
      .now =
          [] {
            timespec now{};
            clock_gettime(CLOCK_REALTIME, &now);
            return Timestamp{int64_t{now.tv_sec} * kMicrosPerSecond + now.tv_nsec / 1000};
          },
      .utc_offset_seconds =
          [](Timestamp time) {
            const time_t seconds = FloorDivide(time.micros, kMicrosPerSecond);
            tm local{};
            if (localtime_r(&seconds, &local) == nullptr) return int32_t{0};
            return static_cast<int32_t>(local.tm_gmtoff);
          },
  };
}

}  // namespace switchback
