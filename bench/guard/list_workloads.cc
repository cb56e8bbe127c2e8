// Workloads below the store: text, blocks, chunks, scripts, diffs of lists in memory.
#include <map>
#include <utility>

#include "guard/counted_section.h"
#include "guard/sample_table.h"
#include "guard/workload.h"
#include "list/block.h"
#include "list/chunk.h"
#include "list/digest.h"
#include "list/script.h"
#include "switchback/text.h"

namespace switchback::guard {
namespace {

constexpr size_t kEndpoints = 100'000;
constexpr uint64_t kSeed = 7;

EndpointList LargeList() {
  return UniformList(kEndpoints, kSeed);
}

// Every `step`-th endpoint gone, and as many new ones.
EndpointList Edited(const EndpointList& list, size_t step) {
  const EndpointList fresh = UniformList(list.size() / step, kSeed + 1);
  std::map<EndpointKey, EndpointValue> endpoints;
  for (size_t i = 0; i < list.size(); ++i) {
    if (i % step != 0) endpoints.emplace(list.Key(i), list.Value(i));
  }
  for (const Endpoint endpoint : fresh) endpoints.emplace(endpoint.key, endpoint.value);
  EndpointListBuilder builder;
  for (const auto& [key, value] : endpoints) builder.Append({key, value});
  return builder.Finish();
}

Outcome ParseText() {
  const std::string text = ShuffledText(LargeList(), kSeed);
  {
    const CountedSection counted;
    Use(Must(ParseEndpointList(text, "guard")));
  }
  return {kEndpoints, {}};
}

Outcome FormatText() {
  const EndpointList list = LargeList();
  std::string text;
  text.reserve(kEndpoints * 40);
  {
    const CountedSection counted;
    for (const Endpoint endpoint : list) {
      AppendEndpoint(endpoint, text);
      text += '\n';
    }
  }
  Use(text);
  return {kEndpoints, {}};
}

Outcome EncodeBlocks() {
  const EndpointList list = LargeList();
  const std::vector<ChunkRange> ranges = SplitIntoChunks(list);
  std::string block;
  {
    const CountedSection counted;
    for (const ChunkRange& range : ranges) {
      block.clear();
      EncodeBlock(list, range.begin, range.end, block);
    }
  }
  return {kEndpoints, {}};
}

Outcome DecodeBlocks() {
  const EndpointList list = LargeList();
  std::vector<std::string> blocks;
  for (const ChunkRange& range : SplitIntoChunks(list)) {
    EncodeBlock(list, range.begin, range.end, blocks.emplace_back());
  }
  {
    const CountedSection counted;
    EndpointListBuilder builder;
    builder.Reserve(list.size(), 0);
    for (const std::string& block : blocks) {
      ByteReader in(block);
      Must(DecodeBlock(in, kMaxChunkEndpoints, builder));
    }
    Use(builder.FinishWithDigest(list.digest()));
  }
  return {kEndpoints, {}};
}

Outcome WriteAllChunks() {
  const EndpointList list = LargeList();
  {
    const CountedSection counted;
    Use(Must(WriteChunks(list, [](const ChunkName&, std::string&&) { return Result<void>(); })));
  }
  return {kEndpoints, {}};
}

Outcome SumDigests() {
  const EndpointList list = LargeList();
  {
    const CountedSection counted;
    Use(DigestOfRange(list, 0, list.size()));
  }
  return {kEndpoints, {}};
}

Outcome DiffFar() {
  const EndpointList from = LargeList();
  const EndpointList to = Edited(from, 20);
  {
    const CountedSection counted;
    Use(Diff(from, to));
  }
  return {kEndpoints, {}};
}

Outcome ApplyDiff() {
  const EndpointList from = LargeList();
  const ListDiff diff = Diff(from, Edited(from, 1'000));
  {
    const CountedSection counted;
    Use(Must(Apply(from, diff)));
  }
  return {kEndpoints, {}};
}

// Scripts of ten edits that follow one on another, as versions of one list have them.
std::vector<std::string> SomeScripts(size_t count) {
  SampleTable table(1, 10'000, kSeed);
  SteppedClock clock;
  const auto store = MakeMemoryStore(clock);
  FillStore(*store, table, clock, count, 10);
  const auto view = Must(store->NewView());
  std::vector<std::string> scripts;
  for (uint64_t version = 2; version <= count + 1; ++version) {
    EncodeScript(
        Must(view->Diff({table.id(0), Version{version - 1}}, {table.id(0), Version{version}})),
        scripts.emplace_back());
  }
  return scripts;
}

Outcome FoldScripts() {
  constexpr size_t kScripts = 500;
  const std::vector<std::string> scripts = SomeScripts(kScripts);
  {
    const CountedSection counted;
    ScriptFolder folder;
    for (const std::string& script : scripts) Must(folder.Add(script));
    Use(Must(folder.Finish()));
  }
  return {kScripts, {}};
}

constexpr Workload kWorkloads[] = {
    {"parse-text", Measure::kInstructions, "line", ParseText},
    {"format-text", Measure::kInstructions, "line", FormatText},
    {"encode-blocks", Measure::kInstructions, "endpoint", EncodeBlocks},
    {"decode-blocks", Measure::kInstructions, "endpoint", DecodeBlocks},
    {"write-chunks", Measure::kInstructions, "endpoint", WriteAllChunks},
    {"sum-digests", Measure::kInstructions, "endpoint", SumDigests},
    {"diff-far", Measure::kInstructions, "endpoint", DiffFar},
    {"apply-diff", Measure::kInstructions, "endpoint", ApplyDiff},
    {"fold-scripts", Measure::kInstructions, "script", FoldScripts},
};

}  // namespace

std::span<const Workload> ListWorkloads() {
  return kWorkloads;
}

}  // namespace switchback::guard
