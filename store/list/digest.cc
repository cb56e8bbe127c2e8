// Digests, hashed in the open (inlined XXH3) since they are the inner loop of building a list and
// of checking a chunk: a call per 8 bytes would cost as much as the hash.

#include "list/digest.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "switchback/limits.h"

namespace switchback {
namespace {

// Formats with byte order are written for little-endian machines, as Debian's amd64 and arm64 are.
static_assert(std::endian::native == std::endian::little);

constexpr uint8_t kWeightFlag = 1;
constexpr uint8_t kAttributesFlag = 2;
constexpr size_t kIpv4KeyBytes = 8;
constexpr size_t kIpv6KeyBytes = 20;
constexpr size_t kMaxCanonicalBytes = kIpv6KeyBytes + 1 + 4 + kMaxAttributeBytesPerEndpoint;

Digest ToDigest(XXH128_hash_t hash) {
  return {hash.high64, hash.low64};
}

// The 8 canonical bytes of an IPv4 key, as the number whose little-endian bytes they are.
uint64_t Ipv4KeyBytes(uint32_t address, uint8_t prefix_length, uint16_t port) {
  return static_cast<uint64_t>(Family::kIPv4) | uint64_t{__builtin_bswap32(address)} << 8 |
         uint64_t{prefix_length} << 40 | uint64_t{__builtin_bswap16(port)} << 48;
}

size_t WriteKey(const EndpointKey& key, char* out) {
  if (key.address.family == Family::kIPv4) {
    const uint64_t bytes =
        Ipv4KeyBytes(static_cast<uint32_t>(key.address.low), key.prefix_length, key.port);
    std::memcpy(out, &bytes, kIpv4KeyBytes);
    return kIpv4KeyBytes;
  }
  const uint64_t high = __builtin_bswap64(key.address.high);
  const uint64_t low = __builtin_bswap64(key.address.low);
  const uint16_t port = __builtin_bswap16(key.port);
  out[0] = static_cast<char>(Family::kIPv6);
  std::memcpy(out + 1, &high, 8);
  std::memcpy(out + 9, &low, 8);
  out[17] = static_cast<char>(key.prefix_length);
  std::memcpy(out + 18, &port, 2);
  return kIpv6KeyBytes;
}

size_t WriteValue(const EndpointValue& value, char* out) {
  if (!value.weight && value.attributes.empty()) return 0;
  size_t size = 1;
  uint8_t flags = 0;
  if (value.weight) {
    flags |= kWeightFlag;
    std::memcpy(out + size, &*value.weight, 4);
    size += 4;
  }
  if (!value.attributes.empty()) {
    flags |= kAttributesFlag;
    std::memcpy(out + size, value.attributes.data(), value.attributes.size());
    size += value.attributes.size();
  }
  out[0] = static_cast<char>(flags);
  return size;
}

Digest DigestOfHostRun(const EndpointList& list, size_t begin, size_t end) {
  Digest sum;
  for (size_t i = begin; i < end; ++i) {
    const uint64_t bytes =
        Ipv4KeyBytes(list.ipv4_addresses()[i], list.ipv4_prefixes()[i], list.ports()[i]);
    sum += ToDigest(XXH3_128bits(&bytes, sizeof(bytes)));
  }
  return sum;
}

// IPv4 with a weight and nothing else: the common value, 13 bytes. The hash reads what was just
// written at other offsets, which stalls a processor that has not yet stored it: so a batch is
// written first and hashed then.
Digest DigestOfWeightedRun(const EndpointList& list, size_t begin, size_t end) {
  constexpr size_t kBatch = 64;
  std::array<std::array<uint64_t, 2>, kBatch> bytes;
  Digest sum;
  while (begin < end) {
    const size_t count = std::min(kBatch, end - begin);
    for (size_t k = 0; k < count; ++k) {
      const size_t i = begin + k;
      const uint64_t weight = list.weights()[i];
      const uint64_t stored = (weight - 1) << 8 | kWeightFlag;
      bytes[k] = {Ipv4KeyBytes(list.ipv4_addresses()[i], list.ipv4_prefixes()[i], list.ports()[i]),
                  weight == 0 ? 0 : stored};
    }
    for (size_t k = 0; k < count; ++k) {
      const bool weighted = bytes[k][1] != 0;
      sum += ToDigest(weighted ? XXH3_128bits(bytes[k].data(), 13)
                               : XXH3_128bits(bytes[k].data(), kIpv4KeyBytes));
    }
    begin += count;
  }
  return sum;
}

}  // namespace

void AppendCanonicalBytes(const Endpoint& endpoint, std::string& out) {
  std::array<char, kIpv6KeyBytes + 5> bytes;
  const EndpointValue weight_only{endpoint.value.weight, {}};
  const size_t key_size = WriteKey(endpoint.key, bytes.data());
  size_t size = key_size + WriteValue(weight_only, bytes.data() + key_size);
  const std::string_view attributes = endpoint.value.attributes;
  if (!attributes.empty()) {
    if (size == key_size) bytes[size++] = 0;
    bytes[key_size] = static_cast<char>(bytes[key_size] | kAttributesFlag);
  }
  out.append(bytes.data(), size);
  out.append(attributes);
}

Digest EndpointDigest(const Endpoint& endpoint) {
  if (endpoint.value.attributes.size() > kMaxAttributeBytesPerEndpoint) {
    std::string bytes;  // past the limit: refused elsewhere, but never written past the buffer
    AppendCanonicalBytes(endpoint, bytes);
    return ToDigest(XXH3_128bits(bytes.data(), bytes.size()));
  }
  std::array<char, kMaxCanonicalBytes> bytes;
  const size_t key_size = WriteKey(endpoint.key, bytes.data());
  const size_t size = key_size + WriteValue(endpoint.value, bytes.data() + key_size);
  return ToDigest(XXH3_128bits(bytes.data(), size));
}

Digest DigestOfRange(const EndpointList& list, size_t begin, size_t end) {
  Digest sum;
  const auto& ids = list.attribute_ids();
  if (begin < end && ids.is_constant() && ids[0] == 0) {
    const size_t ipv4_end = std::min(end, list.ipv4_count());
    const bool weighted = !list.weights().is_constant() || list.weights()[0] != 0;
    if (begin < ipv4_end) {
      sum = weighted ? DigestOfWeightedRun(list, begin, ipv4_end)
                     : DigestOfHostRun(list, begin, ipv4_end);
      begin = ipv4_end;
    }
  }
  for (size_t i = begin; i < end; ++i) sum += EndpointDigest(list[i]);
  return sum;
}

}  // namespace switchback
