#include "c/endpoints.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <numeric>
#include <utility>
#include <vector>

#include "c/options.h"
#include "switchback/limits.h"

namespace switchback::c {
namespace {

constexpr size_t kMaxItems = 20;

uint64_t ReadBigEndian(const uint8_t* bytes, size_t count) {
  uint64_t number = 0;
  for (size_t i = 0; i < count; ++i) number = number << 8 | bytes[i];
  return number;
}

void WriteBigEndian(uint64_t number, size_t count, uint8_t* bytes) {
  for (size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<uint8_t>(number >> 8 * (count - 1 - i));
  }
}

// REQUIRES: its family is one.
EndpointKey ReadKey(const switchback_endpoint& given) {
  EndpointKey key;
  if (given.family == 4) {
    key.address = {Family::kIPv4, 0, ReadBigEndian(given.address, 4)};
  } else {
    key.address = {Family::kIPv6, ReadBigEndian(given.address, 8),
                   ReadBigEndian(given.address + 8, 8)};
  }
  key.prefix_length = given.prefix_length;
  key.port = given.port;
  return key;
}

void WriteEndpoint(const Endpoint& endpoint, switchback_endpoint& out) {
  const auto& [address, prefix_length, port] = endpoint.key;
  out = {};
  out.family = static_cast<uint8_t>(address.family);
  out.prefix_length = prefix_length;
  out.port = port;
  out.has_weight = endpoint.value.weight.has_value();
  out.weight = endpoint.value.weight.value_or(0);
  if (address.family == Family::kIPv4) {
    WriteBigEndian(address.low, 4, out.address);
  } else {
    WriteBigEndian(address.high, 8, out.address);
    WriteBigEndian(address.low, 8, out.address + 8);
  }
  // A list keeps a NUL behind each text.
  out.attributes = endpoint.value.attributes.data();
}

// What is wrong with the endpoints that a caller gave.
class Faults {
 public:
  explicit Faults(std::string_view id) : id_(id) {}
  void Add(std::string text) {
    if (++count_ <= kMaxItems) items_.push_back(std::move(text));
  }
  Result<void> Finish(size_t endpoints) {
    if (count_ == 0) return {};
    return std::unexpected(
        Error{ErrorCode::kInvalidArgument,
              fmt::format("{}: {} of {} endpoints can't be taken, and so none was. First: {}", id_,
                          count_, endpoints, items_.front()),
              std::move(items_), count_});
  }

 private:
  const std::string_view id_;
  std::vector<std::string> items_;
  uint64_t count_ = 0;
};

// Places of the endpoints in canonical order; those of equal keys as they were given.
std::vector<uint32_t> Order(const switchback_endpoint* given, size_t count) {
  std::vector<uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0);
  const auto key = [given](uint32_t place) { return ReadKey(given[place]); };
  if (!std::ranges::is_sorted(order, {}, key)) std::ranges::stable_sort(order, {}, key);
  return order;
}

}  // namespace

Result<Endpoint> ReadEndpoint(const switchback_endpoint& given) {
  if (given.family != 4 && given.family != 6) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("the family is {}; expected 4 or 6", given.family));
  }
  const uint8_t longest = HostPrefixLength(Family{given.family});
  if (given.prefix_length > longest) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("the prefix length is {}; expected at most {} of IPv{}",
                            given.prefix_length, longest, given.family));
  }
  const Result<bool> has_weight = ReadFlag(given.has_weight, "has_weight");
  if (!has_weight) return std::unexpected(has_weight.error());
  Endpoint endpoint{ReadKey(given), {}};
  if (*has_weight) endpoint.value.weight = given.weight;
  if (given.attributes != nullptr) endpoint.value.attributes = given.attributes;
  return endpoint;
}

Result<EndpointList> ReadList(std::string_view id, const switchback_endpoint* given, size_t count) {
  if (count > kMaxEndpointsPerList) {
    return Fail(ErrorCode::kLimitExceeded,
                fmt::format("the list of {} has {} endpoints; the limit is {}", id, count,
                            kMaxEndpointsPerList));
  }
  Faults faults(id);
  for (size_t i = 0; i < count; ++i) {
    const Result<Endpoint> read = ReadEndpoint(given[i]);
    if (!read) faults.Add(fmt::format("endpoints[{}]: {}", i, read.error().message));
  }
  if (Result<void> sound = faults.Finish(count); !sound) return std::unexpected(sound.error());
  EndpointListBuilder builder;
  Endpoint last;
  uint32_t last_place = 0;
  for (const uint32_t place : Order(given, count)) {
    const Endpoint endpoint = *ReadEndpoint(given[place]);
    if (builder.size() > 0 && endpoint.key == last.key) {
      if (endpoint == last) continue;
      faults.Add(fmt::format("endpoints[{}]: {} stands at [{}] too, with another value", place,
                             FormatEndpoint(endpoint), last_place));
      continue;
    }
    builder.Append(endpoint);
    last = endpoint;
    last_place = place;
  }
  if (Result<void> sound = faults.Finish(count); !sound) return std::unexpected(sound.error());
  return builder.Finish();
}

size_t CopyEndpoints(const EndpointList& list, size_t first, switchback_endpoint* endpoints,
                     size_t capacity) {
  if (endpoints == nullptr || first >= list.size()) return 0;
  const size_t count = std::min(capacity, list.size() - first);
  for (size_t i = 0; i < count; ++i) WriteEndpoint(list[first + i], endpoints[i]);
  return count;
}

}  // namespace switchback::c

size_t switchback_endpoint_format(const switchback_endpoint* endpoint, char* text,
                                  size_t capacity) {
  if (endpoint == nullptr || text == nullptr || capacity == 0) return 0;
  text[0] = '\0';
  try {
    const switchback::Result<switchback::Endpoint> read = switchback::c::ReadEndpoint(*endpoint);
    if (!read) return 0;
    const std::string formatted = switchback::FormatEndpoint(*read);
    if (formatted.size() >= capacity) return 0;
    std::memcpy(text, formatted.c_str(), formatted.size() + 1);
    return formatted.size();
  } catch (...) {
    return 0;
  }
}
