// Blocks of a chunk's size, the digest over a list, and the search for one key.
#include <random>

#include "list/block.h"
#include "list/chunk.h"
#include "list/digest.h"
#include "micro/list_benches.h"
#include "micro/program.h"

namespace switchback::bench {
namespace {

std::vector<std::string> BlocksOf(const EndpointList& list, const std::vector<ChunkRange>& ranges) {
  std::vector<std::string> blocks;
  blocks.reserve(ranges.size());
  for (const ChunkRange& range : ranges) {
    EncodeBlock(list, range.begin, range.end, blocks.emplace_back());
  }
  return blocks;
}

void Encode(benchmark::State& state, const ListCase& at) {
  const EndpointList& list = SharedList(at.distribution, at.size);
  const std::vector<ChunkRange> ranges = SplitIntoChunks(list);
  std::string out;
  size_t bytes = 0;
  for (auto _ : state) {
    bytes = 0;
    for (const ChunkRange& range : ranges) {
      out.clear();
      EncodeBlock(list, range.begin, range.end, out);
      bytes += out.size();
    }
  }
  CountItems(state, at.size);
  state.counters["bytes_an_endpoint"] =
      static_cast<double>(bytes) / static_cast<double>(list.size());
}

void Decode(benchmark::State& state, const ListCase& at) {
  const EndpointList& list = SharedList(at.distribution, at.size);
  const std::vector<std::string> blocks = BlocksOf(list, SplitIntoChunks(list));
  for (auto _ : state) {
    EndpointListBuilder builder;
    builder.Reserve(list.ipv4_count(), list.size() - list.ipv4_count());
    for (const std::string& block : blocks) {
      ByteReader in(block);
      if (!DecodeBlock(in, kMaxChunkEndpoints, builder)) state.SkipWithError("damaged");
    }
    benchmark::DoNotOptimize(builder.FinishWithDigest(list.digest()));
  }
  CountItems(state, at.size);
}

void SumDigests(benchmark::State& state, const ListCase& at) {
  const EndpointList& list = SharedList(at.distribution, at.size);
  for (auto _ : state) benchmark::DoNotOptimize(DigestOfRange(list, 0, list.size()));
  CountItems(state, at.size);
}

void Contains(benchmark::State& state, const ListCase& at) {
  const EndpointList& list = SharedList(at.distribution, at.size);
  std::mt19937_64 random(3);
  std::vector<EndpointKey> wanted(1024);
  for (EndpointKey& key : wanted) key = list.Key(random() % list.size());
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(list.Contains(wanted[next++ % wanted.size()]));
  }
}

}  // namespace

void RegisterBlockBenches(const ListCase& at) {
  const std::string point = ListPoint(at.distribution, at.size);
  const auto add = [&](const std::string& name, const std::string& floor,
                       void (*body)(benchmark::State&, const ListCase&)) {
    Measure("List/" + name + "/" + point, FloorAt(floor, point),
            [at, body](benchmark::State& state) { body(state, at); });
  };
  add("EncodeBlocks", "Memcpy/Columns", Encode);
  add("DecodeBlocks", "Memcpy/Columns", Decode);
  add("Digest", "Xxh3/Canonical", SumDigests);
  add("Contains", "BinarySearch", Contains);
}

}  // namespace switchback::bench
