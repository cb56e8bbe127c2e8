// How often one may ask: a token bucket for each identity, and one for all together.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "switchback/service.h"

namespace switchback {

// A bucket holds up to `size` requests and gains `rate` a second, so that in any time T at most
// size + rate x T get through. A rate of 0: no limit.
class TokenBucket {
 public:
  using Time = std::chrono::steady_clock::time_point;
  TokenBucket(double rate, double size, Time now)
      : rate_(rate), size_(size), held_(size), at_(now) {}

  // How long until it holds one; nothing: it does. Time that runs back is taken as standing still.
  [[nodiscard]] std::optional<std::chrono::milliseconds> Wait(Time now);
  void Take();  // REQUIRES: Wait just returned nothing

 private:
  double rate_;
  double size_;
  double held_;
  Time at_;  // of what is held
};

// Safe from any number of threads. Memory is bounded: of more identities than kMaxIdentities the
// one that asked longest ago is forgotten, and has a full bucket if it comes back.
class RateLimiter {
 public:
  using Time = TokenBucket::Time;
  static constexpr size_t kMaxIdentities = 10'000;

  RateLimiter(const ServiceLimits& limits, Time now);

  // Nothing: the request may pass, and is counted. Else it is not counted, and this is how long to
  // wait (Retry-After).
  [[nodiscard]] std::optional<std::chrono::milliseconds> Take(const std::string& identity,
                                                              Time now);
  [[nodiscard]] size_t identities() const;

 private:
  struct Known {
    std::string identity;
    TokenBucket bucket;
  };
  TokenBucket& BucketOf(const std::string& identity, Time now);

  const double rate_;
  const double burst_;
  mutable std::mutex mutex_;
  TokenBucket total_;
  std::list<Known> known_;  // the last to ask first
  // Keys are views of the texts in `known_`, which never move.
  std::unordered_map<std::string_view, std::list<Known>::iterator> places_;
};

}  // namespace switchback
