// Keys of every row (doc/format.md, "Keys"). Rows of one business ID are adjacent; revisions are in
// numeric order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "switchback/endpoint.h"
#include "switchback/types.h"

namespace switchback {

// -- Space::kState: small rows that are overwritten ----------------------------------------------
std::string StoreRowKey();
std::string HeadKey(const BusinessId& id);
std::string OriginKey(uint64_t number);
std::string SnapshotKey(std::string_view name);
std::string RequestKey(std::string_view request_id);
std::string BookmarkKey(std::string_view name);
std::string ChainKey(uint64_t record_count);

// Which generation of the journal's segments is in force; and the segments of one, by the first
// revision.
std::string SegmentsKey();
std::string SegmentKey(uint64_t generation, Revision first);
std::string SegmentsBegin(uint64_t generation);  // where those of a generation begin

inline constexpr char kHeadPrefix = 'H';
inline constexpr char kOriginPrefix = 'O';
inline constexpr char kSnapshotPrefix = 'N';
inline constexpr char kChainPrefix = 'C';
inline constexpr char kSegmentPrefix = 'J';

// -- Space::kHistory: rows written once ----------------------------------------------------------
// 'V' ID 0x00 version kind: a version's checkpoint sorts just behind its row, so that one backward
// scan from a version meets its checkpoint first.
std::string VersionKey(const BusinessId& id, Version version);
std::string CheckpointKey(const BusinessId& id, Version version);
// Where the rows of one ID begin and end.
std::string VersionsBegin(const BusinessId& id);
std::string VersionsEnd(const BusinessId& id);
// 'R' revision sub: the journal's records; sub 0 is the commit.
std::string RecordKey(Revision revision, uint64_t sub);
// 'P' revision part: which IDs a large revision touched.
std::string PartKey(Revision revision, uint64_t part);

inline constexpr char kVersionPrefix = 'V';
inline constexpr char kRecordPrefix = 'R';
inline constexpr char kPartPrefix = 'P';

// -- Space::kChunks ------------------------------------------------------------------------------
// Family and address of the chunk's first endpoint (an IPv6 one's high half), then its address: the
// chunks of a list are adjacent, and so are the contents that one chunk had over time.
std::string ChunkKey(const EndpointKey& first, const Digest& address);
// The address in such a key. False: it is none.
[[nodiscard]] bool ParseChunkKey(std::string_view key, Digest& address);

// The first key behind all that start with `prefix`.
std::string PrefixEnd(std::string prefix);

// Among the rows of one ID, in the order of their keys.
struct VersionPlace {
  Version version;
  bool checkpoint = false;
  auto operator<=>(const VersionPlace&) const = default;
};
struct VersionKeyParts : VersionPlace {
  std::string_view id;  // borrows from the key
};
[[nodiscard]] bool ParseVersionKey(std::string_view key, VersionKeyParts& parts);
// What stands behind VersionsBegin in a key of that ID.
[[nodiscard]] bool ParseVersionPlace(std::string_view rest, VersionPlace& place);
struct RecordKeyParts {
  Revision revision;
  uint64_t sub = 0;
};
[[nodiscard]] bool ParseRecordKey(std::string_view key, RecordKeyParts& parts);
[[nodiscard]] bool ParseSegmentKey(std::string_view key, Revision& first);

}  // namespace switchback
