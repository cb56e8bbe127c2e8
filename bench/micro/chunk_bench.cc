// Chunked lists: building, reading whole, and diffing by what differs.
#include "list/chunk.h"

#include "micro/axes.h"
#include "micro/chunk_map.h"
#include "micro/last_made.h"
#include "micro/list_benches.h"
#include "micro/program.h"

namespace switchback::bench {
namespace {

void Write(benchmark::State& state, const ListCase& at) {
  const EndpointList& list = SharedList(at.distribution, at.size);
  size_t bytes = 0;
  size_t chunks = 0;
  for (auto _ : state) {
    bytes = 0;
    const ListRoot root = Must(WriteChunks(list, [&bytes](const ChunkName&, std::string&& block) {
      bytes += block.size();
      return Result<void>();
    }));
    std::string encoded;
    EncodeRoot(root, encoded);
    bytes += encoded.size();
    chunks = root.chunks.size();
  }
  CountItems(state, at.size);
  state.counters["bytes_an_endpoint"] =
      static_cast<double>(bytes) / static_cast<double>(list.size());
  state.counters["chunks"] = static_cast<double>(chunks);
}

struct ChunkedList {
  ChunkMap chunks;
  ListRoot root;
};

const ChunkedList& ChunkedAt(const ListCase& at) {
  static LastMade<std::string, ChunkedList> last;
  return last.Get(ListPoint(at.distribution, at.size), [&] {
    ChunkedList made;
    made.root = Must(WriteChunks(SharedList(at.distribution, at.size), made.chunks.Sink()));
    return made;
  });
}

void Read(benchmark::State& state, const ListCase& at, ChunkCheck check) {
  const ChunkedList& chunked = ChunkedAt(at);
  for (auto _ : state) {
    benchmark::DoNotOptimize(Must(ReadChunkedList(chunked.root, chunked.chunks, check)));
  }
  CountItems(state, at.size);
}

struct ChunkedPair {
  ChunkMap chunks;
  ListRoot from;
  ListRoot to;
};

const ChunkedPair& PairAt(const ListCase& at, size_t edits) {
  static LastMade<std::pair<std::string, size_t>, ChunkedPair> last;
  return last.Get({ListPoint(at.distribution, at.size), edits}, [&] {
    const EndpointList& list = SharedList(at.distribution, at.size);
    const EndpointList after = Must(Apply(list, MakeEdits(list, at.distribution, edits, 4)));
    ChunkedPair made;
    made.from = Must(WriteChunks(list, made.chunks.Sink()));
    made.to = Must(WriteChunks(after, made.chunks.Sink()));
    return made;
  });
}

void DiffChunked(benchmark::State& state, const ListCase& at, size_t edits) {
  const ChunkedPair& pair = PairAt(at, edits);
  for (auto _ : state) {
    benchmark::DoNotOptimize(Must(DiffRoots(pair.from, pair.to, pair.chunks, ChunkCheck::kForm)));
  }
}

}  // namespace

void RegisterChunkBenches(const ListCase& at) {
  const std::string point = ListPoint(at.distribution, at.size);
  const std::string columns = FloorAt("Memcpy/Columns", point);
  Measure("List/WriteChunks/" + point, FloorAt("Xxh3/Canonical", point),
          [at](benchmark::State& state) { Write(state, at); });
  Measure("List/ReadChunks/" + point, columns,
          [at](benchmark::State& state) { Read(state, at, ChunkCheck::kForm); });
  // As verify reads: every endpoint hashed again.
  Measure("List/ReadChunksChecked/" + point, FloorAt("Xxh3/Canonical", point),
          [at](benchmark::State& state) { Read(state, at, ChunkCheck::kDigest); });
  for (const size_t edits : EditsFor(at, Points({10, 100, 1'000}, {100}))) {
    Measure("List/DiffChunks/" + point + "/" + At("edits", edits), "",
            [at, edits](benchmark::State& state) { DiffChunked(state, at, edits); });
  }
}

}  // namespace switchback::bench
