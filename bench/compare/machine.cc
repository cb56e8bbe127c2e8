#include "bench/compare/machine.h"

#include <malloc.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace switchback::compare {
namespace {

uint64_t peak_of_children = 0;  // the driver has one thread

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
  peak_of_children = 0;
  std::ofstream("/proc/self/clear_refs") << "5";
}

void NoteEndedChild(uint64_t peak_bytes) {
  peak_of_children = std::max(peak_of_children, peak_bytes);
}

uint64_t PeakMemoryBytes() {
  return std::max(OwnPeakBytes(), peak_of_children);
}

}  // namespace switchback::compare
