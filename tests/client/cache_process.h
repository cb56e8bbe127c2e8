// What the tests and the process that they kill agree on.
#pragma once

#include <string>

#include "store/store_fixture.h"

namespace switchback {

inline constexpr int kCachedIds = 8;

inline std::string CachedId(int number) {
  return "id" + std::to_string(number);
}
// No two versions have the same; some are long enough for a write to be cut in the middle of one.
inline EndpointList CachedList(int number, uint64_t version) {
  const uint32_t start = static_cast<uint32_t>(number + 1) << 24;
  return Scattered(start + static_cast<uint32_t>(version), number == 0 ? 20'000 : 20);
}

}  // namespace switchback
