// One access server as the routing table names it, and its text form:
//   ADDRESS[/PREFIX][:PORT] [weight=N] [key=value ...]
// IPv6 with a port is [2001:db8::1]:443, with both [2001:db8::/32]:443. doc/text.md has the
// grammar.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "switchback/error.h"

namespace switchback {

enum class Family : uint8_t { kIPv4 = 4, kIPv6 = 6 };

// An IPv4 address is in the low 32 bits of `low`, with `high` 0.
struct Address {
  Family family = Family::kIPv4;
  uint64_t high = 0;
  uint64_t low = 0;
  auto operator<=>(const Address&) const = default;
};

[[nodiscard]] constexpr uint8_t HostPrefixLength(Family family) {
  return family == Family::kIPv4 ? 32 : 128;
}

// What is unique in a list. Its order is the canonical order: IPv4 first, then numeric address,
// prefix length, port; no port (0) sorts before any port.
struct EndpointKey {
  Address address;
  uint8_t prefix_length = 32;  // of a host: 32 (IPv4), 128 (IPv6)
  uint16_t port = 0;           // 0: none
  auto operator<=>(const EndpointKey&) const = default;
};

// What a key carries. No weight is something else than weight 0 (drained).
struct EndpointValue {
  std::optional<uint32_t> weight;
  // Canonical text: "key=value" pairs sorted by key, joined by single blanks; empty for none.
  // Borrowed: valid as long as the list, diff or text it came from.
  std::string_view attributes;
  bool operator==(const EndpointValue&) const = default;
};

// Borrows its attributes (see EndpointValue); cheap to copy.
struct Endpoint {
  EndpointKey key;
  EndpointValue value;
  bool operator==(const Endpoint&) const = default;
};

// A parsed endpoint that owns its attributes.
struct OwnedEndpoint {
  EndpointKey key;
  std::optional<uint32_t> weight;
  std::string attributes;
  [[nodiscard]] Endpoint view() const { return {key, {weight, attributes}}; }
};

// One endpoint text; surrounding blanks, TABs and a trailing "# note" are taken.
// Errors: kInvalidArgument with the reason alone (the caller knows the line); kLimitExceeded.
[[nodiscard]] Result<OwnedEndpoint> ParseEndpoint(std::string_view text);

// Canonical text. Append* adds to `out`, so that a caller can reuse one buffer.
void AppendEndpointKey(const EndpointKey& key, std::string& out);
void AppendEndpointValue(const EndpointValue& value, std::string& out);  // "" for no value
void AppendEndpoint(const Endpoint& endpoint, std::string& out);
[[nodiscard]] std::string FormatEndpoint(const Endpoint& endpoint);
[[nodiscard]] std::string FormatEndpointKey(const EndpointKey& key);

}  // namespace switchback
