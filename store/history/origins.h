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
  // Those of the view that are not known yet. Errors: kDataLoss: a malformed row, or a gap in the
  // numbers.
  [[nodiscard]] Result<void> Load(const EngineView& view);
  // Errors: kDataLoss: no such number.
  [[nodiscard]] Result<Origin> Get(uint64_t number) const;
  [[nodiscard]] std::optional<uint64_t> Find(const Origin& origin) const;
  // Known from now on under the next number, which is returned.
  uint64_t Add(const Origin& origin);
  // The last one added is known no more: what was to keep it was not written.
  void TakeBack();
  [[nodiscard]] uint64_t count() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Origin> by_number_;
  std::map<Origin, uint64_t> by_origin_;
};

}  // namespace switchback
