// Asking for an address: the endpoints that are it, lie within it, or cover it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "switchback/endpoint.h"
#include "switchback/error.h"

namespace switchback {

// An address or a range of them, of one port or of any.
struct AddressQuery {
  Address address;
  uint8_t prefix_length = 32;
  std::optional<uint16_t> port = {};
};
// ADDRESS[/PREFIX][:PORT], written as in an endpoint. Errors: kInvalidArgument.
[[nodiscard]] Result<AddressQuery> ParseAddressQuery(std::string_view text);

enum class AddressMatch : uint8_t {
  kExact,     // the same address and prefix length
  kCovered,   // the endpoint lies within the range asked for
  kCovering,  // the endpoint is a range that the one asked for lies within
};
std::string_view AddressMatchName(AddressMatch match);  // "exact", "covered", "covering"
// How an endpoint answers a query, if it does.
[[nodiscard]] std::optional<AddressMatch> MatchAddress(const AddressQuery& query,
                                                       const EndpointKey& key);

}  // namespace switchback
