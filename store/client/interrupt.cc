#include "client/interrupt.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

#include "client/socket.h"

namespace switchback::client {

Interrupt::Interrupt() : fd_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

Interrupt::~Interrupt() {
  if (fd_ >= 0) close(fd_);
}

void Interrupt::Raise() {
  raised_ = true;
  const uint64_t one = 1;
  // Fails only where it was raised some 2^64 times.
  if (fd_ >= 0 && write(fd_, &one, sizeof(one)) < 0) return;
}

void Interrupt::Pause(std::chrono::milliseconds time) const {
  const auto end = std::chrono::steady_clock::now() + time;
  pollfd raised{.fd = fd_, .events = POLLIN, .revents = 0};
  while (!raised_) {
    const int left = MillisecondsUntil(end);
    if (left == 0) return;
    poll(&raised, 1, left);
  }
}

}  // namespace switchback::client
