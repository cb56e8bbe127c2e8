#include "cli/input/packed_changes.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace switchback::cli {
namespace {

// A change: the header, the ID, the edits. An edit: its flags, address, and what they say is there,
// numbers as they are in memory: this never leaves the process.
struct Header {
  uint32_t edits = 0;
  uint8_t deletes = 0;
  uint8_t id_bytes = 0;
};

enum Flags : uint8_t {
  kIsRemove = 1,
  kIsIpv6 = 2,
  kHasPrefix = 4,  // not that of a host
  kHasPort = 8,
  kHasWeight = 16,
  kHasAttributes = 32,
};

constexpr size_t kPieceBytes = size_t{1} << 20;
// Most changes fit into what is left of a piece when no other one is begun in it.
constexpr size_t kRoomForOne = size_t{4} << 10;

template <typename T>
void Put(T value, std::string& out) {
  out.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

template <typename T>
T Take(const char*& at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  at += sizeof(value);
  return value;
}

uint8_t FlagsOf(bool remove, const Endpoint& endpoint) {
  const EndpointKey& key = endpoint.key;
  uint8_t flags = remove ? kIsRemove : 0;
  if (key.address.family == Family::kIPv6) flags |= kIsIpv6;
  if (key.prefix_length != HostPrefixLength(key.address.family)) flags |= kHasPrefix;
  if (key.port != 0) flags |= kHasPort;
  if (endpoint.value.weight) flags |= kHasWeight;
  if (!endpoint.value.attributes.empty()) flags |= kHasAttributes;
  return flags;
}

EndpointEdit TakeEdit(const char*& at) {
  const auto flags = Take<uint8_t>(at);
  const bool remove = (flags & kIsRemove) != 0;
  EndpointEdit edit{remove ? EditKind::kRemove : EditKind::kAdd, {}, remove};
  OwnedEndpoint& endpoint = edit.endpoint;
  Address& address = endpoint.key.address;
  if ((flags & kIsIpv6) != 0) {
    address.family = Family::kIPv6;
    address.high = Take<uint64_t>(at);
    address.low = Take<uint64_t>(at);
  } else {
    address.low = Take<uint32_t>(at);
  }
  endpoint.key.prefix_length =
      (flags & kHasPrefix) != 0 ? Take<uint8_t>(at) : HostPrefixLength(address.family);
  if ((flags & kHasPort) != 0) endpoint.key.port = Take<uint16_t>(at);
  if ((flags & kHasWeight) != 0) endpoint.weight = Take<uint32_t>(at);
  if ((flags & kHasAttributes) != 0) {
    const auto bytes = Take<uint16_t>(at);
    endpoint.attributes.assign(at, bytes);
    at += bytes;
  }
  return edit;
}

}  // namespace

void PackedChanges::Begin(const BusinessId& id) {
  if (pieces_.empty()) {
    pieces_.emplace_back();  // of most lines the only one, and short
  } else if (pieces_.back().size() + kRoomForOne > kPieceBytes) {
    pieces_.emplace_back().reserve(kPieceBytes);
  }
  std::string& piece = pieces_.back();
  places_.push_back(
      {static_cast<uint32_t>(pieces_.size() - 1), static_cast<uint32_t>(piece.size())});
  Put(Header{.id_bytes = static_cast<uint8_t>(id.text().size())}, piece);
  piece += id.text();
  edits_ = 0;
}

void PackedChanges::Add(bool remove, const Endpoint& endpoint) {
  const EndpointKey& key = endpoint.key;
  const uint8_t flags = FlagsOf(remove, endpoint);
  std::string& piece = pieces_.back();
  Put(flags, piece);
  if ((flags & kIsIpv6) != 0) {
    Put(key.address.high, piece);
    Put(key.address.low, piece);
  } else {
    Put(static_cast<uint32_t>(key.address.low), piece);
  }
  if ((flags & kHasPrefix) != 0) Put(key.prefix_length, piece);
  if ((flags & kHasPort) != 0) Put(key.port, piece);
  if ((flags & kHasWeight) != 0) Put(*endpoint.value.weight, piece);
  if ((flags & kHasAttributes) != 0) {
    Put(static_cast<uint16_t>(endpoint.value.attributes.size()), piece);
    piece += endpoint.value.attributes;
  }
  ++edits_;
}

void PackedChanges::Finish(bool deletes) {
  const Place& place = places_.back();
  char* const at = pieces_[place.piece].data() + place.at;
  Header header;
  std::memcpy(&header, at, sizeof(header));
  header.edits = edits_;
  header.deletes = deletes ? 1 : 0;
  std::memcpy(at, &header, sizeof(header));
}

std::string_view PackedChanges::IdAt(const Place& place) const {
  const char* at = pieces_[place.piece].data() + place.at;
  const auto header = Take<Header>(at);
  return {at, header.id_bytes};
}

std::vector<BusinessId> PackedChanges::Sort() {
  const auto less = [this](const Place& a, const Place& b) { return IdAt(a) < IdAt(b); };
  // As export writes them.
  if (!std::ranges::is_sorted(places_, less)) std::ranges::sort(places_, less);
  std::vector<BusinessId> twice;
  for (size_t i = 1; i < places_.size(); ++i) {
    if (id(i) == id(i - 1)) twice.push_back(*BusinessId::Parse(id(i)));
  }
  return twice;
}

bool PackedChanges::Contains(std::string_view id) const {
  return std::ranges::binary_search(places_, id, {},
                                    [this](const Place& place) { return IdAt(place); });
}

EditStep PackedChanges::Step(size_t i) const {
  const char* at = pieces_[places_[i].piece].data() + places_[i].at;
  const auto header = Take<Header>(at);
  at += header.id_bytes;
  EditStep step{{}, header.deletes != 0};
  step.edits.reserve(header.edits);
  for (uint32_t edit = 0; edit < header.edits; ++edit) step.edits.push_back(TakeEdit(at));
  return step;
}

IdChange PackedChanges::operator[](size_t i) const {
  BusinessId own_id = *BusinessId::Parse(id(i));
  EditStep step = Step(i);
  if (step.deletes) return {std::move(own_id), DeleteId{std::move(step.edits)}};
  return {std::move(own_id), EditEndpoints{std::move(step.edits)}};
}

}  // namespace switchback::cli
