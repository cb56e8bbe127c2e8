#include "bench/compare/packed_list.h"

#include <algorithm>
#include <utility>

#include "bench/compare/system.h"

namespace switchback::compare {
namespace {

// What a column block says of itself, so that what is the same for all costs nothing.
constexpr uint8_t kHasIpv6 = 1;
constexpr uint8_t kHasPrefixes = 2;
constexpr uint8_t kPortsVary = 4;
constexpr uint8_t kHasPort = 8;
constexpr uint8_t kValuesVary = 16;
constexpr uint8_t kHasValue = 32;
constexpr uint8_t kIsOne = 64;

// Parts of a delta.
constexpr uint8_t kRemoved = 1;
constexpr uint8_t kAdded = 2;
constexpr uint8_t kChanged = 4;

uint8_t TakeByte(std::string_view& in) {
  if (in.empty()) Fail("a packed list ends too soon");
  const auto byte = static_cast<uint8_t>(in.front());
  in.remove_prefix(1);
  return byte;
}

bool IsHost(const EndpointKey& key) {
  return key.prefix_length == HostPrefixLength(key.address.family);
}

uint8_t FlagsOf(const EntryList& list) {
  uint8_t flags = list.size() == 1 ? kIsOne : 0;
  for (const Entry& entry : list) {
    if (entry.key.address.family == Family::kIPv6) flags |= kHasIpv6;
    if (!IsHost(entry.key)) flags |= kHasPrefixes;
    if (entry.key.port != 0) flags |= kHasPort;
    if (entry.key.port != list.front().key.port) flags |= kPortsVary;
    if (entry.value != 0) flags |= kHasValue;
    if (entry.value != list.front().value) flags |= kValuesVary;
  }
  return flags;
}

void AppendAddresses(const EntryList& list, std::string& out) {
  Address last{};
  for (const Entry& entry : list) {
    const Address& address = entry.key.address;
    if (address.family != last.family) last = {address.family, 0, 0};
    if (address.family == Family::kIPv6) AppendVarint(address.high - last.high, out);
    AppendVarint(address.high == last.high ? address.low - last.low : address.low, out);
    last = address;
  }
}

void TakeAddresses(std::string_view& in, size_t ipv4, EntryList& list) {
  Address last{};
  for (size_t i = 0; i < list.size(); ++i) {
    if (i == ipv4) last = {Family::kIPv6, 0, 0};
    const uint64_t high = i < ipv4 ? 0 : TakeVarint(in);
    const uint64_t low = TakeVarint(in);
    last = {last.family, last.high + high, high == 0 ? last.low + low : low};
    list[i].key.address = last;
    list[i].key.prefix_length = HostPrefixLength(last.family);
  }
}

void AppendColumns(const EntryList& list, std::string& out) {
  const uint8_t flags = FlagsOf(list);
  out.push_back(static_cast<char>(flags));
  if ((flags & kIsOne) == 0) AppendVarint(list.size(), out);
  if ((flags & kHasIpv6) != 0) {
    AppendVarint(static_cast<uint64_t>(std::ranges::count_if(
                     list, [](const Entry& e) { return e.key.address.family == Family::kIPv4; })),
                 out);
  }
  AppendAddresses(list, out);
  if ((flags & kHasPrefixes) != 0) {
    for (const Entry& entry : list) out.push_back(static_cast<char>(entry.key.prefix_length));
  }
  if ((flags & kHasPort) != 0) {
    for (const Entry& entry : list) {
      AppendVarint(entry.key.port, out);
      if ((flags & kPortsVary) == 0) break;
    }
  }
  if ((flags & kHasValue) == 0) return;
  for (const Entry& entry : list) {
    AppendVarint(entry.value, out);
    if ((flags & kValuesVary) == 0) break;
  }
}

EntryList TakeColumns(std::string_view& in) {
  const uint8_t flags = TakeByte(in);
  EntryList list((flags & kIsOne) != 0 ? 1 : TakeVarint(in));
  TakeAddresses(in, (flags & kHasIpv6) != 0 ? TakeVarint(in) : list.size(), list);
  if ((flags & kHasPrefixes) != 0) {
    for (Entry& entry : list) entry.key.prefix_length = TakeByte(in);
  }
  uint64_t port = 0;
  for (size_t i = 0; (flags & kHasPort) != 0 && i < list.size(); ++i) {
    if (i == 0 || (flags & kPortsVary) != 0) port = TakeVarint(in);
    list[i].key.port = static_cast<uint16_t>(port);
  }
  uint64_t value = 0;
  for (size_t i = 0; (flags & kHasValue) != 0 && i < list.size(); ++i) {
    if (i == 0 || (flags & kValuesVary) != 0) value = TakeVarint(in);
    list[i].value = static_cast<uint32_t>(value);
  }
  return list;
}

}  // namespace

void Fold(Delta& edits) {
  if (!std::ranges::is_sorted(edits, {}, &Edit::key))
    std::ranges::stable_sort(edits, {}, &Edit::key);
  size_t kept = 0;
  for (size_t i = 0; i < edits.size();) {
    size_t last = i;
    while (last + 1 < edits.size() && edits[last + 1].key == edits[i].key) ++last;
    const Edit folded{edits[i].key, edits[i].from, edits[last].to};
    if (folded.from != folded.to) edits[kept++] = folded;
    i = last + 1;
  }
  edits.resize(kept);
}

Delta Inverse(Delta delta) {
  for (Edit& edit : delta) std::swap(edit.from, edit.to);
  return delta;
}

Delta Compare(const EntryList& from, const EntryList& to) {
  Delta delta;
  auto a = from.begin();
  auto b = to.begin();
  while (a != from.end() || b != to.end()) {
    if (b == to.end() || (a != from.end() && a->key < b->key)) {
      delta.push_back({a->key, a->value, std::nullopt});
      ++a;
    } else if (a == from.end() || b->key < a->key) {
      delta.push_back({b->key, std::nullopt, b->value});
      ++b;
    } else {
      if (a->value != b->value) delta.push_back({a->key, a->value, b->value});
      ++a;
      ++b;
    }
  }
  return delta;
}

EntryList Apply(const EntryList& list, const Delta& delta) {
  EntryList out;
  out.reserve(list.size() + delta.size());
  auto at = list.begin();
  for (const Edit& edit : delta) {
    const auto next = std::lower_bound(
        at, list.end(), edit.key, [](const Entry& e, const EndpointKey& k) { return e.key < k; });
    out.insert(out.end(), at, next);
    at = next;
    const bool there = at != list.end() && at->key == edit.key;
    if (there != edit.from.has_value() || (there && at->value != *edit.from)) {
      Fail("an edit of " + FormatEndpointKey(edit.key) + " does not fit its list");
    }
    if (there) ++at;
    if (edit.to) out.push_back({edit.key, *edit.to});
  }
  out.insert(out.end(), at, list.end());
  return out;
}

void AppendVarint(uint64_t value, std::string& out) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

uint64_t TakeVarint(std::string_view& in) {
  uint64_t value = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    const uint8_t byte = TakeByte(in);
    value |= uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) break;
  }
  return value;
}

