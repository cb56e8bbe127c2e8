#include "types/address_text.h"

#include <array>
#include <cstddef>

#include "types/ascii.h"

namespace switchback {
namespace {

constexpr Refusal kBadIpv4{ErrorCode::kInvalidArgument, "not an IPv4 or IPv6 address"};
constexpr Refusal kOctetAbove255{ErrorCode::kInvalidArgument,
                                 "an octet of the IPv4 address is above 255"};
constexpr Refusal kOctetLeadingZero{ErrorCode::kInvalidArgument,
                                    "an octet of the IPv4 address has a leading zero"};
constexpr Refusal kBadIpv6{ErrorCode::kInvalidArgument,
                           "not an IPv6 address (with a port it is [ADDRESS]:PORT)"};

constexpr int kGroups = 8;
using Groups = std::array<uint16_t, kGroups>;

const Refusal* ScanOctets(const char*& p, const char* end, uint32_t& address) {
  address = 0;
  for (int octet = 0; octet < 4; ++octet) {
    if (octet > 0) {
      if (p == end || *p != '.') return &kBadIpv4;
      ++p;
    }
    if (p == end || !IsDigit(*p)) return &kBadIpv4;
    auto value = static_cast<unsigned>(*p++ - '0');
    const bool zero = value == 0;
    for (; p != end && IsDigit(*p); ++p) {
      if (zero) return &kOctetLeadingZero;
      value = value * 10 + static_cast<unsigned>(*p - '0');
      if (value > 255) return &kOctetAbove255;
    }
    address = address << 8 | value;
  }
  return nullptr;
}

// One group of hex digits, or the dotted tail, which counts as two groups and ends the address.
const Refusal* ScanGroup(const char*& p, const char* end, Groups& groups, int& count,
                         bool& dotted_tail) {
  const char* start = p;
  unsigned value = 0;
  for (; p != end && HexValue(*p) >= 0; ++p) {
    if (p - start == 4) return &kBadIpv6;
    value = value << 4 | static_cast<unsigned>(HexValue(*p));
  }
  if (p == start || count == kGroups) return &kBadIpv6;
  dotted_tail = p != end && *p == '.';
  if (!dotted_tail) {
    groups[static_cast<size_t>(count++)] = static_cast<uint16_t>(value);
    return nullptr;
  }
  if (count > kGroups - 2) return &kBadIpv6;
  uint32_t tail = 0;
  p = start;
  if (const Refusal* refusal = ScanOctets(p, end, tail)) return refusal;
  groups[static_cast<size_t>(count++)] = static_cast<uint16_t>(tail >> 16);
  groups[static_cast<size_t>(count++)] = static_cast<uint16_t>(tail);
  return nullptr;
}

// Scans the groups as written; `gap` is where "::" stands, or -1.
const Refusal* ScanGroups(const char*& p, const char* end, Groups& groups, int& count, int& gap) {
  const auto at_gap = [&] { return end - p >= 2 && p[0] == ':' && p[1] == ':'; };
  bool dotted_tail = false;
  if (at_gap()) {
    gap = 0;
    p += 2;
    if (p == end || HexValue(*p) < 0) return nullptr;  // "::" alone
  }
  while (true) {
    if (const Refusal* refusal = ScanGroup(p, end, groups, count, dotted_tail)) return refusal;
    if (dotted_tail || p == end || *p != ':') return nullptr;
    if (at_gap()) {
      if (gap >= 0) return &kBadIpv6;
      gap = count;
      p += 2;
      if (p == end || HexValue(*p) < 0) return nullptr;  // "::" at the end
    } else {
      ++p;
    }
  }
}

struct Run {
  int begin = kGroups;
  int length = 0;
};

// The longest run of zero groups, the first of equals; RFC 5952 never shortens a single group.
Run LongestZeroRun(const Groups& groups) {
  Run best;
  for (int i = 0; i < kGroups; ++i) {
    int end = i;
    while (end < kGroups && groups[static_cast<size_t>(end)] == 0) ++end;
    if (end - i >= 2 && end - i > best.length) best = {i, end - i};
    if (end > i) i = end;
  }
  return best;
}

void AppendOctets(uint32_t address, std::string& out) {
  std::array<char, 16> text;
  char* p = text.data();
  for (int shift = 24; shift >= 0; shift -= 8) {
    const unsigned octet = address >> shift & 0xff;
    if (octet >= 100) *p++ = static_cast<char>('0' + octet / 100);
    if (octet >= 10) *p++ = static_cast<char>('0' + octet / 10 % 10);
    *p++ = static_cast<char>('0' + octet % 10);
    if (shift > 0) *p++ = '.';
  }
  out.append(text.data(), static_cast<size_t>(p - text.data()));
}

void AppendHexGroup(unsigned group, std::string& out) {
  bool started = false;
  for (int shift = 12; shift >= 0; shift -= 4) {
    const unsigned digit = group >> shift & 0xf;
    started = started || digit != 0 || shift == 0;
    if (started) out += "0123456789abcdef"[digit];
  }
}

}  // namespace

const Refusal* ScanIpv4(const char*& p, const char* end, Address& address) {
  uint32_t octets = 0;
  if (const Refusal* refusal = ScanOctets(p, end, octets)) return refusal;
  address = {Family::kIPv4, 0, octets};
  return nullptr;
}

const Refusal* ScanIpv6(const char*& p, const char* end, Address& address) {
  Groups groups{};
  int count = 0;
  int gap = -1;
  if (const Refusal* refusal = ScanGroups(p, end, groups, count, gap)) return refusal;
  if (gap < 0 ? count != kGroups : count == kGroups) return &kBadIpv6;
  if (p != end && *p == ':') return &kBadIpv6;  // a second "::", or a third ':'
  address = {Family::kIPv6, 0, 0};
  const int after_gap = gap < 0 ? 0 : count - gap;
  for (int i = 0; i < kGroups; ++i) {
    uint64_t group = 0;
    if (gap < 0 || i < gap) {
      group = groups[static_cast<size_t>(i)];
    } else if (i >= kGroups - after_gap) {
      group = groups[static_cast<size_t>(i) - kGroups + static_cast<size_t>(count)];
    }
    uint64_t& half = i < kGroups / 2 ? address.high : address.low;
    half = half << 16 | group;
  }
  return nullptr;
}

bool LooksLikeIpv6(const char* p, const char* end) {
  while (p != end && HexValue(*p) >= 0) ++p;
  return p != end && *p == ':';
}

Address Network(const Address& address, unsigned prefix_length) {
  // Shifts by the full width are undefined, hence the steps of their own at 0 and 64.
  const auto keep = [](uint64_t bits, unsigned length) {
    return length == 0 ? 0 : bits >> (64 - length) << (64 - length);
  };
  Address network = address;
  if (address.family == Family::kIPv4) {
    network.low = keep(address.low << 32, prefix_length) >> 32;
  } else if (prefix_length <= 64) {
    network.high = keep(address.high, prefix_length);
    network.low = 0;
  } else {
    network.low = keep(address.low, prefix_length - 64);
  }
  return network;
}

void AppendAddress(const Address& address, std::string& out) {
  if (address.family == Family::kIPv4) {
    AppendOctets(static_cast<uint32_t>(address.low), out);
    return;
  }
  if (address.high == 0 && address.low >> 32 == 0xffff) {
    out += "::ffff:";
    AppendOctets(static_cast<uint32_t>(address.low), out);
    return;
  }
  Groups groups;
  for (size_t i = 0; i < kGroups; ++i) {
    const uint64_t half = i < kGroups / 2 ? address.high : address.low;
    groups[i] = static_cast<uint16_t>(half >> (48 - 16 * (i % 4)));
  }
  const Run run = LongestZeroRun(groups);
  for (int i = 0; i < kGroups; ++i) {
    if (i == run.begin) {
      out += "::";
      i += run.length - 1;
      continue;
    }
    if (i > 0 && i != run.begin + run.length) out += ':';
    AppendHexGroup(groups[static_cast<size_t>(i)], out);
  }
}

}  // namespace switchback
