// The data of all workloads: uniform lists, and a table that changes by one endpoint or a few at a
// time (40 % inserts, 40 % deletes, 20 % changed weights), as tools/make-history makes it. The same
// for a seed on every machine: no distribution of the standard library, which may differ.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "switchback/store.h"

namespace switchback::guard {

inline constexpr uint16_t kPort = 8000;
inline constexpr uint32_t kFirstWeight = 100;

[[nodiscard]] OwnedEndpoint Host(uint32_t address, uint32_t weight = kFirstWeight);
[[nodiscard]] EndpointList UniformList(size_t count, uint64_t seed);
// One endpoint a line, in no order.
[[nodiscard]] std::string ShuffledText(const EndpointList& list, uint64_t seed);

// Moves only when told to, so that times take the same bytes in each run.
class SteppedClock {
 public:
  [[nodiscard]] Clock clock() const;
  void Step() { *micros_ += 7'000'000; }
  [[nodiscard]] Timestamp now() const { return {*micros_}; }

 private:
  std::shared_ptr<int64_t> micros_ = std::make_shared<int64_t>(1'736'150'400'000'000);
};

class SampleTable {
 public:
  SampleTable(size_t ids, size_t endpoints, uint64_t seed);

  // Every ID's first list, as one change.
  [[nodiscard]] Change FirstLists() const;
  // `edits` edits of one ID, drawn at random, which the table then holds as made.
  [[nodiscard]] Change NextChange(size_t edits);
  [[nodiscard]] CommitOptions NextOptions(Durability durability = Durability::kBuffered);

  [[nodiscard]] const BusinessId& id(size_t number) const { return ids_[number]; }
  [[nodiscard]] size_t size() const { return ids_.size(); }
  // Any number below `end`.
  [[nodiscard]] size_t Draw(size_t end) { return random_() % end; }

 private:
  struct Pool {
    std::vector<uint32_t> hosts;  // to draw from
    std::map<uint32_t, uint32_t> weights;
  };
  [[nodiscard]] EndpointEdit NextEdit(Pool& pool, std::map<uint32_t, bool>& touched);

  std::mt19937_64 random_;
  std::vector<BusinessId> ids_;
  std::vector<Pool> pools_;
  uint64_t commits_ = 0;
};

// A store with the table's first lists and `commits` changes of `edits` edits each.
void FillStore(Store& store, SampleTable& table, SteppedClock& clock, size_t commits, size_t edits);
// On the in-memory engine: no thread but the caller's.
[[nodiscard]] std::unique_ptr<Store> MakeMemoryStore(const SteppedClock& clock);
[[nodiscard]] CreateOptions MakeOptions(const SteppedClock& clock);

}  // namespace switchback::guard
