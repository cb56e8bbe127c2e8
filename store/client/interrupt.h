// Ends whatever one thread waits for on a socket, from another thread.
#pragma once

#include <atomic>
#include <chrono>

namespace switchback::client {

// Once raised it stays so. Safe from any number of threads.
class Interrupt {
 public:
  Interrupt();
  ~Interrupt();
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  void Raise();
  [[nodiscard]] bool raised() const { return raised_; }
  // Becomes readable when it is raised, for poll(); -1 where the system had none left to give: then
  // a wait lasts until its own end.
  [[nodiscard]] int fd() const { return fd_; }
  // Waits so long, or until it is raised.
  void Pause(std::chrono::milliseconds time) const;

 private:
  int fd_;
  std::atomic<bool> raised_ = false;
};

}  // namespace switchback::client
