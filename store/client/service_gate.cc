#include "client/service_gate.h"

#include <algorithm>
#include <utility>

#include "wire/status.h"

namespace switchback::client {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kLeastPause{1};
constexpr std::chrono::seconds kMostPause{30};
// A single reader that also probes waits for a fifth of its time at most.
constexpr int kPausePerSpent = 4;

}  // namespace

bool IsAway(const CallError& error) {
  if (error.is_answer) return error.status == wire::kUnavailable;
  return error.error.code != ErrorCode::kRefused;
}

bool IsNoAnswer(const CallError& error) {
  if (IsAway(error)) return true;
  // Also of what stands before the service, which gives no reason.
  if (error.status == wire::kUnauthorized || error.status == wire::kForbidden) return false;
  return error.is_answer && error.error.code == ErrorCode::kIoError;
}

ServiceGate::Turn ServiceGate::Enter() {
  if (!is_away_) return Turn::kAsk;
  const std::scoped_lock lock(mutex_);
  if (!is_away_) return Turn::kAsk;
  if (is_probed_ || steady_clock::now() < spared_until_) return Turn::kSpare;
  is_probed_ = true;
  return Turn::kProbe;
}

void ServiceGate::Reached() {
  if (!is_away_) return;
  const std::scoped_lock lock(mutex_);
  is_away_ = false;
  is_probed_ = false;
}

void ServiceGate::Away(Error why, steady_clock::duration spent) {
  const auto pause =
      std::clamp<steady_clock::duration>(spent * kPausePerSpent, kLeastPause, kMostPause);
  const std::scoped_lock lock(mutex_);
  is_away_ = true;
  is_probed_ = false;
  why_ = std::move(why);
  spared_until_ = steady_clock::now() + pause;
}

Error ServiceGate::why() const {
  const std::scoped_lock lock(mutex_);
  return why_;
}

}  // namespace switchback::client
