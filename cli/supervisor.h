// Being run by a supervisor: signals that end a program which runs until it is told to stop, and
// telling systemd how far it is.
#pragma once

#include <csignal>
#include <string_view>

namespace switchback::cli {

// As long as it lives, and behind Wait for good, SIGTERM and SIGINT are kept for Wait. Before any
// thread is started.
class StopSignals {
 public:
  StopSignals();
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;
  // Returns once one of them has come.
  void Wait();

 private:
  sigset_t signals_{};
  sigset_t before_{};
  bool waited_ = false;
};

// A line of sd_notify(3), such as "READY=1", to the socket that NOTIFY_SOCKET names; nothing where
// there is none.
void TellSupervisor(std::string_view line);

}  // namespace switchback::cli
