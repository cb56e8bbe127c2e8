// Endpoint lists to measure with: seeded, so that every run sees the same ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/endpoint_list.h"

namespace switchback::bench {

enum class Distribution : uint8_t {
  kUniform,  // IPv4 hosts anywhere, one port, one weight
  kDense,    // /24s of which 4 hosts in 5 are taken
  kPorts,    // 1 to 5 neighbouring ports an address
  kWeights,  // uniform hosts; most weigh 100, some 50 or 0, the rest anything; some have attributes
  kPrefixes,  // overlapping prefixes, half of them IPv6, no ports
};
[[nodiscard]] std::string_view NameOf(Distribution distribution);

// All but the uniform one, whose size is an axis.
inline constexpr Distribution kSkewed[] = {Distribution::kDense, Distribution::kPorts,
                                           Distribution::kWeights, Distribution::kPrefixes};

[[nodiscard]] EndpointList MakeList(Distribution distribution, size_t count, uint64_t seed);
// `count` distinct addresses in order, uniform over all of IPv4.
[[nodiscard]] std::vector<uint32_t> SortedAddresses(size_t count, std::mt19937_64& random);

// One of each, made at first use and kept.
[[nodiscard]] const EndpointList& SharedList(Distribution distribution, size_t count);

// What `edits` edits of `list` come to: 40 % adds, 40 % removes, 20 % changed weights; one edit is
// an add. What is added has the distribution of the list. REQUIRES: edits <= list.size().
[[nodiscard]] ListDiff MakeEdits(const EndpointList& list, Distribution distribution, size_t edits,
                                 uint64_t seed);

// One endpoint a line, in canonical order.
[[nodiscard]] std::string TextOf(const EndpointList& list);
// The lines in random order, every tenth of them twice.
[[nodiscard]] std::string ShuffledTextOf(const EndpointList& list);

}  // namespace switchback::bench
