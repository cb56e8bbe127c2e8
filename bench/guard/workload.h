// A workload of the guard: the same work whenever and wherever it runs, so that its figure changes
// only with the code. One a process, so that none moves the figure of another.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "switchback/error.h"

namespace switchback::guard {

enum class Measure : uint8_t {
  kInstructions,  // callgrind counts; the outcome says over how many units
  kFigures,       // the workload counts bytes and file operations itself
};

struct Figure {
  std::string name;
  double value = 0;
  std::string unit;
};

struct Outcome {
  uint64_t units = 0;           // kInstructions
  std::vector<Figure> figures;  // kFigures
};

struct Workload {
  std::string_view name;
  Measure measure;
  std::string_view unit;  // kInstructions: of what there are `units`
  Outcome (*run)();
};

[[nodiscard]] std::span<const Workload> ListWorkloads();
[[nodiscard]] std::span<const Workload> StoreWorkloads();
[[nodiscard]] std::span<const Workload> DiskWorkloads();

// A workload that fails says nothing about cost: it ends the program.
[[noreturn]] inline void Fail(const std::string& message) {
  std::fprintf(stderr, "guard_workload: %s\n", message.c_str());
  std::exit(8);
}

inline void Must(const Result<void>& result) {
  if (!result) Fail(result.error().message);
}
template <typename T>
T Must(Result<T> result) {
  if (!result) Fail(result.error().message);
  return *std::move(result);
}

// Keeps a result from being computed for nobody.
template <typename T>
void Use(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

}  // namespace switchback::guard
