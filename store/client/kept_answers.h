// What the service last said of each ID, in memory: what a cache file is written from.
#pragma once

#include <cstdint>
#include <list>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "client/cache_format.h"

namespace switchback::client {

// Safe from any number of threads. Past its bound the answers used longest ago are dropped.
class KeptAnswers {
 public:
  // Counts what is begun and what is kept, so that an answer which was overtaken on its way is told
  // from one that really is the newer.
  using Tick = uint64_t;

  explicit KeptAnswers(size_t most_bytes) : most_bytes_(most_bytes) {}

  // To be called before the service is asked.
  [[nodiscard]] Tick Begin();
  // Keeps what the service said to a question of `began`. Where another answer was kept meanwhile,
  // nobody knows which was given first: then the higher version counts, and that an ID is not there
  // counts more than a list, until it is asked for again.
  void Keep(KeptAnswer answer, Tick began);
  // Keeps the list of a view, which may be older than all that is known.
  void KeepOlder(KeptAnswer answer);
  // Takes over what another process has kept, where it heard of an ID later or alone.
  void Merge(std::vector<KeptAnswer> answers);
  void Clear();

  // Null: nothing is known of it.
  [[nodiscard]] KeptAnswerHandle Find(const BusinessId& id);
  // In order of their IDs. Cost: a copy of a pointer each under the lock, then a sort.
  [[nodiscard]] std::vector<KeptAnswerHandle> All() const;
  // Grows when an answer becomes another one than before; not if it is only heard once more.
  [[nodiscard]] uint64_t generation() const;

 private:
  struct Entry {
    KeptAnswerHandle answer;
    Tick noted = 0;
  };
  // By use, the last one at the front.
  using Order = std::list<Entry>;

  [[nodiscard]] static bool IsOvertaken(const KeptAnswer& answer, Tick began, const Entry& entry);
  void Put(KeptAnswer answer, Order::iterator before);
  void Replace(Entry& entry, KeptAnswer answer);
  void Drop(Order::iterator entry);
  void DropPastBound();

  const size_t most_bytes_;
  mutable std::mutex mutex_;
  Order order_;
  std::unordered_map<BusinessId, Order::iterator> by_id_;
  size_t bytes_ = 0;
  Tick tick_ = 0;
  uint64_t generation_ = 0;
};

}  // namespace switchback::client
