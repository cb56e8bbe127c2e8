// A file descriptor that closes itself, and waiting for one.
#pragma once

#include <chrono>
#include <cstddef>
#include <utility>

#include "client/fault.h"
#include "client/interrupt.h"

namespace switchback::client {

using Deadline = std::chrono::steady_clock::time_point;

// Rounded up, at least 0, at most a minute: whoever waits looks again afterwards.
[[nodiscard]] int MillisecondsUntil(Deadline deadline);
// Now and so much more, without overflow.
[[nodiscard]] Deadline DeadlineAfter(std::chrono::milliseconds time);

class Socket {
 public:
  Socket() = default;
  explicit Socket(int fd) : fd_(fd) {}
  ~Socket();
  Socket(Socket&& from) noexcept : fd_(std::exchange(from.fd_, -1)) {}
  Socket& operator=(Socket&& from) noexcept {
    std::swap(fd_, from.fd_);
    return *this;
  }

  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_ = -1;
};

// Waits for `events` (poll) on the socket. `interrupt` may be null.
// Faults: kTimedOut; kInterrupted; kCut, poll itself failed.
[[nodiscard]] Attempt<void> WaitFor(int fd, short events, Deadline deadline,
                                    const Interrupt* interrupt);

// What errno says.
[[nodiscard]] std::string ErrnoText(int error);

}  // namespace switchback::client
