// What a listing had to leave out because its rows are damaged. The rest is printed, and the
// command fails behind it, so that a script knows and an operator has what there is.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cli/command.h"

namespace switchback::cli {

class LeftOut {
 public:
  // True: damage of this one thing, noted: the listing goes on behind it.
  [[nodiscard]] bool Take(const Failure& failure);
  // The exit code where nothing was left out. Else what was listed is printed, and the failure
  // names the first 20.
  [[nodiscard]] Outcome<int> Finish(Context& context);

 private:
  std::vector<std::string> items_;
  uint64_t count_ = 0;
};

}  // namespace switchback::cli
