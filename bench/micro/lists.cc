#include "micro/lists.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "micro/program.h"
#include "switchback/limits.h"

namespace switchback::bench {
namespace {

// Plain remainders rather than the library's distributions, whose results are not the same
// everywhere.
uint64_t Below(std::mt19937_64& random, uint64_t bound) {
  return random() % bound;
}

EndpointKey Host(uint32_t address, uint16_t port) {
  return {{Family::kIPv4, 0, address}, 32, port};
}

// Distinct values in order, `count` of them, from `draw()`.
template <typename T, typename Draw>
std::vector<T> SortedDistinct(size_t count, Draw draw) {
  std::vector<T> values;
  values.reserve(count);
  while (values.size() < count) {
    while (values.size() < count) values.push_back(draw());
    std::ranges::sort(values);
    values.erase(std::unique(values.begin(), values.end()), values.end());
  }
  return values;
}

EndpointList Uniform(size_t count, std::mt19937_64& random) {
  EndpointListBuilder builder;
  builder.Reserve(count, 0);
  for (const uint32_t address : SortedAddresses(count, random)) {
    builder.Append({Host(address, 8000), {100, {}}});
  }
  return builder.Finish();
}

EndpointList Dense(size_t count, std::mt19937_64& random) {
  EndpointListBuilder builder;
  builder.Reserve(count, 0);
  // Some 203 hosts each; the few networks too many stay unused.
  const auto networks = SortedDistinct<uint32_t>(
      count / 180 + 2, [&] { return static_cast<uint32_t>(random()) & 0xffffff00U; });
  for (const uint32_t network : networks) {
    for (uint32_t host = 1; host < 255 && builder.size() < count; ++host) {
      if (Below(random, 5) != 0) builder.Append({Host(network | host, 8000), {100, {}}});
    }
  }
  return builder.Finish();
}

EndpointList Ports(size_t count, std::mt19937_64& random) {
  EndpointListBuilder builder;
  builder.Reserve(count, 0);
  // Three ports an address on average, from half as many addresses as endpoints: enough but by
  // chance for the shortest lists, hence the few more.
  for (const uint32_t address : SortedAddresses(count / 2 + 16, random)) {
    const auto ports = static_cast<uint16_t>(1 + Below(random, 5));
    for (uint16_t i = 0; i < ports && builder.size() < count; ++i) {
      builder.Append({Host(address, static_cast<uint16_t>(8000 + i)), {100, {}}});
    }
  }
  return builder.Finish();
}

uint32_t SkewedWeight(std::mt19937_64& random) {
  const uint64_t chance = Below(random, 100);
  if (chance < 80) return 100;
  if (chance < 90) return 50;
  if (chance < 95) return 0;
  return static_cast<uint32_t>(1 + Below(random, 1000));
}

std::string_view SkewedAttributes(std::mt19937_64& random) {
  static constexpr std::string_view kZones[] = {"zone=a", "zone=b", "zone=c", "rack=7 zone=a"};
  return Below(random, 10) == 0 ? kZones[Below(random, std::size(kZones))] : std::string_view();
}

EndpointList Weights(size_t count, std::mt19937_64& random) {
  EndpointListBuilder builder;
  builder.Reserve(count, 0);
  for (const uint32_t address : SortedAddresses(count, random)) {
    builder.Append({Host(address, 8000), {SkewedWeight(random), SkewedAttributes(random)}});
  }
  return builder.Finish();
}

// /12 to /28 in one sixteenth of the address space, so that many lie inside others.
EndpointKey Ipv4Prefix(std::mt19937_64& random) {
  const auto length = static_cast<uint8_t>(28 - std::min(Below(random, 17), Below(random, 17)));
  const auto address =
      static_cast<uint32_t>(0x50000000U | Below(random, 0x10000000U)) & ~0U << (32U - length);
  return {{Family::kIPv4, 0, address}, length, 0};
}

// /32 to /64 under eight registries' blocks.
EndpointKey Ipv6Prefix(std::mt19937_64& random) {
  const auto length = static_cast<uint8_t>(32 + 4 * Below(random, 9));
  const uint64_t high = ((0x2a00 + Below(random, 8)) << 48U | (random() & 0xffffffffffffU)) &
                        ~uint64_t{0} << (64U - length);
  return {{Family::kIPv6, high, 0}, length, 0};
}

EndpointList Prefixes(size_t count, std::mt19937_64& random) {
  EndpointListBuilder builder;
  const size_t ipv6 = count / 2;
  builder.Reserve(count - ipv6, ipv6);
  for (const auto& key :
       SortedDistinct<EndpointKey>(count - ipv6, [&] { return Ipv4Prefix(random); })) {
    builder.Append({key, {}});
  }
  for (const auto& key : SortedDistinct<EndpointKey>(ipv6, [&] { return Ipv6Prefix(random); })) {
    builder.Append({key, {}});
  }
  return builder.Finish();
}

std::set<size_t> DistinctIndices(size_t count, size_t bound, std::mt19937_64& random) {
  std::set<size_t> indices;
  while (indices.size() < count) indices.insert(Below(random, bound));
  return indices;
}

// `count` endpoints of the distribution that `list` does not have, spread over it.
EndpointList NewTo(const EndpointList& list, Distribution distribution, size_t count,
                   uint64_t seed) {
  const EndpointList drawn = MakeList(distribution, 2 * count + 20, seed);
  std::vector<size_t> fresh;
  for (size_t i = 0; i < drawn.size(); ++i) {
    if (!list.Contains(drawn.Key(i))) fresh.push_back(i);
  }
  if (fresh.size() < count) Die("can't draw enough new endpoints");
  EndpointListBuilder builder;
  for (size_t i = 0; i < count; ++i) builder.Append(drawn[fresh[i * fresh.size() / count]]);
  return builder.Finish();
}

}  // namespace

std::string_view NameOf(Distribution distribution) {
  switch (distribution) {
    case Distribution::kUniform:
      return "uniform";
    case Distribution::kDense:
      return "dense";
    case Distribution::kPorts:
      return "ports";
    case Distribution::kWeights:
      return "weights";
    case Distribution::kPrefixes:
      return "prefixes";
  }
  return "";
}

std::vector<uint32_t> SortedAddresses(size_t count, std::mt19937_64& random) {
  return SortedDistinct<uint32_t>(count, [&] { return static_cast<uint32_t>(random()); });
}

EndpointList MakeList(Distribution distribution, size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  switch (distribution) {
    case Distribution::kUniform:
      return Uniform(count, random);
    case Distribution::kDense:
      return Dense(count, random);
    case Distribution::kPorts:
      return Ports(count, random);
    case Distribution::kWeights:
      return Weights(count, random);
    case Distribution::kPrefixes:
      return Prefixes(count, random);
  }
  return {};
}

const EndpointList& SharedList(Distribution distribution, size_t count) {
  static std::map<std::pair<Distribution, size_t>, EndpointList> lists;
  const auto key = std::pair(distribution, count);
  const auto found = lists.find(key);
  if (found != lists.end()) return found->second;
  return lists.emplace(key, MakeList(distribution, count, 1)).first->second;
}

ListDiff MakeEdits(const EndpointList& list, Distribution distribution, size_t edits,
                   uint64_t seed) {
  std::mt19937_64 random(seed);
  const size_t changes = edits / 5;
  // Of an odd number one more is added than removed, but where the list is as long as one may be.
  const size_t odd = list.size() == kMaxEndpointsPerList ? 1 : 0;
  const size_t removes = (edits - changes + odd) / 2;
  EndpointListBuilder removed;
  EndpointListBuilder changed_from;
  EndpointListBuilder changed_to;
  for (const size_t i : DistinctIndices(removes + changes, list.size(), random)) {
    // Which of the places drawn are changes: by chance, until there are enough of either.
    const size_t left = removes + changes - removed.size() - changed_to.size();
    if (Below(random, left) >= changes - changed_to.size()) {
      removed.Append(list[i]);
      continue;
    }
    Endpoint to = list[i];
    changed_from.Append(to);
    to.value.weight = to.value.weight.value_or(0) + 1;
    changed_to.Append(to);
  }
  ListDiff diff;
  diff.removed = removed.Finish();
  diff.changed_from = changed_from.Finish();
  diff.changed_to = changed_to.Finish();
  diff.added = NewTo(list, distribution, edits - removes - changes, seed + 1);
  return diff;
}

std::string TextOf(const EndpointList& list) {
  std::string text;
  for (const Endpoint& endpoint : list) {
    AppendEndpoint(endpoint, text);
    text += '\n';
  }
  return text;
}

std::string ShuffledTextOf(const EndpointList& list) {
  std::mt19937_64 random(2);
  std::vector<uint32_t> order;
  order.reserve(list.size() + list.size() / 10);
  for (uint32_t i = 0; i < list.size(); ++i) {
    order.push_back(i);
    if (i % 10 == 9) order.push_back(i);
  }
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[Below(random, i)]);
  std::string text;
  for (const uint32_t i : order) {
    AppendEndpoint(list[i], text);
    text += '\n';
  }
  return text;
}

}  // namespace switchback::bench
