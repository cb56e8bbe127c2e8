// What both benchmark programs share: how a benchmark and its floor are named, and the run itself.
//
// A benchmark is named Area/What/AXIS:VALUE/... . A floor, named Floor/..., is what the same bytes
// cost with nothing around them; a benchmark's label is "floor=NAME" with the whole name of its
// floor in the same run, so that a reader of the JSON output can print ratios.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "switchback/error.h"

namespace switchback::bench {

using Registered = benchmark::internal::Benchmark;

// Registers `body(state)` under `name`; `floor` empty: none.
template <typename Body>
Registered* Measure(const std::string& name, const std::string& floor, Body body) {
  return benchmark::RegisterBenchmark(name.c_str(), [floor, body](benchmark::State& state) {
    body(state);
    if (!floor.empty() && state.thread_index() == 0) state.SetLabel("floor=" + floor);
  });
}

// The same of a body that is told what to measure on.
template <typename On>
Registered* MeasureOn(const std::string& name, const std::string& floor, const On& on,
                      void (*body)(benchmark::State&, const On&)) {
  return Measure(name, floor, [on, body](benchmark::State& state) { body(state, on); });
}

// Google Benchmark's suffix to the name of what is measured with UseRealTime().
[[nodiscard]] inline std::string RealTime(const std::string& name) {
  return name + "/real_time";
}

[[noreturn]] inline void Die(std::string_view why) {
  std::fprintf(stderr, "bench: %.*s\n", static_cast<int>(why.size()), why.data());
  std::exit(1);
}

template <typename T>
T Must(Result<T> result) {
  if (!result) Die(result.error().message);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// Endpoints a second, from how many one iteration deals with.
inline void CountItems(benchmark::State& state, size_t an_iteration) {
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(an_iteration));
}
inline void CountBytes(benchmark::State& state, size_t an_iteration) {
  state.SetBytesProcessed(state.iterations() * static_cast<int64_t>(an_iteration));
}

// Runs what is registered, as the command line says (Google Benchmark's options). `versions` go
// into the output's context beside compiler, build type and processor.
int RunBenchmarks(int argc, char** argv,
                  const std::vector<std::pair<std::string, std::string>>& versions);

}  // namespace switchback::bench
