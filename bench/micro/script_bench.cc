// Edit scripts: encoding, decoding, and folding a run of them. All over a list of 100,000 uniform
// endpoints; only the edits count.
#include "list/script.h"

#include <numeric>

#include "micro/axes.h"
#include "micro/last_made.h"
#include "micro/list_benches.h"
#include "micro/program.h"

namespace switchback::bench {
namespace {

constexpr size_t kListSize = 100'000;
constexpr size_t kEditsAVersion = 10;

const EndpointList& Base() {
  return SharedList(Distribution::kUniform, kListSize);
}

const ListDiff& DiffOf(size_t edits) {
  static LastMade<size_t, ListDiff> last;
  return last.Get(edits, [&] { return MakeEdits(Base(), Distribution::kUniform, edits, 6); });
}

std::string ScriptOf(const ListDiff& diff) {
  std::string script;
  EncodeScript(diff, script);
  return script;
}

// Scripts of versions that follow one on another.
const std::vector<std::string>& ScriptsOf(size_t versions) {
  static LastMade<size_t, std::vector<std::string>> last;
  return last.Get(versions, [&] {
    std::vector<std::string> scripts;
    EndpointList list = MakeList(Distribution::kUniform, 10'000, 7);
    for (size_t i = 0; i < versions; ++i) {
      const ListDiff diff = MakeEdits(list, Distribution::kUniform, kEditsAVersion, 100 + i);
      scripts.push_back(ScriptOf(diff));
      list = Must(Apply(list, diff));
    }
    return scripts;
  });
}

void Encode(benchmark::State& state, size_t edits) {
  const ListDiff& diff = DiffOf(edits);
  std::string script;
  for (auto _ : state) {
    script.clear();
    EncodeScript(diff, script);
  }
  CountItems(state, edits);
  state.counters["bytes"] = static_cast<double>(script.size());
}

void Decode(benchmark::State& state, size_t edits) {
  const std::string script = ScriptOf(DiffOf(edits));
  for (auto _ : state) benchmark::DoNotOptimize(Must(DecodeScript(script)));
  CountItems(state, edits);
}

void Fold(benchmark::State& state, size_t versions) {
  const std::vector<std::string>& scripts = ScriptsOf(versions);
  for (auto _ : state) {
    ScriptFolder folder;
    for (const std::string& script : scripts) Must(folder.Add(script));
    benchmark::DoNotOptimize(Must(folder.Finish()));
  }
  CountItems(state, versions * kEditsAVersion);
}

}  // namespace

void RegisterScriptBenches() {
  for (const size_t edits : Points({1, 10, 100, 1'000, 10'000}, {1, 100, 10'000})) {
    const std::string point = At("edits", edits);
    const std::string floor = FloorAt("Memcpy/Script", point);
    Measure(floor, "",
            [edits](benchmark::State& state) { CopyBytes(state, ScriptOf(DiffOf(edits))); });
    Measure("Script/Encode/" + point, floor,
            [edits](benchmark::State& state) { Encode(state, edits); });
    Measure("Script/Decode/" + point, floor,
            [edits](benchmark::State& state) { Decode(state, edits); });
  }
  for (const size_t versions : Points({1, 10, 100, 1'000}, {10, 1'000})) {
    const std::string point = At("versions", versions);
    const std::string floor = FloorAt("Memcpy/Script", point);
    Measure(floor, "", [versions](benchmark::State& state) {
      const std::vector<std::string>& scripts = ScriptsOf(versions);
      CopyBytes(state, std::accumulate(scripts.begin(), scripts.end(), std::string()));
    });
    Measure("Script/Fold/" + point, floor,
            [versions](benchmark::State& state) { Fold(state, versions); });
  }
}

}  // namespace switchback::bench
