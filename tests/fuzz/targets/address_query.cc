// The address that who-has is asked for (first line) against an endpoint (second line): how they
// lie to one another, bit by bit.
#include <algorithm>
#include <optional>
#include <vector>

#include "fuzz/well_formed.h"
#include "switchback/address_query.h"

namespace switchback {
namespace {

// The bit `i` from the front.
bool Bit(const Address& address, unsigned i) {
  if (address.family == Family::kIPv4) return (address.low >> (31 - i) & 1) != 0;
  return ((i < 64 ? address.high >> (63 - i) : address.low >> (127 - i)) & 1) != 0;
}

std::optional<AddressMatch> MatchNaively(const AddressQuery& query, const EndpointKey& key) {
  if (query.address.family != key.address.family) return std::nullopt;
  if (query.port && *query.port != key.port) return std::nullopt;
  const unsigned shorter = std::min(query.prefix_length, key.prefix_length);
  for (unsigned i = 0; i < shorter; ++i) {
    if (Bit(query.address, i) != Bit(key.address, i)) return std::nullopt;
  }
  if (query.prefix_length == key.prefix_length) return AddressMatch::kExact;
  return query.prefix_length < key.prefix_length ? AddressMatch::kCovered : AddressMatch::kCovering;
}

void RequireCanonicalText(const OwnedEndpoint& endpoint) {
  const std::string text = FormatEndpoint(endpoint.view());
  const Result<OwnedEndpoint> again = ParseEndpoint(text);
  Require(again && again->view() == endpoint.view(), text + " is another endpoint read again");
  Require(FormatEndpoint(again->view()) == text, text + " is written in another way again");
}

void Try(std::string_view bytes) {
  const size_t end = std::min(bytes.find('\n'), bytes.size());
  // In memory of its own, so that a read past its end is seen.
  const std::vector<char> exact(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(end));
  const std::string_view asked(exact.data(), exact.size());
  const Result<AddressQuery> query = ParseAddressQuery(asked);
  const Result<OwnedEndpoint> as_endpoint = ParseEndpoint(asked);
  Require(query.has_value() ==
              (as_endpoint.has_value() && as_endpoint->view().value == EndpointValue{}),
          "an address to ask for is not an endpoint without a value");
  const Result<OwnedEndpoint> endpoint =
      ParseEndpoint(bytes.substr(std::min(end + 1, bytes.size())));
  if (endpoint) RequireCanonicalText(*endpoint);
  if (!query) return;
  Require(MatchAddress(*query, as_endpoint->key) == AddressMatch::kExact,
          "an address does not match itself");
  if (!endpoint) return;
  Require(MatchAddress(*query, endpoint->key) == MatchNaively(*query, endpoint->key),
          "an address matches in another way bit by bit");
}

const RegisterFuzzTarget kTarget("address_query", Try);

}  // namespace
}  // namespace switchback
