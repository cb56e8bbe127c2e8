#include "micro/program.h"

#include <fstream>
#include <iterator>

#include "micro/axes.h"

namespace switchback::bench {
namespace {

// From /proc/cpuinfo; "unknown" where that has no such line.
std::string Processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("model name")) continue;
    const size_t value = line.find_first_not_of(" \t", line.find(':') + 1);
    return value == std::string::npos ? "unknown" : line.substr(value);
  }
  return "unknown";
}

void AddContext(const std::vector<std::pair<std::string, std::string>>& versions) {
  benchmark::AddCustomContext("compiler", SWITCHBACK_BENCH_COMPILER);
  benchmark::AddCustomContext("build_type", SWITCHBACK_BENCH_BUILD_TYPE);
  benchmark::AddCustomContext("processor", Processor());
  benchmark::AddCustomContext("quick", Quick() ? "yes" : "no");
  for (const auto& [what, version] : versions) benchmark::AddCustomContext(what, version);
}

void WarnUnlessOptimised() {
#ifndef NDEBUG
  std::fputs("bench: WARNING: built with assertions: times mean nothing, use the release preset\n",
             stderr);
#endif
#ifndef __OPTIMIZE__
  std::fputs("bench: WARNING: built without optimisation: times mean nothing\n", stderr);
#endif
}

}  // namespace

int RunBenchmarks(int argc, char** argv,
                  const std::vector<std::pair<std::string, std::string>>& versions) {
  WarnUnlessOptimised();
  // Some hundred benchmarks: the default of half a second each would take too long. What the
  // command line says comes later, so it counts.
  std::string min_time = Quick() ? "--benchmark_min_time=0.02" : "--benchmark_min_time=0.1";
  std::vector<char*> arguments = {argv[0], min_time.data()};
  arguments.insert(arguments.end(), argv + 1, argv + argc);
  auto count = static_cast<int>(arguments.size());
  arguments.push_back(nullptr);
  benchmark::SetDefaultTimeUnit(benchmark::kMicrosecond);
  benchmark::Initialize(&count, arguments.data());
  if (benchmark::ReportUnrecognizedArguments(count, arguments.data())) return 1;
  AddContext(versions);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace switchback::bench
