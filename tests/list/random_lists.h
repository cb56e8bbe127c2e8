// Seeded lists of many shapes for the property tests of the list layer, and a plain model of a
// list.
#pragma once

#include <iterator>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "switchback/endpoint_list.h"

namespace switchback {

using Random = std::mt19937_64;
// weight + 1 (0: none) and attributes
using ModelValue = std::pair<uint64_t, std::string>;
using Model = std::map<EndpointKey, ModelValue>;

inline EndpointList FromModel(const Model& model) {
  EndpointListBuilder builder;
  for (const auto& [key, value] : model) {
    EndpointValue stored;
    if (value.first != 0) stored.weight = static_cast<uint32_t>(value.first - 1);
    stored.attributes = value.second;
    builder.Append({key, stored});
  }
  return builder.Finish();
}

inline Model ToModel(const EndpointList& list) {
  Model model;
  for (const Endpoint endpoint : list) {
    const auto& weight = endpoint.value.weight;
    model[endpoint.key] = {weight ? uint64_t{*weight} + 1 : 0,
                           std::string(endpoint.value.attributes)};
  }
  return model;
}

// How a shape draws its endpoints.
struct Shape {
  std::string name;
  int ipv6_percent = 0;
  bool prefixes = false;
  int ports = 1;              // 0: none; else so many to choose from
  int weights = 1;            // 0: none; 1: all 100; more: random below that
  int attribute_sets = 0;     // so many to choose from
  bool clustered = false;     // addresses from a few dense /24s or /112s
  bool runs = false;          // ranges of a few sizes, side by side and within one another
  bool rare_weights = false;  // one endpoint in ten has a weight of its own
};

inline const std::vector<Shape>& Shapes() {
  static const std::vector<Shape> shapes = {
      {"bare IPv4", 0, false, 0, 0, 0, false},
      {"IPv4 one port one weight", 0, false, 1, 1, 0, false},
      {"dense IPv4", 0, false, 1, 1, 0, true},
      {"several ports", 0, false, 5, 1, 0, true},
      {"random weights", 0, false, 1, 1'000'000, 0, false},
      {"IPv4 prefixes", 0, true, 0, 0, 0, false},
      {"bare IPv6", 100, false, 0, 0, 0, false},
      {"dense IPv6", 100, false, 3, 1, 0, true},
      {"IPv6 prefixes", 100, true, 0, 0, 0, false},
      {"runs of ranges", 40, true, 0, 0, 0, false, true},
      {"rare weights", 0, false, 1, 1, 0, false, false, true},
      {"everything", 40, true, 4, 7, 9, false},
      {"everything dense", 40, true, 4, 7, 300, true},
  };
  return shapes;
}

inline Address RandomAddress(const Shape& shape, Random& random) {
  const bool ipv6 = static_cast<int>(random() % 100) < shape.ipv6_percent;
  if (shape.clustered) {
    const uint64_t cluster = random() % 5;
    if (ipv6) return {Family::kIPv6, 0x20010db800000000 + (cluster / 2 << 16), random() % 65536};
    return {Family::kIPv4, 0, 0x0a000000 + (cluster << 12) + random() % 256};
  }
  if (ipv6) return {Family::kIPv6, 0x2000000000000000 | random() >> 3, random() >> random() % 64};
  return {Family::kIPv4, 0, random() >> 32};
}

inline void MakePrefix(EndpointKey& key, Random& random) {
  Address& address = key.address;
  if (address.family == Family::kIPv4) {
    key.prefix_length = static_cast<uint8_t>(8 + random() % 25);
    address.low &= ~((uint64_t{1} << (32 - key.prefix_length)) - 1);
    return;
  }
  key.prefix_length = static_cast<uint8_t>(random() % 129);
  const unsigned open_bits = 128U - key.prefix_length;
  if (open_bits >= 64) {
    address.low = 0;
    address.high &= open_bits == 128 ? 0 : ~((uint64_t{1} << (open_bits - 64)) - 1);
  } else {
    address.low &= ~((uint64_t{1} << open_bits) - 1);
  }
}

inline EndpointKey RandomRange(const Shape& shape, Random& random) {
  EndpointKey key;
  const uint64_t place = random() % 4096;
  if (static_cast<int>(random() % 100) < shape.ipv6_percent) {
    constexpr uint8_t kLengths[] = {44, 48, 56, 64, 65, 127, 128};
    key.prefix_length = kLengths[random() % std::size(kLengths)];
    const bool in_high = key.prefix_length <= 64;
    const uint64_t bits = place << (in_high ? 64 - key.prefix_length : 128 - key.prefix_length);
    key.address = {Family::kIPv6, 0x20010db800000000 + (in_high ? bits : place % 4 << 16),
                   in_high ? 0 : bits};
  } else {
    constexpr uint8_t kLengths[] = {24, 26, 28, 31, 32};
    key.prefix_length = kLengths[random() % std::size(kLengths)];
    key.address = {Family::kIPv4, 0, 0x0a000000 + (place << (32 - key.prefix_length))};
  }
  return key;
}

inline EndpointKey RandomKey(const Shape& shape, Random& random) {
  if (shape.runs) return RandomRange(shape, random);
  EndpointKey key;
  key.address = RandomAddress(shape, random);
  key.prefix_length = HostPrefixLength(key.address.family);
  if (shape.prefixes && random() % 4 != 0) MakePrefix(key, random);
  if (shape.ports > 0) {
    key.port = static_cast<uint16_t>(8000 + random() % static_cast<uint64_t>(shape.ports));
  }
  if (shape.ports > 1 && random() % 8 == 0) key.port = 0;
  return key;
}

inline ModelValue RandomValue(const Shape& shape, Random& random) {
  ModelValue value;
  if (shape.weights == 1) value.first = 101;
  if (shape.rare_weights && random() % 10 == 0) value.first = random() % 300;
  if (shape.weights > 1) value.first = random() % static_cast<uint64_t>(shape.weights + 1);
  if (shape.attribute_sets > 0 && random() % 3 != 0) {
    const uint64_t set = random() % static_cast<uint64_t>(shape.attribute_sets);
    value.second = "rack=r" + std::to_string(set) + " zone=z" + std::to_string(set % 3);
  }
  return value;
}

inline Model RandomModel(const Shape& shape, size_t count, Random& random) {
  Model model;
  // Dense shapes can run out of keys, hence the bound on the attempts.
  for (size_t tries = 0; model.size() < count && tries < 20 * count; ++tries) {
    model[RandomKey(shape, random)] = RandomValue(shape, random);
  }
  return model;
}

// A mix of removes, changes and adds.
inline Model Edit(const Model& model, const Shape& shape, size_t edits, Random& random) {
  Model edited = model;
  for (size_t i = 0; i < edits; ++i) {
    const uint64_t kind = random() % 3;
    if (kind == 0 || edited.empty()) {
      edited[RandomKey(shape, random)] = RandomValue(shape, random);
      continue;
    }
    auto place = edited.lower_bound(RandomKey(shape, random));
    if (place == edited.end()) place = edited.begin();
    if (kind == 1) {
      edited.erase(place);
    } else {
      place->second = RandomValue(shape, random);
    }
  }
  return edited;
}

inline const std::vector<size_t>& Sizes() {
  static const std::vector<size_t> sizes = {0, 1, 2, 3, 10, 257, 1023, 1024, 1025, 3000};
  return sizes;
}

}  // namespace switchback
