// Chunked lists: the canonical split of a large list into content-addressed chunks, and the root
// that names them (doc/format-lists.md, "Chunks").
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/endpoint_list.h"

namespace switchback {

// A block up to this size stands in the root itself: kept apart it would cost its address (16
// bytes) there, and a row with a key of as much again and the engine's own few bytes.
inline constexpr size_t kMaxInlineBlockBytes = 48;

// A chunk is the endpoints under the shortest key prefix that holds at most this many: a split that
// depends on the list alone, never on its history, and that chosen addresses cannot drive into
// giant or tiny rewrites.
inline constexpr size_t kMaxChunkEndpoints = 1024;

// A half-open range of a list's indices.
struct ChunkRange {
  size_t begin = 0;
  size_t end = 0;
};
// The canonical split; empty for an empty list.
[[nodiscard]] std::vector<ChunkRange> SplitIntoChunks(const EndpointList& list);

// Names one chunk: its address is the digest of the endpoints in it.
struct ChunkRef {
  Digest address;
  uint32_t count = 0;
  EndpointKey first;         // key of its first endpoint
  std::string inline_block;  // its block, where smaller than an address is worth; else empty
};
struct ListRoot {
  uint64_t count = 0;
  Digest digest;  // sum of all chunks' digests
  std::vector<ChunkRef> chunks;
};
void EncodeRoot(const ListRoot& root, std::string& out);
// Errors: kDataLoss: malformed; counts or digests that do not add up; first keys out of order.
[[nodiscard]] Result<ListRoot> DecodeRoot(std::string_view bytes);

// What a chunk is kept under. In the order of these names the chunks of a list stand side by side,
// and so does what one chunk has held over time, which is mostly the same: a whole list is read in
// one run, and a compressor sees what repeats.
struct ChunkName {
  EndpointKey first;  // key of its first endpoint
  Digest address;
};

// Where chunks are kept. `ReadChunks` gives the blocks in the order asked; a missing one is
// kDataLoss.
class ChunkReader {
 public:
  virtual ~ChunkReader() = default;
  [[nodiscard]] virtual Result<std::vector<std::string>> ReadChunks(
      const std::vector<ChunkName>& names) const = 0;
};
// Takes each chunk (not the inline ones) with its block, in list order.
using ChunkSink = std::function<Result<void>(const ChunkName& name, std::string&& block)>;

// Splits and encodes `list`. Cost: O(n); memory for one chunk at a time beside the root.
[[nodiscard]] Result<ListRoot> WriteChunks(const EndpointList& list, const ChunkSink& sink);
// How much of a chunk is checked when it is read. Its form (order, ranges, count, first key) always
// is. Recomputing the digest doubles the time to read a list (190 instead of 400 million endpoints
// a second), so a caller whose engine checksums its bytes may do without.
enum class ChunkCheck : uint8_t {
  kForm,    // relies on the engine's own checksum of the bytes
  kDigest,  // recomputes the digest and compares it with the address
};
// Errors: kDataLoss: a chunk is missing, malformed, or not what its address says.
[[nodiscard]] Result<EndpointList> ReadChunkedList(const ListRoot& root, const ChunkReader& reader,
                                                   ChunkCheck check = ChunkCheck::kDigest);
// What turns one into the other; chunks with equal addresses are skipped unread.
[[nodiscard]] Result<ListDiff> DiffRoots(const ListRoot& from, const ListRoot& to,
                                         const ChunkReader& reader,
                                         ChunkCheck check = ChunkCheck::kDigest);
// The endpoints of all chunks that may hold these keys, reading no others. REQUIRES: `keys` are
// strictly increasing. The digest of the list is not set.
[[nodiscard]] Result<EndpointList> ReadChunksAround(const ListRoot& root, const ChunkReader& reader,
                                                    std::span<const EndpointKey> keys,
                                                    ChunkCheck check = ChunkCheck::kDigest);
// The value of one key, reading one chunk at most; nothing if it is not there. The value's
// attributes are in `attributes`.
struct FoundValue {
  bool found = false;
  std::optional<uint32_t> weight;
  std::string attributes;
};
[[nodiscard]] Result<FoundValue> FindInChunks(const ListRoot& root, const ChunkReader& reader,
                                              const EndpointKey& key);

}  // namespace switchback
