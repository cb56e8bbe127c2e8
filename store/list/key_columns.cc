// Writing key columns.

#include <algorithm>
#include <span>

#include "codec/packed_column.h"
#include "list/columns.h"
#include "list/key_gaps.h"

namespace switchback {
namespace {

// Part of a list's range that is of one family, as indices into that family's columns.
struct FamilyRange {
  size_t begin;
  size_t end;
  [[nodiscard]] size_t size() const { return end - begin; }
};

FamilyRange Ipv4Part(const EndpointList& list, size_t begin, size_t end) {
  return {std::min(begin, list.ipv4_count()), std::min(end, list.ipv4_count())};
}

FamilyRange Ipv6Part(const EndpointList& list, size_t begin, size_t end) {
  const size_t ipv4_count = list.ipv4_count();
  return {std::max(begin, ipv4_count) - ipv4_count, std::max(end, ipv4_count) - ipv4_count};
}

template <typename T>
bool AllEqual(const Column<T>& column, FamilyRange range, T value) {
  if (range.size() == 0) return true;
  if (column.is_constant()) return column[range.begin] == value;
  const T* data = column.data();
  return std::all_of(data + range.begin, data + range.end,
                     [value](T stored) { return stored == value; });
}

// The distances from each address to the next; with prefixes, the gaps between ranges.
void EncodeIpv4(const EndpointList& list, FamilyRange range, bool has_prefixes, std::string& out) {
  const auto addresses = std::span(list.ipv4_addresses()).subspan(range.begin, range.size());
  AppendBigEndian32(addresses[0], out);
  std::vector<uint64_t> distances(addresses.size() - 1);
  const auto range_at = [&](size_t i) {
    return OpenRange{addresses[i], 32U - list.ipv4_prefixes()[range.begin + i]};
  };
  for (size_t i = 1; i < addresses.size(); ++i) {
    distances[i - 1] = has_prefixes ? GapTo(range_at(i - 1), range_at(i))
                                    : uint64_t{addresses[i]} - addresses[i - 1];
  }
  AppendPackedColumn(distances, ColumnShape::kNumbers, out);
}

void EncodeIpv6(const EndpointList& list, FamilyRange range, bool has_prefixes, std::string& out) {
  const auto addresses = std::span(list.ipv6_addresses()).subspan(range.begin, range.size());
  AppendBigEndian64(addresses[0].high, out);
  std::vector<uint64_t> high(addresses.size() - 1);
  std::vector<uint64_t> low(addresses.size());
  const auto range_at = [&](size_t i) {
    return HighHalf(addresses[i].high, list.ipv6_prefixes()[range.begin + i]);
  };
  low[0] = addresses[0].low;
  for (size_t i = 1; i < addresses.size(); ++i) {
    const uint64_t distance = addresses[i].high - addresses[i - 1].high;
    high[i - 1] = has_prefixes ? GapTo(range_at(i - 1), range_at(i)) : distance;
    low[i] = addresses[i].low - (distance == 0 ? addresses[i - 1].low : 0);
  }
  AppendPackedColumn(high, ColumnShape::kNumbers, out);
  AppendPackedColumn(low, ColumnShape::kNumbers, out);
}

// Stored as the bits that a prefix leaves open, so that a host is 0.
void EncodePrefixes(const Column<uint8_t>& prefixes, FamilyRange range, uint8_t host,
                    std::string& out) {
  std::vector<uint64_t> open_bits(range.size());
  for (size_t i = 0; i < open_bits.size(); ++i) open_bits[i] = host - prefixes[range.begin + i];
  AppendPackedColumn(open_bits, ColumnShape::kRepeating, out);
}

}  // namespace

EndpointKey KeyColumns::operator[](size_t i) const {
  if (i < ipv4.size()) return {{Family::kIPv4, 0, ipv4[i]}, ipv4_prefixes[i], ports[i]};
  const size_t j = i - ipv4.size();
  return {{Family::kIPv6, ipv6[j].high, ipv6[j].low}, ipv6_prefixes[j], ports[i]};
}

uint8_t KeyFlags(const EndpointList& list, size_t begin, size_t end) {
  const FamilyRange ipv4 = Ipv4Part(list, begin, end);
  const FamilyRange ipv6 = Ipv6Part(list, begin, end);
  uint8_t flags = 0;
  if (ipv4.size() != 0) flags |= kHasIpv4;
  if (ipv6.size() != 0) flags |= kHasIpv6;
  if (!AllEqual<uint8_t>(list.ipv4_prefixes(), ipv4, 32)) flags |= kHasIpv4Prefixes;
  if (!AllEqual<uint8_t>(list.ipv6_prefixes(), ipv6, 128)) flags |= kHasIpv6Prefixes;
  if (!AllEqual<uint16_t>(list.ports(), {begin, end}, 0)) flags |= kHasPorts;
  return flags;
}

void EncodeKeys(const EndpointList& list, size_t begin, size_t end, uint8_t flags,
                std::string& out) {
  const FamilyRange ipv4 = Ipv4Part(list, begin, end);
  const FamilyRange ipv6 = Ipv6Part(list, begin, end);
  if (ipv4.size() != 0 && ipv6.size() != 0) AppendVarint(ipv4.size(), out);
  const bool ipv4_prefixes = (flags & kHasIpv4Prefixes) != 0;
  const bool ipv6_prefixes = (flags & kHasIpv6Prefixes) != 0;
  if (ipv4_prefixes) EncodePrefixes(list.ipv4_prefixes(), ipv4, 32, out);
  if (ipv4.size() != 0) EncodeIpv4(list, ipv4, ipv4_prefixes, out);
  if (ipv6_prefixes) EncodePrefixes(list.ipv6_prefixes(), ipv6, 128, out);
  if (ipv6.size() != 0) EncodeIpv6(list, ipv6, ipv6_prefixes, out);
  if ((flags & kHasPorts) != 0) {
    std::vector<uint64_t> ports(end - begin);
    for (size_t i = begin; i < end; ++i) ports[i - begin] = list.ports()[i];
    AppendPackedColumn(ports, ColumnShape::kRepeating, out);
  }
}

}  // namespace switchback