std::string EncodeList(const EntryList& list) {
  std::string bytes;
  if (!list.empty()) AppendColumns(list, bytes);
  return bytes;
}

EntryList DecodeList(std::string_view bytes) {
  return bytes.empty() ? EntryList() : TakeColumns(bytes);
}

std::string EncodeDelta(const Delta& delta) {
  EntryList removed;
  EntryList added;
  EntryList changed;
  EntryList changed_to;
  for (const Edit& edit : delta) {
    if (edit.from && edit.to) {
      changed.push_back({edit.key, *edit.from});
      changed_to.push_back({edit.key, *edit.to});
    } else if (edit.from) {
      removed.push_back({edit.key, *edit.from});
    } else if (edit.to) {
      added.push_back({edit.key, *edit.to});
    }
  }
  std::string bytes(
      1, static_cast<char>((removed.empty() ? 0 : kRemoved) | (added.empty() ? 0 : kAdded) |
                           (changed.empty() ? 0 : kChanged)));
  if (!removed.empty()) AppendColumns(removed, bytes);
  if (!added.empty()) AppendColumns(added, bytes);
  if (!changed.empty()) AppendColumns(changed, bytes);
  for (const Entry& entry : changed_to) AppendVarint(entry.value, bytes);
  return bytes;
}

void DecodeDelta(std::string_view bytes, Delta& out) {
  const uint8_t parts = TakeByte(bytes);
  if ((parts & kRemoved) != 0) {
    for (const Entry& e : TakeColumns(bytes)) out.push_back({e.key, e.value, std::nullopt});
  }
  if ((parts & kAdded) != 0) {
    for (const Entry& e : TakeColumns(bytes)) out.push_back({e.key, std::nullopt, e.value});
  }
  if ((parts & kChanged) == 0) return;
  for (const Entry& entry : TakeColumns(bytes)) {
    out.push_back({entry.key, entry.value, static_cast<uint32_t>(TakeVarint(bytes))});
  }
}

}  // namespace switchback::compare
