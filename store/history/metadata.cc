#include "history/metadata.h"

#include <bit>

namespace switchback {
namespace {

constexpr int64_t kMicrosPerMilli = 1000;
constexpr int64_t kMicrosPerSecond = 1'000'000;
// Past this, scaling back to microseconds would overflow (year 294,000).
constexpr uint64_t kMaxMicros = uint64_t{1} << 62;

enum Flag : uint64_t {
  kHasEffectiveTime = 1,
  kHasOriginalTime = 2,
  kHasAuthor = 4,
  kHasMessage = 8,
  kHasTicket = 16,
  kHasSource = 32,
  kHasRequestId = 64,
  kHasExtensions = 128,
  kKnownFlags = 255,
  kTexts = kHasAuthor | kHasMessage | kHasTicket | kHasSource | kHasRequestId | kHasExtensions,
  kMoreTimes = kHasEffectiveTime | kHasOriginalTime,
};

void AppendFlagged(const std::string& text, std::string& out) {
  if (!text.empty()) AppendLengthPrefixed(text, out);
}

bool ReadFlagged(ByteReader& in, uint64_t flags, Flag flag, std::string& text) {
  text.clear();
  if ((flags & flag) == 0) return true;
  std::string_view bytes;
  if (!in.ReadLengthPrefixed(bytes) || bytes.empty()) return false;
  text = bytes;
  return true;
}

uint64_t FlagsOf(const Metadata& metadata) {
  uint64_t flags = 0;
  if (metadata.effective_time != metadata.time) flags |= kHasEffectiveTime;
  if (metadata.original_time) flags |= kHasOriginalTime;
  if (!metadata.author.empty()) flags |= kHasAuthor;
  if (!metadata.message.empty()) flags |= kHasMessage;
  if (!metadata.ticket.empty()) flags |= kHasTicket;
  if (!metadata.source.empty()) flags |= kHasSource;
  if (!metadata.request_id.empty()) flags |= kHasRequestId;
  if (!metadata.extensions.empty()) flags |= kHasExtensions;
  return flags;
}

void AppendFlagged(const std::vector<MetadataExtension>& extensions, std::string& out) {
  if (extensions.empty()) return;
  std::string bytes;
  EncodeExtensions(extensions, bytes);
  AppendLengthPrefixed(bytes, out);
}

bool ReadExtensions(ByteReader& in, uint64_t flags, std::vector<MetadataExtension>& extensions) {
  extensions.clear();
  if ((flags & kHasExtensions) == 0) return true;
  std::string_view bytes;
  if (!in.ReadLengthPrefixed(bytes) || bytes.empty()) return false;
  ByteReader fields(bytes);
  uint64_t last = 0;
  while (!fields.empty()) {
    uint64_t number = 0;
    std::string_view field;
    if (!fields.ReadVarint(number) || number <= last || !fields.ReadLengthPrefixed(field)) {
      return false;
    }
    extensions.push_back({number, std::string(field)});
    last = number;
  }
  return true;
}

}  // namespace

void EncodeExtensions(const std::vector<MetadataExtension>& extensions, std::string& out) {
  for (const MetadataExtension& extension : extensions) {
    AppendVarint(extension.number, out);
    AppendLengthPrefixed(extension.bytes, out);
  }
}

void EncodeTime(Timestamp time, std::string& out) {
  const int64_t micros = time.micros < 0 ? 0 : time.micros;
  if (micros % kMicrosPerSecond == 0) {
    AppendVarint(static_cast<uint64_t>(micros / kMicrosPerSecond) << 2, out);
  } else if (micros % kMicrosPerMilli == 0) {
    AppendVarint(static_cast<uint64_t>(micros / kMicrosPerMilli) << 2 | 1, out);
  } else {
    AppendVarint(static_cast<uint64_t>(micros) << 2 | 2, out);
  }
}

bool DecodeTime(ByteReader& in, Timestamp& time) {
  uint64_t value = 0;
  if (!in.ReadVarint(value)) return false;
  uint64_t scale = 1;
  switch (value & 3) {
    case 0:
      scale = kMicrosPerSecond;
      break;
    case 1:
      scale = kMicrosPerMilli;
      break;
    case 2:
      break;
    default:
      return false;
  }
  value >>= 2;
  if (value > kMaxMicros / scale) return false;
  time.micros = static_cast<int64_t>(value * scale);
  return true;
}

// Operation, flags and origin come first: equal in most rows, they compress to nothing.
void EncodeMetadata(const Metadata& metadata, std::string& out) {
  AppendVarint(FlagsOf(metadata), out);
  out += static_cast<char>(metadata.operation);
  AppendVarint(metadata.origin, out);
  EncodeTime(metadata.time, out);
  if (metadata.effective_time != metadata.time) EncodeTime(metadata.effective_time, out);
  if (metadata.original_time) EncodeTime(*metadata.original_time, out);
  AppendFlagged(metadata.author, out);
  AppendFlagged(metadata.message, out);
  AppendFlagged(metadata.ticket, out);
  AppendFlagged(metadata.source, out);
  AppendFlagged(metadata.request_id, out);
  AppendFlagged(metadata.extensions, out);
}

bool DecodeMetadata(ByteReader& in, Metadata& metadata) {
  uint64_t flags = 0;
  uint8_t operation = 0;
  if (!in.ReadVarint(flags) || (flags & ~uint64_t{kKnownFlags}) != 0) return false;
  if (!in.ReadByte(operation) || operation == 0) return false;
  metadata.operation = static_cast<Operation>(operation);
  if (!in.ReadVarint(metadata.origin) || !DecodeTime(in, metadata.time)) return false;
  metadata.effective_time = metadata.time;
  if ((flags & kHasEffectiveTime) != 0 && !DecodeTime(in, metadata.effective_time)) return false;
  metadata.original_time.reset();
  if ((flags & kHasOriginalTime) != 0) {
    Timestamp original;
    if (!DecodeTime(in, original)) return false;
    metadata.original_time = original;
  }
  return ReadFlagged(in, flags, kHasAuthor, metadata.author) &&
         ReadFlagged(in, flags, kHasMessage, metadata.message) &&
         ReadFlagged(in, flags, kHasTicket, metadata.ticket) &&
         ReadFlagged(in, flags, kHasSource, metadata.source) &&
         ReadFlagged(in, flags, kHasRequestId, metadata.request_id) &&
         ReadExtensions(in, flags, metadata.extensions);
}

bool SkipMetadata(ByteReader& in, std::string_view& bytes) {
  const std::string_view all = in.rest();
  uint64_t flags = 0;
  uint8_t operation = 0;
  if (!in.ReadVarint(flags) || (flags & ~uint64_t{kKnownFlags}) != 0) return false;
  if (!in.ReadByte(operation) || operation == 0) return false;
  const int numbers = 2 + std::popcount(flags & kMoreTimes);  // origin, time
  for (int i = 0; i < numbers; ++i) {
    uint64_t number = 0;
    if (!in.ReadVarint(number)) return false;
  }
  for (int i = std::popcount(flags & kTexts); i > 0; --i) {
    std::string_view text;
    if (!in.ReadLengthPrefixed(text)) return false;
  }
  bytes = all.substr(0, all.size() - in.rest().size());
  return true;
}

}  // namespace switchback
