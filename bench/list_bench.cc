// Micro benchmarks of the list layer: bytes an endpoint, encoding and decoding, diff, fold.
// Data: uniform IPv4 hosts with one port and one weight, seeded; see MakeList.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "list/block.h"
#include "list/chunk.h"
#include "list/digest.h"
#include "list/script.h"
#include "switchback/endpoint_list.h"

namespace switchback {
namespace {

enum class Weights { kConstant, kRandom };

EndpointList MakeList(size_t count, uint64_t seed, Weights weights = Weights::kConstant) {
  std::mt19937_64 random(seed);
  std::set<uint32_t> addresses;
  while (addresses.size() < count) addresses.insert(static_cast<uint32_t>(random()));
  EndpointListBuilder builder;
  builder.Reserve(count, 0);
  for (const uint32_t address : addresses) {
    const uint32_t weight =
        weights == Weights::kConstant ? 100 : static_cast<uint32_t>(random() % 1000);
    builder.Append({{{Family::kIPv4, 0, address}, 32, 8000}, {weight, {}}});
  }
  return builder.Finish();
}

const EndpointList& Million() {
  static const EndpointList list = MakeList(1'000'000, 1);
  return list;
}

// `list` with `edits` random endpoints replaced (a remove and an add each).
EndpointList Edited(const EndpointList& list, size_t edits, uint64_t seed) {
  std::mt19937_64 random(seed);
  ListDiff diff;
  std::set<size_t> removed;
  while (removed.size() < edits / 2) removed.insert(random() % list.size());
  std::set<uint32_t> added;
  while (added.size() < edits - edits / 2) {
    const auto address = static_cast<uint32_t>(random());
    if (!list.Contains({{Family::kIPv4, 0, address}, 32, 8000})) added.insert(address);
  }
  EndpointListBuilder removed_list;
  EndpointListBuilder added_list;
  for (const size_t i : removed) removed_list.Append(list[i]);
  for (const uint32_t address : added) {
    added_list.Append({{{Family::kIPv4, 0, address}, 32, 8000}, {100, {}}});
  }
  diff.removed = removed_list.Finish();
  diff.added = added_list.Finish();
  return Apply(list, diff).value();
}

class MapReader : public ChunkReader {
 public:
  Result<std::vector<std::string>> ReadChunks(const std::vector<Digest>& addresses) const override {
    std::vector<std::string> blocks;
    blocks.reserve(addresses.size());
    for (const Digest& address : addresses) blocks.push_back(chunks_.at(address));
    return blocks;
  }
  ChunkSink Sink() {
    return [this](const Digest& address, std::string&& block) -> Result<void> {
      bytes_ += block.size();
      chunks_[address] = std::move(block);
      return {};
    };
  }
  [[nodiscard]] size_t bytes() const { return bytes_; }

 private:
  std::map<Digest, std::string> chunks_;
  size_t bytes_ = 0;
};

void CountEndpoints(benchmark::State& state, size_t endpoints) {
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * endpoints));
}

void WriteChunked(benchmark::State& state) {
  const EndpointList& list = Million();
  size_t bytes = 0;
  size_t root_bytes = 0;
  size_t chunks = 0;
  for (auto _ : state) {
    bytes = 0;
    const ListRoot root = WriteChunks(list, [&bytes](const Digest&, std::string&& block) {
                            bytes += block.size();
                            return Result<void>();
                          }).value();
    std::string encoded;
    EncodeRoot(root, encoded);
    root_bytes = encoded.size();
    chunks = root.chunks.size();
  }
  CountEndpoints(state, list.size());
  state.counters["bytes_an_endpoint"] = static_cast<double>(bytes + root_bytes) / 1e6;
  state.counters["root_bytes_a_chunk"] =
      static_cast<double>(root_bytes) / static_cast<double>(chunks);
  state.counters["chunks"] = static_cast<double>(chunks);
}
BENCHMARK(WriteChunked)->Unit(benchmark::kMillisecond);

void ReadChunked(benchmark::State& state, const EndpointList& list, ChunkCheck check) {
  MapReader chunks;
  const ListRoot root = WriteChunks(list, chunks.Sink()).value();
  for (auto _ : state) benchmark::DoNotOptimize(ReadChunkedList(root, chunks, check));
  CountEndpoints(state, list.size());
}
BENCHMARK_CAPTURE(ReadChunked, digest, Million(), ChunkCheck::kDigest)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ReadChunked, form, Million(), ChunkCheck::kForm)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(ReadChunked, form_random_weights, MakeList(1'000'000, 2, Weights::kRandom),
                  ChunkCheck::kForm)
    ->Unit(benchmark::kMillisecond);

