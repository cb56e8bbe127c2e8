#include "micro/axes.h"

#include <algorithm>
#include <cstdlib>

namespace switchback::bench {

bool Quick() {
  static const bool quick = [] {
    const char* value = std::getenv("SWITCHBACK_BENCH_QUICK");
    return value != nullptr && *value != '\0' && std::string_view(value) != "0";
  }();
  return quick;
}

std::vector<size_t> Points(std::vector<size_t> full, const std::vector<size_t>& quick) {
  if (Quick()) std::erase_if(full, [&](size_t point) { return !std::ranges::count(quick, point); });
  return full;
}

std::vector<size_t> Sizes(size_t limit) {
  std::vector<size_t> sizes =
      Points({20, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000}, {100, 10'000, 1'000'000});
  std::erase_if(sizes, [&](size_t size) { return size > limit; });
  return sizes;
}

std::string At(std::string_view axis, size_t value) {
  return std::string(axis) + ":" + std::to_string(value);
}

}  // namespace switchback::bench
