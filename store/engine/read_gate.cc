#include "engine/read_gate.h"

namespace switchback {

void ReadGate::Enter(size_t& kind) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !closed_; });
  ++kind;
}

void ReadGate::LeaveRead() {
  const std::scoped_lock lock(mutex_);
  if (--reads_ == 0 && closed_) changed_.notify_all();
}

void ReadGate::LeaveView() {
  const std::scoped_lock lock(mutex_);
  --views_;
}

bool ReadGate::has_views() const {
  const std::scoped_lock lock(mutex_);
  return views_ > 0;
}

bool ReadGate::Close() {
  std::unique_lock lock(mutex_);
  if (views_ > 0) return false;
  closed_ = true;
  changed_.wait(lock, [this] { return reads_ == 0; });
  return true;
}

void ReadGate::Open() {
  const std::scoped_lock lock(mutex_);
  closed_ = false;
  changed_.notify_all();
}

}  // namespace switchback
