// Addresses and their text: scanning what people write, and writing the one canonical form.
#pragma once

#include <string>
#include <string_view>

#include "switchback/endpoint.h"

namespace switchback {

// Why a text is not an endpoint; a fixed set of static ones, so that refusing allocates nothing.
struct Refusal {
  ErrorCode code = ErrorCode::kInvalidArgument;
  std::string_view reason;
};

// Reads an address at the front of [p, end) and moves `p` past it. Null if it is one, else why not;
// what follows it is the caller's to judge.
[[nodiscard]] const Refusal* ScanIpv4(const char*& p, const char* end, Address& address);
[[nodiscard]] const Refusal* ScanIpv6(const char*& p, const char* end, Address& address);

// Whether an address at the front of [p, end) can only be IPv6.
[[nodiscard]] bool LooksLikeIpv6(const char* p, const char* end);

// The address with all bits past the prefix length cleared: the network that it is in.
// REQUIRES: prefix_length <= HostPrefixLength(address.family).
[[nodiscard]] Address Network(const Address& address, unsigned prefix_length);

// Dotted decimal; IPv6 as RFC 5952 says, with ::ffff:0:0/96 in its mixed form.
void AppendAddress(const Address& address, std::string& out);

}  // namespace switchback
