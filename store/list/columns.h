// The columns that blocks, scripts and roots are made of, and their bytes (doc/format-lists.md,
// "Key columns", "Value columns"). Decoding checks everything: what it hands out are valid,
// strictly increasing keys and canonical values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "codec/bytes.h"
#include "switchback/endpoint_list.h"

namespace switchback {

// The flags byte that stands before the columns: which of them are there. Bit 7 is reserved.
inline constexpr uint8_t kHasIpv4 = 1;
inline constexpr uint8_t kHasIpv6 = 2;
inline constexpr uint8_t kHasIpv4Prefixes = 4;
inline constexpr uint8_t kHasIpv6Prefixes = 8;
inline constexpr uint8_t kHasPorts = 16;
inline constexpr uint8_t kHasWeights = 32;
inline constexpr uint8_t kHasAttributes = 64;
inline constexpr uint8_t kReservedFlags = 128;

// Keys in canonical order.
struct KeyColumns {
  std::vector<uint32_t> ipv4;
  std::vector<EndpointList::Ipv6> ipv6;
  Column<uint8_t> ipv4_prefixes;
  Column<uint8_t> ipv6_prefixes;
  Column<uint16_t> ports;

  [[nodiscard]] size_t size() const { return ipv4.size() + ipv6.size(); }
  [[nodiscard]] EndpointKey operator[](size_t i) const;
};

struct ValueColumns {
  Column<uint64_t> weights;             // weight + 1; 0 for no weight
  Column<uint32_t> attributes;          // index into `texts`
  std::vector<std::string_view> texts;  // distinct; texts[0] is the empty set. Borrows the bytes.

  [[nodiscard]] EndpointValue operator[](size_t i) const;
};

// Values to encode, gathered from any number of lists.
struct GatheredValues {
  std::vector<uint64_t> weights;             // empty: none has one
  std::vector<std::string_view> attributes;  // empty: none has any
};

// The values of endpoints [begin, end). REQUIRES: begin < end.
[[nodiscard]] GatheredValues GatherValues(const EndpointList& list, size_t begin, size_t end);

// The flags byte that stands for these keys or values. REQUIRES: begin < end.
[[nodiscard]] uint8_t KeyFlags(const EndpointList& list, size_t begin, size_t end);
[[nodiscard]] uint8_t ValueFlags(const GatheredValues& values);

void EncodeKeys(const EndpointList& list, size_t begin, size_t end, uint8_t flags,
                std::string& out);
void EncodeValues(const GatheredValues& values, std::string& out);

// Reads `count` keys, or `count` values, into empty columns. REQUIRES: count > 0.
// Errors: kDataLoss, naming the column.
[[nodiscard]] Result<void> DecodeKeys(ByteReader& in, size_t count, uint8_t flags,
                                      KeyColumns& keys);
[[nodiscard]] Result<void> DecodeValues(ByteReader& in, size_t count, uint8_t flags,
                                        ValueColumns& values);

// Whether `text` is the canonical text of one or more attributes, within all limits.
[[nodiscard]] bool IsCanonicalAttributes(std::string_view text);

// kDataLoss with what was found and what to do.
[[nodiscard]] std::unexpected<Error> Damaged(std::string what);

}  // namespace switchback
