// The root of a chunked list as bytes (doc/format-lists.md, "Root").

#include <fmt/format.h>

#include "codec/packed_column.h"
#include "list/block.h"
#include "list/chunk.h"
#include "list/column_reading.h"
#include "list/columns.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

void AppendDigest(const Digest& digest, std::string& out) {
  AppendBigEndian64(digest.high, out);
  AppendBigEndian64(digest.low, out);
}

bool ReadDigest(ByteReader& in, Digest& digest) {
  return in.ReadBigEndian64(digest.high) && in.ReadBigEndian64(digest.low);
}

EndpointList FirstKeys(const ListRoot& root) {
  EndpointListBuilder firsts;
  for (const ChunkRef& chunk : root.chunks) firsts.Append({chunk.first, {}});
  return firsts.FinishWithDigest({});
}

// The columns of the root, one value a chunk.
struct RootColumns {
  Column<uint32_t> counts;
  Column<uint32_t> inline_bytes;  // 0: kept apart
  KeyColumns firsts;
};

Result<void> ReadColumns(ByteReader& in, size_t chunks, RootColumns& columns) {
  const auto make = [](uint64_t value) { return static_cast<uint32_t>(value); };
  if (!ReadColumn(in, chunks, kMaxChunkEndpoints, make, columns.counts)) {
    return Damaged("the count column of a chunk root is not valid");
  }
  if (!ReadColumn(in, chunks, kMaxInlineBlockBytes, make, columns.inline_bytes)) {
    return Damaged("the inline size column of a chunk root is not valid");
  }
  uint8_t flags = 0;
  constexpr uint8_t kValueFlags = kHasWeights | kHasAttributes;
  if (!in.ReadByte(flags) || (flags & kValueFlags) != 0) {
    return Damaged("the key flags of a chunk root are not valid");
  }
  return DecodeKeys(in, chunks, flags, columns.firsts);
}

// An inline chunk's address is not stored: its block is here to compute it from.
Result<void> ReadInline(ByteReader& in, size_t size, ChunkRef& chunk) {
  std::string_view block;
  if (!in.ReadBytes(size, block)) return Damaged("a chunk root is cut off in an inline block");
  ByteReader block_in(block);
  EndpointListBuilder builder;
  auto done = DecodeBlock(block_in, chunk.count, builder);
  if (!done) return done;
  const EndpointList list = builder.Finish();
  if (!block_in.empty() || list.size() != chunk.count || list.empty() ||
      list.Key(0) != chunk.first) {
    return Damaged("an inline block of a chunk root is not what the root says");
  }
  chunk.inline_block = block;
  chunk.address = list.digest();
  return {};
}

Result<void> ReadChunkRefs(ByteReader& in, const RootColumns& columns, ListRoot& root) {
  root.chunks.resize(columns.firsts.size());
  for (size_t i = 0; i < root.chunks.size(); ++i) {
    ChunkRef& chunk = root.chunks[i];
    chunk.count = columns.counts[i];
    chunk.first = columns.firsts[i];
    if (chunk.count == 0) return Damaged(fmt::format("chunk {} of a root is empty", i));
    if (columns.inline_bytes[i] == 0 && !ReadDigest(in, chunk.address)) {
      return Damaged("a chunk root is cut off in its addresses");
    }
  }
  for (size_t i = 0; i < root.chunks.size(); ++i) {
    if (columns.inline_bytes[i] == 0) continue;
    auto done = ReadInline(in, columns.inline_bytes[i], root.chunks[i]);
    if (!done) return done;
  }
  return {};
}

Result<void> CheckSums(const ListRoot& root) {
  uint64_t count = 0;
  Digest digest;
  for (const ChunkRef& chunk : root.chunks) {
    count += chunk.count;
    digest += chunk.address;
  }
  if (count != root.count || count > kMaxEndpointsPerList) {
    return Damaged(
        fmt::format("a chunk root says {} endpoints, its chunks say {}", root.count, count));
  }
  if (digest != root.digest)
    return Damaged("the digests of a root's chunks do not add up to its own");
  return {};
}

}  // namespace

void EncodeRoot(const ListRoot& root, std::string& out) {
  AppendVarint(root.chunks.size(), out);
  if (root.chunks.empty()) return;
  AppendVarint(root.count, out);
  AppendDigest(root.digest, out);
  std::vector<uint64_t> counts;
  std::vector<uint64_t> inline_bytes;
  for (const ChunkRef& chunk : root.chunks) {
    counts.push_back(chunk.count);
    inline_bytes.push_back(chunk.inline_block.size());
  }
  AppendPackedColumn(counts, ColumnShape::kNumbers, out);
  AppendPackedColumn(inline_bytes, ColumnShape::kRepeating, out);
  const EndpointList firsts = FirstKeys(root);
  const uint8_t flags = KeyFlags(firsts, 0, firsts.size());
  out.push_back(static_cast<char>(flags));
  EncodeKeys(firsts, 0, firsts.size(), flags, out);
  for (const ChunkRef& chunk : root.chunks) {
    if (chunk.inline_block.empty()) AppendDigest(chunk.address, out);
  }
  for (const ChunkRef& chunk : root.chunks) out += chunk.inline_block;
}

Result<ListRoot> DecodeRoot(std::string_view bytes) {
  ListRoot root;
  ByteReader in(bytes);
  uint64_t chunks = 0;
  if (!in.ReadVarint(chunks)) return Damaged("a chunk root is cut off before its chunk count");
  // Each chunk takes an address or an inline block, so a claim above this is not allocated for.
  if (chunks > in.rest().size()) {
    return Damaged(fmt::format("a chunk root claims {} chunks in {} bytes", chunks, bytes.size()));
  }
  if (chunks > 0) {
    if (!in.ReadVarint(root.count) || !ReadDigest(in, root.digest)) {
      return Damaged("a chunk root is cut off in its count and digest");
    }
    RootColumns columns;
    auto done = ReadColumns(in, chunks, columns);
    if (done) done = ReadChunkRefs(in, columns, root);
    if (done) done = CheckSums(root);
    if (!done) return std::unexpected(std::move(done.error()));
  }
  if (!in.empty()) {
    return Damaged(fmt::format("{} bytes stand after the end of a chunk root", in.rest().size()));
  }
  return root;
}

}  // namespace switchback
