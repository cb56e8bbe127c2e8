// How far long work is, on one line of a terminal's standard error that is rewritten in place.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "cli/output/terminal.h"

namespace switchback::cli {

class Progress {
 public:
  explicit Progress(const Terminal& terminal) : shown_(terminal.progress) {}
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Whether it is time for another Show: at most five a second, the first after half a second.
  [[nodiscard]] bool Due();
  void Show(const std::string& text);
  // Takes the line off the screen.
  void Clear();

 private:
  using SteadyClock = std::chrono::steady_clock;

  bool shown_;
  bool drawn_ = false;
  SteadyClock::time_point next_ = SteadyClock::now() + std::chrono::milliseconds(500);
};

}  // namespace switchback::cli
