// The canonical split: the nodes of a binary trie over the bits of the key (family, address, prefix
// length, port) that hold at most kMaxChunkEndpoints while their parents hold more. It depends on
// the list alone. One endpoint more or less splits or joins the chunks of one node at most, and no
// choice of addresses makes a chunk longer than the limit.

#include <array>
#include <bit>

#include "list/chunk.h"

namespace switchback {
namespace {

// The bits of a key within its family, most significant first.
using KeyBits = std::array<uint64_t, 3>;

KeyBits BitsOf(const EndpointList& list, size_t i) {
  const EndpointKey key = list.Key(i);
  return {key.address.high, key.address.low, uint64_t{key.prefix_length} << 16 | key.port};
}

// The first bit in which the ends of a sorted range differ: all before it are equal throughout.
// As (word, mask). REQUIRES: the keys differ.
struct BitPlace {
  size_t word;
  uint64_t mask;
};
BitPlace FirstDifference(const KeyBits& a, const KeyBits& b) {
  size_t word = 0;
  while (a[word] == b[word]) ++word;
  return {word, std::bit_floor(a[word] ^ b[word])};
}

// The first index in [begin, end) whose key has the bit. REQUIRES: they share all bits before it.
size_t FirstWithBit(const EndpointList& list, size_t begin, size_t end, BitPlace bit) {
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    if ((BitsOf(list, middle)[bit.word] & bit.mask) == 0) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

// The range of one node and of all below it. Depth is at most the bits of a key, 153.
void Split(const EndpointList& list, size_t begin, size_t end, std::vector<ChunkRange>& out) {
  if (begin == end) return;
  if (end - begin <= kMaxChunkEndpoints) {
    out.push_back({begin, end});
    return;
  }
  const BitPlace bit = FirstDifference(BitsOf(list, begin), BitsOf(list, end - 1));
  const size_t middle = FirstWithBit(list, begin, end, bit);
  Split(list, begin, middle, out);
  Split(list, middle, end, out);
}

}  // namespace

std::vector<ChunkRange> SplitIntoChunks(const EndpointList& list) {
  std::vector<ChunkRange> ranges;
  if (list.size() <= kMaxChunkEndpoints) {
    if (!list.empty()) ranges.push_back({0, list.size()});
    return ranges;
  }
  ranges.reserve(2 * list.size() / kMaxChunkEndpoints);
  // The family is the first bit of the key.
  Split(list, 0, list.ipv4_count(), ranges);
  Split(list, list.ipv4_count(), list.size(), ranges);
  return ranges;
}

}  // namespace switchback
