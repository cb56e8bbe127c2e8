// guard_workload NAME: does one fixed piece of work and prints what it comes to, one JSON object.
// tools/guard runs all of them, those of kind "instructions" under callgrind, and compares.
//
// guard_workload --list: the names, and what the program was built with.
#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

#include "guard/counted_section.h"
#include "guard/workload.h"

namespace switchback::guard {
namespace {

std::array<std::span<const Workload>, 3> AllWorkloads() {
  return {ListWorkloads(), StoreWorkloads(), DiskWorkloads()};
}

#if defined(__OPTIMIZE__) && defined(NDEBUG)
constexpr bool kOptimized = true;
#else
constexpr bool kOptimized = false;
#endif

std::string_view MeasureName(Measure measure) {
  return measure == Measure::kInstructions ? "instructions" : "figures";
}

void PrintList() {
  fmt::print(R"({{"optimized":{},"counts_instructions":{},"compiler":"{}","workloads":[)",
             kOptimized, kCanCount, __VERSION__);
  const char* separator = "";
  for (const auto& workloads : AllWorkloads()) {
    for (const Workload& workload : workloads) {
      fmt::print(R"({}{{"name":"{}","measure":"{}"}})", separator, workload.name,
                 MeasureName(workload.measure));
      separator = ",";
    }
  }
  fmt::print("]}}\n");
}

void PrintOutcome(const Workload& workload, const Outcome& outcome) {
  fmt::print(R"({{"name":"{}","units":{},"unit":"{}","figures":[)", workload.name, outcome.units,
             workload.unit);
  const char* separator = "";
  for (const Figure& figure : outcome.figures) {
    fmt::print(R"({}{{"name":"{}","value":{},"unit":"{}"}})", separator, figure.name, figure.value,
               figure.unit);
    separator = ",";
  }
  fmt::print("]}}\n");
}

int Run(std::string_view name) {
  for (const auto& workloads : AllWorkloads()) {
    for (const Workload& workload : workloads) {
      if (workload.name != name) continue;
      PrintOutcome(workload, workload.run());
      return 0;
    }
  }
  fmt::print(stderr, "guard_workload: no workload \"{}\"; --list names them\n", name);
  return 2;
}

}  // namespace
}  // namespace switchback::guard

int main(int argc, char** argv) {
  const std::string_view argument = argc == 2 ? argv[1] : "";
  if (argument == "--list") {
    switchback::guard::PrintList();
    return 0;
  }
  if (argument.empty() || argument.starts_with("-")) {
    fmt::print(stderr, "usage: guard_workload NAME | --list\n");
    return 2;
  }
  return switchback::guard::Run(argument);
}
