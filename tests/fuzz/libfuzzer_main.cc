// What libFuzzer calls: the one target that is linked in.
#include <cstddef>
#include <cstdint>

#include "fuzz/fuzz_target.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  switchback::FuzzTargets().front().attempt({reinterpret_cast<const char*>(data), size});
  return 0;
}
