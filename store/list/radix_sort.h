// Sorts line entries in place, most significant byte first ("American flag sort"): no second array,
// and after the first pass or two each bucket fits the processor's cache.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "list/line_entries.h"

namespace switchback {
namespace radix_sort_internal {

// Below this many, comparing beats another pass of counting 256 buckets. Measured on 1M random
// addresses: 32, 64 and 128 are within 5 % of one another.
inline constexpr size_t kSmallRun = 64;

template <typename Entry>
void SortSmall(LineEntries<Entry>& entries, size_t begin, size_t end) {
  std::array<Entry, kSmallRun> run;
  const size_t count = end - begin;
  for (size_t i = 0; i < count; ++i) run[i] = entries[begin + i];
  std::sort(run.begin(), run.begin() + static_cast<std::ptrdiff_t>(count));
  for (size_t i = 0; i < count; ++i) entries[begin + i] = run[i];
}

// Bucket b is [bounds[b], bounds[b + 1]).
using Bounds = std::array<size_t, 257>;

template <typename Entry>
Bounds CountBuckets(LineEntries<Entry>& entries, size_t begin, size_t end, int level) {
  Bounds bounds{};
  for (size_t i = begin; i < end; ++i) ++bounds[entries[i].Digit(level) + size_t{1}];
  bounds[0] = begin;
  for (size_t b = 0; b < 256; ++b) bounds[b + 1] += bounds[b];
  return bounds;
}

template <typename Entry>
void Distribute(LineEntries<Entry>& entries, const Bounds& bounds, int level) {
  std::array<size_t, 256> next;
  std::copy(bounds.begin(), bounds.end() - 1, next.begin());
  for (size_t b = 0; b < 256; ++b) {
    while (next[b] < bounds[b + 1]) {
      Entry entry = entries[next[b]];
      for (size_t to = entry.Digit(level); to != b; to = entry.Digit(level)) {
        std::swap(entry, entries[next[to]++]);
      }
      entries[next[b]++] = entry;
    }
  }
}

// Recursion is at most Entry::kDigits deep, whatever the input.
template <typename Entry>
void SortRange(LineEntries<Entry>& entries, size_t begin, size_t end, int level) {
  if (end - begin <= kSmallRun) {
    SortSmall(entries, begin, end);
    return;
  }
  const Bounds bounds = CountBuckets(entries, begin, end, level);
  const size_t first = entries[begin].Digit(level);
  const bool one_bucket = bounds[first + 1] - bounds[first] == end - begin;
  if (!one_bucket) Distribute(entries, bounds, level);
  if (level + 1 == Entry::kDigits) return;
  for (size_t b = 0; b < 256; ++b) {
    if (bounds[b + 1] - bounds[b] > 1) SortRange(entries, bounds[b], bounds[b + 1], level + 1);
  }
}

}  // namespace radix_sort_internal

template <typename Entry>
void RadixSort(LineEntries<Entry>& entries) {
  radix_sort_internal::SortRange(entries, 0, entries.size(), 0);
}

}  // namespace switchback
