// One endpoint to canonical text and back.
#include <fmt/format.h>

#include "switchback/endpoint.h"
#include "types/address_text.h"
#include "types/endpoint_scanner.h"

namespace switchback {
namespace {

void AppendNumber(uint32_t number, std::string& out) {
  const fmt::format_int digits(number);
  out.append(digits.data(), digits.size());
}

}  // namespace

Result<OwnedEndpoint> ParseEndpoint(std::string_view text) {
  if (text.find('\n') != std::string_view::npos) {
    return Fail(ErrorCode::kInvalidArgument, "expected one endpoint, found a line break");
  }
  EndpointScanner scanner;
  switch (scanner.Scan(text)) {
    case LineKind::kEndpoint:
      break;
    case LineKind::kBad:
      return Fail(scanner.refusal_code(), scanner.RefusalReason());
    case LineKind::kBlank:
      return Fail(ErrorCode::kInvalidArgument,
                  "no endpoint: expected ADDRESS[/PREFIX][:PORT] [weight=N] [key=value ...]");
  }
  const Endpoint& endpoint = scanner.endpoint();
  return OwnedEndpoint{endpoint.key, endpoint.value.weight, std::string(endpoint.value.attributes)};
}

void AppendEndpointKey(const EndpointKey& key, std::string& out) {
  const bool brackets = key.port != 0 && key.address.family == Family::kIPv6;
  if (brackets) out += '[';
  AppendAddress(key.address, out);
  if (key.prefix_length != HostPrefixLength(key.address.family)) {
    out += '/';
    AppendNumber(key.prefix_length, out);
  }
  if (brackets) out += ']';
  if (key.port != 0) {
    out += ':';
    AppendNumber(key.port, out);
  }
}

void AppendEndpointValue(const EndpointValue& value, std::string& out) {
  if (value.weight.has_value()) {
    out += "weight=";
    AppendNumber(*value.weight, out);
  }
  if (value.attributes.empty()) return;
  if (value.weight.has_value()) out += ' ';
  out += value.attributes;
}

void AppendEndpoint(const Endpoint& endpoint, std::string& out) {
  AppendEndpointKey(endpoint.key, out);
  if (endpoint.value == EndpointValue{}) return;
  out += ' ';
  AppendEndpointValue(endpoint.value, out);
}

std::string FormatEndpoint(const Endpoint& endpoint) {
  std::string out;
  AppendEndpoint(endpoint, out);
  return out;
}

std::string FormatEndpointKey(const EndpointKey& key) {
  std::string out;
  AppendEndpointKey(key, out);
  return out;
}

}  // namespace switchback
