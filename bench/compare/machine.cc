#include "bench/compare/machine.h"

#include <malloc.h>
#include <sys/resource.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace switchback::compare {
namespace {

uint64_t OwnPeakBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    uint64_t kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1024;
  }
  return 0;
}

}  // namespace

void ResetPeakMemory() {
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

uint64_t PeakMemoryBytes() {
  rusage children{};
  getrusage(RUSAGE_CHILDREN, &children);
  return std::max(OwnPeakBytes(), static_cast<uint64_t>(children.ru_maxrss) * 1024);
}

}  // namespace switchback::compare
