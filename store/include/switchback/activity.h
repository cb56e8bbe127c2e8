// What an open store has been doing, for who watches over it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace switchback {

// How long a kind of work took, each time that it was done: a histogram.
struct Durations {
  // Seconds, rising: from a read in memory to a sync on a slow disk.
  static constexpr std::array<double, 18> kBounds = {
      0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
      0.05,    0.1,    0.25,    0.5,    1,     2.5,    5,     10,   30};
  // counts[i]: above the bound before and up to kBounds[i]; the last: above all bounds.
  std::array<uint64_t, kBounds.size() + 1> counts{};
  double seconds = 0;  // of all together

  [[nodiscard]] uint64_t count() const {
    uint64_t sum = 0;
    for (const uint64_t one : counts) sum += one;
    return sum;
  }
};

// Since the store was opened, by this process. Bytes are as of now.
struct StoreActivity {
  Durations commits;        // from when it was asked for until it was there, or had failed
  Durations writes;         // of a group of commits to the engine, not synced
  Durations synced_writes;  // of a group that was to survive power loss, and of syncs alone
  // Reads of current lists: found in memory, or made from rows.
  uint64_t head_hits = 0;
  uint64_t head_misses = 0;
  uint64_t head_cache_bytes = 0;
  uint64_t list_cache_bytes = 0;
  uint64_t disk_bytes = 0;  // of all files of the store
  uint64_t files = 0;
};

}  // namespace switchback
