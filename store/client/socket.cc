#include "client/socket.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

namespace switchback::client {

int MillisecondsUntil(Deadline deadline) {
  constexpr std::chrono::milliseconds kMost{60'000};
  const auto now = std::chrono::steady_clock::now();
  if (deadline <= now) return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now);
  return static_cast<int>(std::min(left, kMost).count());
}

Deadline DeadlineAfter(std::chrono::milliseconds time) {
  constexpr std::chrono::milliseconds kForever{std::chrono::hours(24 * 365)};
  return std::chrono::steady_clock::now() + std::clamp(time, {}, kForever);
}

Socket::~Socket() {
  if (fd_ >= 0) close(fd_);
}

Attempt<void> WaitFor(int fd, short events, Deadline deadline, const Interrupt* interrupt) {
  while (true) {
    if (interrupt != nullptr && interrupt->raised()) {
      return Broken(FaultKind::kInterrupted, "cancelled");
    }
    std::array<pollfd, 2> waits{pollfd{.fd = fd, .events = events, .revents = 0},
                                {.fd = -1, .events = POLLIN, .revents = 0}};
    if (interrupt != nullptr) waits[1].fd = interrupt->fd();
    const int left = MillisecondsUntil(deadline);
    const int ready = poll(waits.data(), waits.size(), left);
    if (ready < 0 && errno != EINTR) return Broken(FaultKind::kCut, ErrnoText(errno));
    if (ready > 0 && waits[0].revents != 0) return {};
    if (left == 0) return Broken(FaultKind::kTimedOut, "the time is up");
  }
}

std::string ErrnoText(int error) {
  return std::generic_category().message(error);
}

}  // namespace switchback::client
