// Current lists as the hot read path hands them out: a hit costs one look-up, no row is read.
// Invariants (named in tests/history/head_cache_test.cc):
//   1. What is found is the ID's newest published version: a write takes its IDs out before it
//      begins, and nothing is put in that was read before or while it ran.
//   2. What is kept takes at most the budget.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>

#include "switchback/types.h"
#include "switchback/view.h"

namespace switchback {

// Safe from any number of threads.
class HeadCache {
 public:
  explicit HeadCache(size_t budget_bytes) : shard_budget_(budget_bytes / kShards) {}

  // What a look-up that found nothing leaves with, so that what is then read can be put in.
  class Ticket {
    friend class HeadCache;
    uint64_t epoch_ = kNever;
  };
  // Null: not here; `ticket` then stands for this moment.
  [[nodiscard]] ListHandle Find(const BusinessId& id, Ticket& ticket);
  // Puts in what was read since the ticket was given, unless a write has begun since.
  void Add(const ListHandle& head, Ticket ticket);

  // A write that gives IDs new heads, from before its first row until it is visible to all.
  class Writing {
   public:
    explicit Writing(HeadCache& cache) : cache_(cache) {}
    ~Writing();
    Writing(const Writing&) = delete;
    Writing& operator=(const Writing&) = delete;
    void TakeOut(const BusinessId& id);
    void TakeOutAll();

   private:
    HeadCache& cache_;
    uint64_t shards_ = 0;  // a bit for each that must be left alone meanwhile
  };

  struct Counts {
    uint64_t hits = 0;  // what Find found
    uint64_t misses = 0;
    size_t bytes = 0;  // of what is kept
  };
  [[nodiscard]] Counts Count();

 private:
  static constexpr size_t kShards = 64;
  static constexpr uint64_t kNever = ~uint64_t{0};
  // Of an entry beside its list and the text of its ID: handle, list and map nodes.
  static constexpr size_t kEntryBytes = 512;

  struct Key {
    size_t hash = 0;
    const BusinessId* id = nullptr;  // the entry's own, or the caller's
    bool operator==(const Key& other) const { return hash == other.hash && *id == *other.id; }
  };
  struct KeyHash {
    size_t operator()(const Key& key) const { return key.hash; }
  };
  struct Entry {
    ListHandle head;
    size_t hash = 0;
    size_t bytes = 0;
    bool used = false;  // since the hand of the clock last came by
  };
  struct Shard {
    std::mutex mutex;
    uint64_t epoch = 0;  // writes begun
    uint32_t writing = 0;
    size_t bytes = 0;
    uint64_t hits = 0;
    uint64_t misses = 0;
    std::list<Entry> entries;  // the clock's hand is at the front
    std::unordered_map<Key, std::list<Entry>::iterator, KeyHash> index;

    void Begin() {
      ++epoch;
      ++writing;
    }
    void Evict(size_t budget);
    void Clear();
  };

  static Key KeyOf(const BusinessId& id) { return {std::hash<BusinessId>()(id), &id}; }
  // The map uses the low bits.
  static size_t ShardOf(const Key& key) { return key.hash >> 58; }
  static_assert(kShards == size_t{1} << (64 - 58) && sizeof(size_t) == 8);

  const size_t shard_budget_;
  std::array<Shard, kShards> shards_;
};

}  // namespace switchback
