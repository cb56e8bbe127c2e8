// Reading key columns. What comes out is checked: strictly increasing keys, no host bits under a
// prefix, every field in its range.

#include <fmt/format.h>

#include <limits>

#include "list/column_reading.h"
#include "list/columns.h"
#include "list/key_gaps.h"

namespace switchback {
namespace {

using Ipv6 = EndpointList::Ipv6;

std::unexpected<Error> DamagedColumn(std::string_view name, size_t count) {
  return Damaged(fmt::format("the {} column is not a valid column of {} values", name, count));
}

// Sets `may_repeat` where one address can stand twice, so that the keys must be compared.
Result<void> DecodeIpv4(ByteReader& in, size_t count, std::vector<uint32_t>& out,
                        bool& may_repeat) {
  constexpr uint64_t kMax = std::numeric_limits<uint32_t>::max();
  uint32_t first = 0;
  PackedColumnReader distances;
  if (!in.ReadBigEndian32(first) || !distances.Open(in, count - 1, kMax)) {
    return DamagedColumn("IPv4 address", count);
  }
  const uint64_t least = distances.LeastPossible();
  may_repeat = count > 1 && least == 0;
  // Before anything is allocated: would even the least distances stay within 32 bits?
  if (count > 1 && least > (kMax - first) / (count - 1))
    return DamagedColumn("IPv4 address", count);
  out.reserve(count);
  out.push_back(first);
  uint64_t address = first;
  std::array<uint64_t, kReadBatch> batch;
  std::array<uint32_t, kReadBatch> addresses;
  for (size_t left = count - 1; left > 0;) {
    const size_t now = std::min(kReadBatch, left);
    if (!distances.Read(batch.data(), now)) return DamagedColumn("IPv4 address", count);
    for (size_t i = 0; i < now; ++i) {
      address += batch[i];
      addresses[i] = static_cast<uint32_t>(address);
    }
    // Distances are below 2^32, so a batch cannot pass 64 bits unseen.
    if (address > kMax) return DamagedColumn("IPv4 address", count);
    out.insert(out.end(), addresses.begin(), addresses.begin() + static_cast<ptrdiff_t>(now));
    left -= now;
  }
  return {};
}

// As above, where the addresses are the beginnings of ranges. Every address but the first is a
// multiple of its range's size by the way it is made.
Result<void> DecodeIpv4Ranges(ByteReader& in, size_t count, const Column<uint8_t>& prefixes,
                              std::vector<uint32_t>& out) {
  constexpr uint64_t kMax = std::numeric_limits<uint32_t>::max();
  uint32_t first = 0;
  PackedColumnReader gaps;
  if (!in.ReadBigEndian32(first) || !gaps.Open(in, count - 1, std::numeric_limits<uint64_t>::max()))
    return DamagedColumn("IPv4 address", count);
  out.reserve(count);
  out.push_back(first);
  OpenRange range{first, 32U - prefixes[0]};
  std::array<uint64_t, kReadBatch> batch;
  std::array<uint32_t, kReadBatch> addresses;
  for (size_t done = 1; done < count;) {
    const size_t now = std::min(kReadBatch, count - done);
    if (!gaps.Read(batch.data(), now)) return DamagedColumn("IPv4 address", count);
    bool rising = true;
    for (size_t i = 0; i < now; ++i) {
      const unsigned open_bits = 32U - prefixes[done + i];
      const uint64_t address = AfterGap(range, batch[i], open_bits);
      rising &= address >= range.first && address <= kMax;
      addresses[i] = static_cast<uint32_t>(address);
      range = {address, open_bits};
    }
    if (!rising) return DamagedColumn("IPv4 address", count);
    out.insert(out.end(), addresses.begin(), addresses.begin() + static_cast<ptrdiff_t>(now));
    done += now;
  }
  return {};
}

// The high halves, one at a time: distances, or gaps between ranges where there are prefixes.
class HighHalves {
 public:
  HighHalves(const Column<uint8_t>& prefixes, bool has_prefixes)
      : prefixes_(prefixes), has_prefixes_(has_prefixes) {}
  // The i-th, above 0, from the one before; false where it falls or would pass 2^64.
  [[nodiscard]] bool Next(size_t i, uint64_t stored, uint64_t previous, uint64_t& high) const {
    if (!has_prefixes_) return !__builtin_add_overflow(previous, stored, &high);
    high =
        AfterGap(HighHalf(previous, prefixes_[i - 1]), stored, HighHalf(0, prefixes_[i]).open_bits);
    return high >= previous;
  }

