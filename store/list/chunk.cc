// Chunked lists: writing them, reading them whole, finding one key and comparing two of them.

#include "list/chunk.h"

#include <fmt/format.h>

#include <algorithm>

#include "list/block.h"
#include "list/columns.h"
#include "list/digest.h"

namespace switchback {
namespace {

constexpr size_t kChunksARead = 256;  // some 0.5 MB of blocks at a time beside the list

std::string Name(const ChunkRef& chunk) {
  return fmt::format("chunk {} (from {}, {} endpoints)", chunk.address.ToHex(),
                     FormatEndpointKey(chunk.first), chunk.count);
}

Result<void> DecodeChunk(const ChunkRef& chunk, std::string_view block, ChunkCheck check,
                         EndpointListBuilder& builder) {
  const size_t before = builder.size();
  const auto last = builder.last_key();
  if (last && chunk.first <= *last) return Damaged(Name(chunk) + " overlaps the one before it");
  ByteReader in(block);
  auto done = DecodeBlock(in, chunk.count, builder);
  if (!done) {
    done.error().message = Name(chunk) + ": " + done.error().message;
    return done;
  }
  const size_t found = builder.size() - before;
  if (found != chunk.count || !in.empty()) {
    return Damaged(fmt::format("{} has {} endpoints and {} bytes too many", Name(chunk), found,
                               in.rest().size()));
  }
  if (builder.KeyAt(before) != chunk.first) {
    return Damaged(
        fmt::format("{} begins at {}", Name(chunk), FormatEndpointKey(builder.KeyAt(before))));
  }
  if (check == ChunkCheck::kDigest) {
    const Digest digest = builder.DigestSince(before);
    if (digest != chunk.address) {
      return Damaged(fmt::format("{} has content of digest {}", Name(chunk), digest.ToHex()));
    }
  }
  return {};
}

// Decodes chunks, in the order given, into one builder; those kept apart are read `kChunksARead`
// at a time.
Result<void> DecodeChunks(const std::vector<const ChunkRef*>& chunks, const ChunkReader& reader,
                          ChunkCheck check, EndpointListBuilder& builder) {
  std::vector<ChunkName> names;
  for (size_t begin = 0; begin < chunks.size(); begin += kChunksARead) {
    const size_t end = std::min(begin + kChunksARead, chunks.size());
    names.clear();
    for (size_t i = begin; i < end; ++i) {
      if (chunks[i]->inline_block.empty()) names.push_back({chunks[i]->first, chunks[i]->address});
    }
    Result<std::vector<std::string>> blocks;
    if (!names.empty()) blocks = reader.ReadChunks(names);
    if (!blocks) return std::unexpected(std::move(blocks.error()));
    if (blocks->size() != names.size()) {
      return Damaged(
          fmt::format("{} chunks were asked for, {} came", names.size(), blocks->size()));
    }
    size_t next = 0;
    for (size_t i = begin; i < end; ++i) {
      const bool is_inline = !chunks[i]->inline_block.empty();
      const std::string& block = is_inline ? chunks[i]->inline_block : (*blocks)[next++];
      auto done = DecodeChunk(*chunks[i], block, check, builder);
      if (!done) return done;
    }
  }
  return {};
}

std::vector<const ChunkRef*> AllChunks(const ListRoot& root) {
  std::vector<const ChunkRef*> chunks;
  chunks.reserve(root.chunks.size());
  for (const ChunkRef& chunk : root.chunks) chunks.push_back(&chunk);
  return chunks;
}

// Reserves for the families by the first key of each chunk (one chunk at most holds both).
void ReserveFor(const std::vector<const ChunkRef*>& chunks, EndpointListBuilder& builder) {
  size_t ipv4_count = 0;
  size_t ipv6_count = 0;
  for (const ChunkRef* chunk : chunks) {
    const bool ipv4 = chunk->first.address.family == Family::kIPv4;
    (ipv4 ? ipv4_count : ipv6_count) += chunk->count;
  }
  builder.Reserve(ipv4_count, ipv6_count);
}

// The chunk that would hold `key`; null where it lies before them all.
const ChunkRef* ChunkFor(const ListRoot& root, const EndpointKey& key) {
  const auto above = std::upper_bound(
      root.chunks.begin(), root.chunks.end(), key,
      [](const EndpointKey& sought, const ChunkRef& chunk) { return sought < chunk.first; });
  return above == root.chunks.begin() ? nullptr : &*(above - 1);
}

Digest SumOfAddresses(const std::vector<const ChunkRef*>& chunks) {
  Digest sum;
  for (const ChunkRef* chunk : chunks) sum += chunk->address;
  return sum;
}

}  // namespace

Result<ListRoot> WriteChunks(const EndpointList& list, const ChunkSink& sink) {
  ListRoot root;
  root.count = list.size();
  for (const ChunkRange& range : SplitIntoChunks(list)) {
    ChunkRef chunk;
    chunk.address = DigestOfRange(list, range.begin, range.end);
    chunk.count = static_cast<uint32_t>(range.end - range.begin);
    chunk.first = list.Key(range.begin);
    root.digest += chunk.address;
    std::string block;
    EncodeBlock(list, range.begin, range.end, block);
    if (block.size() <= kMaxInlineBlockBytes) {
      chunk.inline_block = std::move(block);
    } else {
      auto done = sink({chunk.first, chunk.address}, std::move(block));
      if (!done) return std::unexpected(std::move(done.error()));
    }
    root.chunks.push_back(std::move(chunk));
  }
  return root;
}

Result<EndpointList> ReadChunkedList(const ListRoot& root, const ChunkReader& reader,
                                     ChunkCheck check) {
  EndpointListBuilder builder;
  const std::vector<const ChunkRef*> chunks = AllChunks(root);
  ReserveFor(chunks, builder);
  auto done = DecodeChunks(chunks, reader, check, builder);
  if (!done) return std::unexpected(std::move(done.error()));
  // The chunks' digests add up to the root's: DecodeRoot and WriteChunks see to that.
  return builder.FinishWithDigest(root.digest);
}

// A chunk that both lists have adds the same endpoints to each, so the diff of the rest is the diff
// of the whole, wherever the boundaries of the other chunks fall.
Result<ListDiff> DiffRoots(const ListRoot& from, const ListRoot& to, const ChunkReader& reader,
                           ChunkCheck check) {
  std::vector<const ChunkRef*> from_rest;
  std::vector<const ChunkRef*> to_rest;
  auto i = from.chunks.begin();
  auto j = to.chunks.begin();
  while (i != from.chunks.end() || j != to.chunks.end()) {
    const bool has_both = i != from.chunks.end() && j != to.chunks.end();
    if (has_both && i->first == j->first && i->address == j->address && i->count == j->count) {
      ++i;
      ++j;
    } else if (j == to.chunks.end() || (has_both && i->first < j->first)) {
      from_rest.push_back(&*i++);
    } else {
      to_rest.push_back(&*j++);
    }
  }
  EndpointListBuilder from_list;
  EndpointListBuilder to_list;
  auto done = DecodeChunks(from_rest, reader, check, from_list);
  if (done) done = DecodeChunks(to_rest, reader, check, to_list);
  if (!done) return std::unexpected(std::move(done.error()));
  return Diff(from_list.FinishWithDigest(SumOfAddresses(from_rest)),
              to_list.FinishWithDigest(SumOfAddresses(to_rest)));
}

Result<EndpointList> ReadChunksAround(const ListRoot& root, const ChunkReader& reader,
                                      std::span<const EndpointKey> keys, ChunkCheck check) {
  std::vector<const ChunkRef*> wanted;
  for (const EndpointKey& key : keys) {
    const ChunkRef* chunk = ChunkFor(root, key);
    if (chunk != nullptr && (wanted.empty() || wanted.back() != chunk)) wanted.push_back(chunk);
  }
  EndpointListBuilder builder;
  ReserveFor(wanted, builder);
  auto done = DecodeChunks(wanted, reader, check, builder);
  if (!done) return std::unexpected(std::move(done.error()));
  return builder.FinishWithDigest({});
}

Result<FoundValue> FindInChunks(const ListRoot& root, const ChunkReader& reader,
                                const EndpointKey& key) {
  FoundValue found;
  const ChunkRef* const chunk = ChunkFor(root, key);
  if (chunk == nullptr) return found;
  EndpointListBuilder builder;
  auto done = DecodeChunks({chunk}, reader, ChunkCheck::kDigest, builder);
  if (!done) return std::unexpected(std::move(done.error()));
  const EndpointList list = builder.FinishWithDigest(chunk->address);
  const size_t i = list.Find(key);
  if (i == list.size()) return found;
  const EndpointValue value = list.Value(i);
  found.found = true;
  found.weight = value.weight;
  found.attributes = value.attributes;
  return found;
}

}  // namespace switchback
