// Where addresses with prefix lengths are likely to go on: behind the range before, at the next
// place where a range of that size can begin. Routing tables are mostly runs of such ranges, so
// what is stored is how many sizes an address lies off that place (doc/format-lists.md, "Key
// columns").
#pragma once

#include <cstdint>

namespace switchback {

// The lowest `bits` of 64, for bits 0..64.
[[nodiscard]] constexpr uint64_t LowBits(unsigned bits) {
  return bits >= 64 ? ~uint64_t{0} : (uint64_t{1} << bits) - 1;
}

// 0 -1 1 -2 2 ... as 0 1 2 3 4 ...
[[nodiscard]] constexpr uint64_t ZigZag(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63);
}
[[nodiscard]] constexpr uint64_t FromZigZag(uint64_t value) {
  return (value >> 1) ^ (~(value & 1) + 1);
}

// A range as its first address and the bits that its prefix leaves open. All sums wrap at 2^64, in
// writing and in reading alike; a reader checks that addresses do not fall.
struct OpenRange {
  uint64_t first = 0;
  unsigned open_bits = 0;  // 0..64
  bool is_part = false;    // of one place only: what follows may begin there too (IPv6 halves)
};

// The first place not below the end of `before` at which a range of `open_bits` can begin.
[[nodiscard]] constexpr uint64_t NextPlace(const OpenRange& before, unsigned open_bits) {
  const uint64_t size = before.is_part ? 0 : LowBits(before.open_bits) + 1;
  const uint64_t below = LowBits(open_bits);
  return (before.first + size + below) & ~below;
}

// REQUIRES: `range.first` has no bits below its prefix.
[[nodiscard]] constexpr uint64_t GapTo(const OpenRange& before, const OpenRange& range) {
  if (range.open_bits >= 64) return 0;
  const auto distance = static_cast<int64_t>(range.first - NextPlace(before, range.open_bits));
  return ZigZag(distance >> range.open_bits);
}
[[nodiscard]] constexpr uint64_t AfterGap(const OpenRange& before, uint64_t gap,
                                          unsigned open_bits) {
  const uint64_t place = NextPlace(before, open_bits);
  return open_bits >= 64 ? place : place + (FromZigZag(gap) << open_bits);
}

// The half of an IPv6 range that its prefix ends in or before: a prefix past 64 leaves no bit of
// the high half open, and other such ranges may share that half.
[[nodiscard]] constexpr OpenRange HighHalf(uint64_t high, unsigned prefix_length) {
  if (prefix_length > 64) return {high, 0, true};
  return {high, 64 - prefix_length, false};
}

}  // namespace switchback
