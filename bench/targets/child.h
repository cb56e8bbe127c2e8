// Child processes: this program again in one of a few roles, or the `switchback` program.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "report.h"

namespace switchback::targets {

struct Ended {
  bool by_signal = false;
  int code = 0;             // exit code, or the signal
  uint64_t peak_bytes = 0;  // resident, at most; looked at every 0.5 ms
  double seconds = 0;
};
// `output`: a file that takes its standard output; empty: none does.
[[nodiscard]] Ended RunChild(const std::vector<std::string>& command, const std::string& output);

// A row of how much memory a child took at most, against the limit of the design.
[[nodiscard]] Row MemoryRow(std::string name, std::string what, const Ended& ended);

// This program, as started.
[[nodiscard]] std::string SelfPath();

// Roles, run by `targets --child ROLE STORE`; nothing for an unknown one.
//   one-write: opens the store, commits one endpoint synced, closes it.
//   paced:     opens the store of 1,000 lists, commits 1,000 a second for 20 seconds, and writes
//              each revision and when it had returned, on the monotonic clock, to standard output.
//   paced-quick: the same for 3 seconds.
//   killed:    opens the store, commits without syncing until the log is at its cap, kills itself.
[[nodiscard]] std::optional<int> RunRole(const std::string& role, const std::string& store);

}  // namespace switchback::targets
