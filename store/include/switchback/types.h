// The small words of the store: business ID, version, revision, digest, timestamp. Each kind of
// number is a type of its own, so that a swap fails to compile.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "switchback/error.h"

namespace switchback {

// Key of the routing table: 1..128 bytes of [A-Za-z0-9._:/-], ordered bytewise.
class BusinessId {
 public:
  // Errors: kInvalidArgument names the bad byte and its place; kLimitExceeded.
  [[nodiscard]] static Result<BusinessId> Parse(std::string_view text);

  [[nodiscard]] const std::string& text() const { return text_; }
  auto operator<=>(const BusinessId&) const = default;

 private:
  explicit BusinessId(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// A count that starts at 1; 0 means "none yet". `Tag` keeps kinds apart.
template <typename Tag>
struct Number {
  uint64_t value = 0;
  auto operator<=>(const Number&) const = default;
  [[nodiscard]] Number Next() const { return Number{value + 1}; }
  [[nodiscard]] Number Previous() const { return Number{value - 1}; }  // REQUIRES: value > 0
};
// Of one business ID's list: dense, never reused, never rewritten.
using Version = Number<struct VersionTag>;
// Of the store: one atomic commit; only grows.
using Revision = Number<struct RevisionTag>;

// Content address of a list: the sum mod 2^128 of XXH3-128 over each endpoint's canonical bytes
// (doc/format.md, "Digest"). Equal lists have equal digests whatever edits led there; the empty
// list's is 0. Finds accidents, not attackers.
struct Digest {
  uint64_t high = 0;
  uint64_t low = 0;
  auto operator<=>(const Digest&) const = default;
  Digest& operator+=(const Digest& other) {
    low += other.low;
    high += other.high + (low < other.low ? 1 : 0);
    return *this;
  }
  Digest& operator-=(const Digest& other) {
    high -= other.high + (low < other.low ? 1 : 0);
    low -= other.low;
    return *this;
  }
  // 32 lower-case hex digits.
  [[nodiscard]] std::string ToHex() const;
};

// Microseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  int64_t micros = 0;
  auto operator<=>(const Timestamp&) const = default;
};

// A wall clock: what time it is, and how many seconds east of UTC local time is at a moment.
// The library reads neither by itself where a caller passes one.
struct Clock {
  std::function<Timestamp()> now;
  std::function<int32_t(Timestamp)> utc_offset_seconds;
};
// The system's clock and time zone (the TZ rules of the C library).
Clock SystemClock();

// RFC 3339 with the given offset from UTC in seconds: "2026-11-22T11:45:00+08:00", "Z" for 0;
// a fraction only where there is one, in 3 or 6 digits.
std::string FormatTime(Timestamp time, int32_t utc_offset_seconds = 0);
// RFC 3339 only, any offset, up to 6 fraction digits (more are refused).
[[nodiscard]] Result<Timestamp> ParseTime(std::string_view text);

}  // namespace switchback

template <>
struct std::hash<switchback::BusinessId> {
  size_t operator()(const switchback::BusinessId& id) const noexcept {
    return std::hash<std::string>{}(id.text());
  }
};
