#include "history/row_keys.h"

#include "codec/bytes.h"

namespace switchback {
namespace {

constexpr char kVersionRow = 0;
constexpr char kCheckpointRow = 1;

std::string NumberKey(char prefix, uint64_t number) {
  std::string key(1, prefix);
  AppendOrderedNumber(number, key);
  return key;
}

std::string TextKey(char prefix, std::string_view text) {
  std::string key(1, prefix);
  key += text;
  return key;
}

std::string VersionSpaceKey(const BusinessId& id, Version version, char kind) {
  std::string key;
  key.reserve(id.text().size() + 8);
  key += kVersionPrefix;
  key += id.text();
  key += '\0';
  AppendOrderedNumber(version.value, key);
  key += kind;
  return key;
}

}  // namespace

std::string StoreRowKey() {
  return "S";
}
std::string HeadKey(const BusinessId& id) {
  return TextKey(kHeadPrefix, id.text());
}
std::string OriginKey(uint64_t number) {
  return NumberKey(kOriginPrefix, number);
}
std::string SnapshotKey(std::string_view name) {
  return TextKey(kSnapshotPrefix, name);
}
std::string RequestKey(std::string_view request_id) {
  return TextKey('Q', request_id);
}
std::string BookmarkKey(std::string_view name) {
  return TextKey('B', name);
}
std::string ChainKey(uint64_t record_count) {
  return NumberKey(kChainPrefix, record_count);
}

std::string SegmentsKey() {
  return std::string(1, kSegmentPrefix);
}
std::string SegmentKey(uint64_t generation, Revision first) {
  std::string key = SegmentsBegin(generation);
  AppendOrderedNumber(first.value, key);
  return key;
}
std::string SegmentsBegin(uint64_t generation) {
  return NumberKey(kSegmentPrefix, generation);
}

std::string VersionKey(const BusinessId& id, Version version) {
  return VersionSpaceKey(id, version, kVersionRow);
}

std::string CheckpointKey(const BusinessId& id, Version version) {
  return VersionSpaceKey(id, version, kCheckpointRow);
}

std::string VersionsBegin(const BusinessId& id) {
  std::string key = TextKey(kVersionPrefix, id.text());
  key += '\0';
  return key;
}

std::string VersionsEnd(const BusinessId& id) {
  std::string key = TextKey(kVersionPrefix, id.text());
  key += '\x01';
  return key;
}

std::string RecordKey(Revision revision, uint64_t sub) {
  std::string key = NumberKey(kRecordPrefix, revision.value);
  AppendOrderedNumber(sub, key);
  return key;
}

std::string PartKey(Revision revision, uint64_t part) {
  std::string key = NumberKey(kPartPrefix, revision.value);
  AppendOrderedNumber(part, key);
  return key;
}

std::string ChunkKey(const EndpointKey& first, const Digest& address) {
  std::string key(1, static_cast<char>(first.address.family));
  key.reserve(25);
  if (first.address.family == Family::kIPv4) {
    AppendBigEndian32(static_cast<uint32_t>(first.address.low), key);
  } else {
    AppendBigEndian64(first.address.high, key);
  }
  AppendBigEndian64(address.high, key);
  AppendBigEndian64(address.low, key);
  return key;
}

bool ParseChunkKey(std::string_view key, Digest& address) {
  constexpr size_t kDigestBytes = 16;
  const auto family = key.empty() ? uint8_t{0} : static_cast<uint8_t>(key.front());
  const size_t first_bytes = family == static_cast<uint8_t>(Family::kIPv4) ? 4 : 8;
  if (family != static_cast<uint8_t>(Family::kIPv4) &&
      family != static_cast<uint8_t>(Family::kIPv6)) {
    return false;
  }
  if (key.size() != 1 + first_bytes + kDigestBytes) return false;
  address = {};
  for (const char c : key.substr(1 + first_bytes)) {
    address.high = address.high << 8 | address.low >> 56;
    address.low = address.low << 8 | static_cast<uint8_t>(c);
  }
  return true;
}

std::string PrefixEnd(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xff) prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(prefix.back() + 1);
  return prefix;
}

bool ParseVersionKey(std::string_view key, VersionKeyParts& parts) {
  if (key.empty() || key.front() != kVersionPrefix) return false;
  const size_t end = key.find('\0');
  if (end == std::string_view::npos) return false;
  parts.id = key.substr(1, end - 1);
  return ParseVersionPlace(key.substr(end + 1), parts);
}

bool ParseVersionPlace(std::string_view rest, VersionPlace& place) {
  ByteReader in(rest);
  uint8_t kind = 0;
  if (!in.ReadOrderedNumber(place.version.value) || !in.ReadByte(kind) || !in.empty()) return false;
  place.checkpoint = kind == kCheckpointRow;
  return kind <= kCheckpointRow;
}

bool ParseRecordKey(std::string_view key, RecordKeyParts& parts) {
  if (key.empty() || key.front() != kRecordPrefix) return false;
  ByteReader in(key.substr(1));
  return in.ReadOrderedNumber(parts.revision.value) && in.ReadOrderedNumber(parts.sub) &&
         in.empty();
}

bool ParseSegmentKey(std::string_view key, Revision& first) {
  if (key.empty() || key.front() != kSegmentPrefix) return false;
  ByteReader in(key.substr(1));
  uint64_t generation = 0;
  return in.ReadOrderedNumber(generation) && in.ReadOrderedNumber(first.value) && in.empty();
}

}  // namespace switchback