 private:
  const Column<uint8_t>& prefixes_;
  bool has_prefixes_;
};

Result<void> DecodeIpv6(ByteReader& in, size_t count, const HighHalves& halves,
                        std::vector<Ipv6>& out) {
  constexpr uint64_t kMax = std::numeric_limits<uint64_t>::max();
  Ipv6 previous;
  PackedColumnReader high;
  PackedColumnReader low;
  if (!in.ReadBigEndian64(previous.high) || !high.Open(in, count - 1, kMax) ||
      !low.Open(in, count, kMax) || !low.Read(&previous.low, 1)) {
    return DamagedColumn("IPv6 address", count);
  }
  out.reserve(count);
  out.push_back(previous);
  std::array<uint64_t, kReadBatch> highs;
  std::array<uint64_t, kReadBatch> lows;
  while (out.size() < count) {
    const size_t now = std::min(kReadBatch, count - out.size());
    if (!high.Read(highs.data(), now) || !low.Read(lows.data(), now)) {
      return DamagedColumn("IPv6 address", count);
    }
    for (size_t i = 0; i < now; ++i) {
      Ipv6 next;
      if (!halves.Next(out.size(), highs[i], previous.high, next.high)) {
        return DamagedColumn("IPv6 address", count);
      }
      const uint64_t low_base = next.high == previous.high ? previous.low : 0;
      if (__builtin_add_overflow(low_base, lows[i], &next.low)) {
        return DamagedColumn("IPv6 address", count);
      }
      out.push_back(next);
      previous = next;
    }
  }
  return {};
}

Result<void> DecodePrefixes(ByteReader& in, size_t count, bool stored, uint8_t host,
                            Column<uint8_t>& out) {
  if (!stored) {
    out.AppendRun(host, count);
    return {};
  }
  const auto make = [host](uint64_t open_bits) { return static_cast<uint8_t>(host - open_bits); };
  if (!ReadColumn(in, count, host, make, out)) return DamagedColumn("prefix length", count);
  return {};
}

Result<void> DecodePorts(ByteReader& in, size_t count, bool stored, Column<uint16_t>& out) {
  if (!stored) {
    out.AppendRun(0, count);
    return {};
  }
  const auto make = [](uint64_t port) { return static_cast<uint16_t>(port); };
  if (!ReadColumn(in, count, UINT16_MAX, make, out)) return DamagedColumn("port", count);
  return {};
}

bool HostBitsAreZero(const KeyColumns& keys, uint8_t flags) {
  if ((flags & kHasIpv4Prefixes) != 0) {
    // The first alone: the others are made as multiples of their sizes.
    if ((keys.ipv4[0] & LowBits(32U - keys.ipv4_prefixes[0])) != 0) return false;
  }
  if ((flags & kHasIpv6Prefixes) != 0) {
    for (size_t i = 0; i < keys.ipv6.size(); ++i) {
      const unsigned open_bits = 128U - keys.ipv6_prefixes[i];
      const uint64_t high_mask = open_bits > 64 ? LowBits(open_bits - 64) : 0;
      if (((keys.ipv6[i].high & high_mask) | (keys.ipv6[i].low & LowBits(open_bits))) != 0) {
        return false;
      }
    }
  }
  return true;
}

// Addresses never fall (distances are unsigned), so only equal neighbours need a look.
bool KeysIncrease(const KeyColumns& keys, bool ipv4_may_repeat) {
  if (ipv4_may_repeat) {
    for (size_t i = 1; i < keys.ipv4.size(); ++i) {
      if (keys.ipv4[i] == keys.ipv4[i - 1] && keys[i] <= keys[i - 1]) return false;
    }
  }
  for (size_t j = 1; j < keys.ipv6.size(); ++j) {
    const size_t i = keys.ipv4.size() + j;
    if (keys.ipv6[j] == keys.ipv6[j - 1] && keys[i] <= keys[i - 1]) return false;
  }
  return true;
}

// How many of `count` keys are IPv4; nothing where the flags or the number make no sense.
std::optional<size_t> ReadIpv4Count(ByteReader& in, size_t count, uint8_t flags) {
  const bool ipv4 = (flags & kHasIpv4) != 0;
  const bool ipv6 = (flags & kHasIpv6) != 0;
  if ((flags & kReservedFlags) != 0 || (!ipv4 && !ipv6)) return std::nullopt;
  if (!ipv4 && (flags & kHasIpv4Prefixes) != 0) return std::nullopt;
  if (!ipv6 && (flags & kHasIpv6Prefixes) != 0) return std::nullopt;
  if (!ipv6) return count;
  if (!ipv4) return 0;
  uint64_t ipv4_count = 0;
  if (!in.ReadVarint(ipv4_count) || ipv4_count == 0 || ipv4_count >= count) return std::nullopt;
  return ipv4_count;
}

}  // namespace

Result<void> DecodeKeys(ByteReader& in, size_t count, uint8_t flags, KeyColumns& keys) {
  const std::optional<size_t> ipv4_count = ReadIpv4Count(in, count, flags);
  if (!ipv4_count) {
    return Damaged(fmt::format("the flags byte {:#04x} makes no sense for {} keys", flags, count));
  }
  const size_t ipv6_count = count - *ipv4_count;
  bool ipv4_may_repeat = false;
  const bool ipv4_prefixes = (flags & kHasIpv4Prefixes) != 0;
  const bool ipv6_prefixes = (flags & kHasIpv6Prefixes) != 0;
  auto done = DecodePrefixes(in, *ipv4_count, ipv4_prefixes, 32, keys.ipv4_prefixes);
  if (done && ipv4_prefixes) {
    ipv4_may_repeat = true;
    done = DecodeIpv4Ranges(in, *ipv4_count, keys.ipv4_prefixes, keys.ipv4);
  } else if (done && *ipv4_count > 0) {
    done = DecodeIpv4(in, *ipv4_count, keys.ipv4, ipv4_may_repeat);
  }
  if (done) done = DecodePrefixes(in, ipv6_count, ipv6_prefixes, 128, keys.ipv6_prefixes);
  if (done && ipv6_count > 0) {
    done = DecodeIpv6(in, ipv6_count, HighHalves(keys.ipv6_prefixes, ipv6_prefixes), keys.ipv6);
  }
  if (done) done = DecodePorts(in, count, (flags & kHasPorts) != 0, keys.ports);
  if (!done) return done;
  if (!HostBitsAreZero(keys, flags)) return Damaged("an address has bits below its prefix");
  if (!KeysIncrease(keys, ipv4_may_repeat)) return Damaged("the keys are not strictly increasing");
  return {};
}

}  // namespace switchback
