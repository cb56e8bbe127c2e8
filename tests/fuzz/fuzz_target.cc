#include "fuzz/fuzz_target.h"

#include <stdexcept>
#include <string>

namespace switchback {

std::vector<FuzzTarget>& FuzzTargets() {
  static std::vector<FuzzTarget> targets;
  return targets;
}

void Require(bool holds, std::string_view what) {
  if (!holds) throw std::logic_error(std::string(what));
}

}  // namespace switchback
