// A commit's metadata as rows hold it: in the version row of a revision that touches one ID, else
// in the revision's own row (doc/format.md, "Metadata").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/bytes.h"
#include "switchback/options.h"
#include "switchback/types.h"

namespace switchback {

// A field that later programs added. One that doesn't know its number keeps it and passes it on.
struct MetadataExtension {
  uint64_t number = 0;  // not 0
  std::string bytes;
  bool operator==(const MetadataExtension&) const = default;
};

struct Metadata {
  Operation operation = Operation::kSet;
  uint64_t origin = 0;  // number of the interned origin
  Timestamp time;
  Timestamp effective_time;  // stored only where it differs from `time`
  std::optional<Timestamp> original_time;
  std::string author;
  std::string message;
  std::string ticket;
  std::string source;
  std::string request_id;
  std::vector<MetadataExtension> extensions;  // numbers strictly increasing
  bool operator==(const Metadata&) const = default;
};

void EncodeMetadata(const Metadata& metadata, std::string& out);
[[nodiscard]] bool DecodeMetadata(ByteReader& in, Metadata& metadata);
// Passes over metadata and says where it stood; checks no more than that takes.
[[nodiscard]] bool SkipMetadata(ByteReader& in, std::string_view& bytes);

// As they stand in a row: each as varint number, text.
void EncodeExtensions(const std::vector<MetadataExtension>& extensions, std::string& out);

// 1970 to 9999: what rows hold and what can be printed.
[[nodiscard]] constexpr bool IsStorableTime(Timestamp time) {
  return time.micros >= 0 && time.micros < int64_t{253'402'300'800} * 1'000'000;
}

// A moment in the fewest bytes that keep it exact (REQUIRES: storable): a varint whose low two bits
// say whether the rest counts seconds (0), milliseconds (1) or microseconds (2). Never before 1970.
void EncodeTime(Timestamp time, std::string& out);
[[nodiscard]] bool DecodeTime(ByteReader& in, Timestamp& time);

}  // namespace switchback
