// The interned origins of a store, all in memory: there are as many as distinct (user, host,
// program, version), not as many as commits.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "engine/engine.h"
#include "switchback/error.h"
#include "switchback/options.h"

namespace switchback {

// Safe from any number of threads. Numbers start at 1 and are never reused.
class Origins {
 public:
  // Those of the view that are not known yet, up to `interned`: how many there must be. One whose
  // row is damaged is known by its number alone: what it did is still there to be read.
  [[nodiscard]] Result<void> Load(const EngineView& view, uint64_t interned);
  // Errors: kDataLoss: no such number, or its row is damaged.
  [[nodiscard]] Result<Origin> Get(uint64_t number) const;
  [[nodiscard]] std::optional<uint64_t> Find(const Origin& origin) const;
  // Known from now on under the next number, which is returned.
  uint64_t Add(const Origin& origin);
  // The last one added is known no more: what was to keep it was not written.
  void TakeBack();
  [[nodiscard]] uint64_t count() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Result<Origin>> by_number_;
  std::map<Origin, uint64_t> by_origin_;
};

}  // namespace switchback
