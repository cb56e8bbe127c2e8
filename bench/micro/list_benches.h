// The parts of list_bench, one a file.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>
#include <vector>

#include "micro/lists.h"

namespace switchback::bench {

// "size:N/data:NAME".
[[nodiscard]] std::string ListPoint(Distribution distribution, size_t size);

// A list's place on the axes: uniform lists of all sizes, the others at one size.
struct ListCase {
  Distribution distribution;
  size_t size;
};
[[nodiscard]] std::vector<ListCase> ListCases();

// Floor/Memcpy/Text, Floor/Memcpy/Columns, Floor/Xxh3/Canonical, Floor/BinarySearch at a ListPoint,
// and Floor/Memcpy/Script at edits:N and versions:N.
[[nodiscard]] std::string FloorAt(const std::string& what, const std::string& point);

// The floor of what writes or reads these bytes: a copy of them.
void CopyBytes(benchmark::State& state, const std::string& bytes);

// Of `points`, the numbers of edits that suit the list: no more than it has endpoints, and of the
// longest lists, whose setup is slow, just 100.
[[nodiscard]] std::vector<size_t> EditsFor(const ListCase& at, std::vector<size_t> points);

// Floors of the one list come first, then what is measured against them.
void RegisterListFloors(const ListCase& at);
void RegisterTextBenches(const ListCase& at);
void RegisterBlockBenches(const ListCase& at);
void RegisterChunkBenches(const ListCase& at);
void RegisterDiffBenches(const ListCase& at);
void RegisterScriptBenches();  // scripts do not know how large the lists are

}  // namespace switchback::bench