void DecodeBlocks(benchmark::State& state) {
  const EndpointList& list = Million();
  std::vector<std::string> blocks;
  for (const ChunkRange& range : SplitIntoChunks(list)) {
    EncodeBlock(list, range.begin, range.end, blocks.emplace_back());
  }
  for (auto _ : state) {
    EndpointListBuilder builder;
    builder.Reserve(list.size(), 0);
    for (const std::string& block : blocks) {
      ByteReader in(block);
      if (!DecodeBlock(in, kMaxChunkEndpoints, builder)) state.SkipWithError("damaged");
    }
    benchmark::DoNotOptimize(builder.FinishWithDigest(list.digest()));
  }
  CountEndpoints(state, list.size());
}
BENCHMARK(DecodeBlocks)->Unit(benchmark::kMillisecond);

void SumDigests(benchmark::State& state) {
  const EndpointList& list = Million();
  for (auto _ : state) benchmark::DoNotOptimize(DigestOfRange(list, 0, list.size()));
  CountEndpoints(state, list.size());
}
BENCHMARK(SumDigests)->Unit(benchmark::kMillisecond);

void EncodeOneScript(benchmark::State& state) {
  const EndpointList after = Edited(Million(), static_cast<size_t>(state.range(0)), 3);
  const ListDiff diff = Diff(Million(), after);
  std::string script;
  for (auto _ : state) {
    script.clear();
    EncodeScript(diff, script);
  }
  state.counters["script_bytes"] = static_cast<double>(script.size());
}
BENCHMARK(EncodeOneScript)->Arg(1)->Arg(10)->Arg(100);

void DecodeOneScript(benchmark::State& state) {
  const EndpointList after = Edited(Million(), static_cast<size_t>(state.range(0)), 3);
  std::string script;
  EncodeScript(Diff(Million(), after), script);
  for (auto _ : state) benchmark::DoNotOptimize(DecodeScript(script));
}
BENCHMARK(DecodeOneScript)->Arg(1)->Arg(10)->Arg(100);

void DiffMillion(benchmark::State& state) {
  const EndpointList after = Edited(Million(), static_cast<size_t>(state.range(0)), 4);
  for (auto _ : state) benchmark::DoNotOptimize(Diff(Million(), after));
  CountEndpoints(state, Million().size());
}
BENCHMARK(DiffMillion)->Arg(1)->Arg(100)->Arg(10'000)->Arg(500'000)->Unit(benchmark::kMillisecond);

void DiffRootsOfMillion(benchmark::State& state, ChunkCheck check) {
  const EndpointList after = Edited(Million(), static_cast<size_t>(state.range(0)), 5);
  MapReader chunks;
  const ListRoot from = WriteChunks(Million(), chunks.Sink()).value();
  const ListRoot to = WriteChunks(after, chunks.Sink()).value();
  for (auto _ : state) benchmark::DoNotOptimize(DiffRoots(from, to, chunks, check));
}
BENCHMARK_CAPTURE(DiffRootsOfMillion, digest, ChunkCheck::kDigest)
    ->Arg(100)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(DiffRootsOfMillion, form, ChunkCheck::kForm)
    ->Arg(10)
    ->Arg(100)
    ->Arg(1000)
    ->Unit(benchmark::kMicrosecond);

void ApplyToMillion(benchmark::State& state) {
  const EndpointList after = Edited(Million(), static_cast<size_t>(state.range(0)), 6);
  const ListDiff diff = Diff(Million(), after);
  for (auto _ : state) benchmark::DoNotOptimize(Apply(Million(), diff));
  CountEndpoints(state, Million().size());
}
BENCHMARK(ApplyToMillion)->Arg(10)->Arg(100'000)->Unit(benchmark::kMillisecond);

void FoldScripts(benchmark::State& state) {
  const auto count = static_cast<size_t>(state.range(0));
  std::vector<std::string> scripts;
  EndpointList list = MakeList(20'000, 7);
  for (size_t i = 0; i < count; ++i) {
    EndpointList after = Edited(list, 10, 100 + i);
    EncodeScript(Diff(list, after), scripts.emplace_back());
    list = std::move(after);
  }
  for (auto _ : state) {
    ScriptFolder folder;
    for (const std::string& script : scripts) {
      if (!folder.Add(script)) state.SkipWithError("damaged");
    }
    benchmark::DoNotOptimize(folder.Finish());
  }
}
BENCHMARK(FoldScripts)->Arg(1)->Arg(10)->Arg(100)->Arg(1000)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace switchback

BENCHMARK_MAIN();
