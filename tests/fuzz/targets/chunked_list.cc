// Two drawn lists in chunks: the split against one that goes bit by bit, reading them back, finding
// keys, and comparing the roots against comparing the lists.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/drawn.h"
#include "fuzz/well_formed.h"
#include "list/chunk.h"
#include "list/map_chunks.h"

namespace switchback {
namespace {

// The bit `i` of family, address, prefix length (8 bits) and port (16 bits).
bool Bit(const EndpointKey& key, size_t i) {
  const bool ipv6 = key.address.family == Family::kIPv6;
  if (i == 0) return ipv6;
  const size_t address_bits = ipv6 ? 128 : 32;
  if (--i < address_bits) {
    i += 128 - address_bits;
    return ((i < 64 ? key.address.high >> (63 - i) : key.address.low >> (127 - i)) & 1) != 0;
  }
  i -= address_bits;
  return ((i < 8 ? key.prefix_length >> (7 - i) : key.port >> (23 - i)) & 1) != 0;
}

// The beginnings of the chunks of [begin, end), which share the first `bit` bits.
void SplitNaively(const EndpointList& list, size_t begin, size_t end, size_t bit,
                  std::vector<size_t>& out) {
  if (begin == end) return;
  if (end - begin <= kMaxChunkEndpoints) return out.push_back(begin);
  size_t middle = begin;
  while (middle < end && !Bit(list.Key(middle), bit)) ++middle;
  SplitNaively(list, begin, middle, bit + 1, out);
  SplitNaively(list, middle, end, bit + 1, out);
}

void RequireCanonicalSplit(const EndpointList& list) {
  std::vector<size_t> expected;
  SplitNaively(list, 0, list.size(), 0, expected);
  const std::vector<ChunkRange> ranges = SplitIntoChunks(list);
  Require(std::ranges::equal(ranges, expected, {}, &ChunkRange::begin),
          "a list is split in another way bit by bit");
  for (size_t i = 0; i < ranges.size(); ++i) {
    Require(ranges[i].end == (i + 1 < ranges.size() ? ranges[i + 1].begin : list.size()),
            "chunks do not follow on one another");
  }
}

ListRoot Store(const EndpointList& list, MapChunks& chunks) {
  RequireCanonicalSplit(list);
  std::string bytes;
  EncodeRoot(WriteChunks(list, chunks.Sink()).value(), bytes);
  Result<ListRoot> root = DecodeRoot(bytes);
  Require(root.has_value(), "a root that was just written is refused");
  const Result<EndpointList> read = ReadChunkedList(*root, chunks);
  Require(read.has_value(), "a list that was just written is refused");
  RequireSameList(*read, list, "a list is another one read from its chunks");
  return *std::move(root);
}

void RequireFound(const EndpointList& list, const ListRoot& root, const MapChunks& chunks,
                  const EndpointKey& key) {
  const size_t at = list.Find(key);
  const Result<FoundValue> found = FindInChunks(root, chunks, key);
  Require(found && found->found == (at != list.size()), "a key is found in one of both only");
  if (!found->found) return;
  Require(EndpointValue{found->weight, found->attributes} == list.Value(at),
          "a key has another value in the chunks");
}

void Try(std::string_view bytes) {
  Drawn in(bytes, /*max_run=*/1500);  // some chunks
  Model model = in.List();
  const EndpointList from = FromModel(model);
  for (size_t edits = in.Byte() % 4; edits > 0; --edits) in.Edit(model);
  const EndpointList to = FromModel(model);
  MapChunks chunks;
  const ListRoot from_root = Store(from, chunks);
  const ListRoot to_root = Store(to, chunks);
  const Result<ListDiff> diff = DiffRoots(from_root, to_root, chunks);
  Require(diff.has_value(), "two lists that were just written can't be compared");
  RequireSameDiff(*diff, Diff(from, to), "the diff of the roots is another than of the lists");
  std::vector<EndpointKey> keys;
  while (!in.empty() && keys.size() < 32) keys.push_back(in.Key());
  for (const EndpointKey& key : keys) RequireFound(from, from_root, chunks, key);
  std::ranges::sort(keys);
  keys.erase(std::ranges::unique(keys).begin(), keys.end());
  const Result<EndpointList> around = ReadChunksAround(to_root, chunks, keys);
  Require(around.has_value(), "the chunks around some keys can't be read");
  for (const EndpointKey& key : keys) {
    Require(around->Contains(key) == to.Contains(key), "a key is lost in the chunks around it");
  }
}

const RegisterFuzzTarget kTarget("chunked_list", Try);

}  // namespace
}  // namespace switchback
