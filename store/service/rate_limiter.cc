#include "service/rate_limiter.h"

#include <algorithm>
#include <cmath>

namespace switchback {
namespace {

// What the sums of parts of a request may be off by: who waited as told finds a whole one.
constexpr double kRounding = 1e-6;

double OneSecondOf(double rate) {
  return std::max(rate, 1.0);
}

}  // namespace

std::optional<std::chrono::milliseconds> TokenBucket::Wait(Time now) {
  if (rate_ <= 0) return std::nullopt;
  if (now > at_) {
    held_ = std::min(size_, held_ + rate_ * std::chrono::duration<double>(now - at_).count());
    at_ = now;
  }
  if (held_ >= 1 - kRounding) return std::nullopt;
  return std::chrono::milliseconds(static_cast<int64_t>(std::ceil((1 - held_) / rate_ * 1e3)));
}

// What rounding let pass is owed: held_ may be a little below 0, and nothing adds up.
void TokenBucket::Take() {
  if (rate_ > 0) held_ -= 1;
}

RateLimiter::RateLimiter(const ServiceLimits& limits, Time now)
    : rate_(limits.requests_per_second),
      burst_(limits.burst > 0 ? limits.burst : OneSecondOf(limits.requests_per_second)),
      total_(limits.total_requests_per_second, OneSecondOf(limits.total_requests_per_second), now) {
}

std::optional<std::chrono::milliseconds> RateLimiter::Take(const std::string& identity, Time now) {
  const std::scoped_lock lock(mutex_);
  // Both first, and only then taken from: who is over its own limit takes nothing from the others.
  const auto all_wait = total_.Wait(now);
  if (rate_ <= 0) {
    if (!all_wait) total_.Take();
    return all_wait;
  }
  TokenBucket& own = BucketOf(identity, now);
  const auto own_wait = own.Wait(now);
  if (all_wait || own_wait) return std::max(all_wait, own_wait);  // nothing is below any time
  total_.Take();
  own.Take();
  return std::nullopt;
}

TokenBucket& RateLimiter::BucketOf(const std::string& identity, Time now) {
  if (const auto found = places_.find(identity); found != places_.end()) {
    known_.splice(known_.begin(), known_, found->second);
    return found->second->bucket;
  }
  if (known_.size() == kMaxIdentities) {
    places_.erase(known_.back().identity);
    known_.pop_back();
  }
  known_.push_front({identity, TokenBucket(rate_, burst_, now)});
  places_.emplace(known_.front().identity, known_.begin());
  return known_.front().bucket;
}

size_t RateLimiter::identities() const {
  const std::scoped_lock lock(mutex_);
  return known_.size();
}

}  // namespace switchback
