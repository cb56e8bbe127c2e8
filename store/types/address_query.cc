#include "switchback/address_query.h"

#include "types/address_text.h"

namespace switchback {

Result<AddressQuery> ParseAddressQuery(std::string_view text) {
  const Result<OwnedEndpoint> parsed = ParseEndpoint(text);
  if (!parsed) return std::unexpected(parsed.error());
  if (parsed->view().value != EndpointValue{}) {
    return Fail(ErrorCode::kInvalidArgument,
                "an address is asked for without weight or attributes: ADDRESS[/PREFIX][:PORT]");
  }
  AddressQuery query{parsed->key.address, parsed->key.prefix_length};
  if (parsed->key.port != 0) query.port = parsed->key.port;
  return query;
}

std::string_view AddressMatchName(AddressMatch match) {
  switch (match) {
    case AddressMatch::kExact:
      return "exact";
    case AddressMatch::kCovered:
      return "covered";
    case AddressMatch::kCovering:
      break;
  }
  return "covering";
}

std::optional<AddressMatch> MatchAddress(const AddressQuery& query, const EndpointKey& key) {
  if (query.address.family != key.address.family) return std::nullopt;
  if (query.port && *query.port != key.port) return std::nullopt;
  if (key.prefix_length >= query.prefix_length) {
    if (Network(key.address, query.prefix_length) != query.address) return std::nullopt;
    return key.prefix_length == query.prefix_length ? AddressMatch::kExact : AddressMatch::kCovered;
  }
  if (Network(query.address, key.prefix_length) != key.address) return std::nullopt;
  return AddressMatch::kCovering;
}

}  // namespace switchback
