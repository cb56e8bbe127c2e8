// The axes along which things are measured, and which points of them a quick run leaves out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace switchback::bench {

// SWITCHBACK_BENCH_QUICK=1 in the environment: a few points an axis, for a look in a minute.
[[nodiscard]] bool Quick();

// `full`, or in a quick run only those of it that stand in `quick`.
[[nodiscard]] std::vector<size_t> Points(std::vector<size_t> full,
                                         const std::vector<size_t>& quick);

// Endpoints a list, up to `limit`: 20 to 10,000,000 by tens.
[[nodiscard]] std::vector<size_t> Sizes(size_t limit);

// "AXIS:VALUE", as every benchmark's name spells its place on an axis.
[[nodiscard]] std::string At(std::string_view axis, size_t value);

}  // namespace switchback::bench
