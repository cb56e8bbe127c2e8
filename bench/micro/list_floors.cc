// Floors of list_bench: the same bytes merely copied or hashed; the same keys merely searched.
#include <algorithm>
#include <cstring>
#include <random>

#include "codec/hash.h"
#include "list/digest.h"
#include "micro/last_made.h"
#include "micro/list_benches.h"
#include "micro/program.h"

namespace switchback::bench {
namespace {

// As many bytes as the list takes in memory, where a column of equal values takes none.
void CopyColumns(benchmark::State& state, const ListCase& at) {
  CopyBytes(state, std::string(SharedList(at.distribution, at.size).MemoryBytes(), 'x'));
}

void CopyText(benchmark::State& state, const ListCase& at) {
  CopyBytes(state, TextOf(SharedList(at.distribution, at.size)));
}

// All canonical bytes in one piece, where a digest takes an endpoint at a time.
void HashCanonical(benchmark::State& state, const ListCase& at) {
  std::string bytes;
  for (const Endpoint& endpoint : SharedList(at.distribution, at.size)) {
    AppendCanonicalBytes(endpoint, bytes);
  }
  for (auto _ : state) benchmark::DoNotOptimize(HashBytes(bytes));
  CountBytes(state, bytes.size());
}

// In the bare column of addresses; what is looked for is there.
void SearchAddresses(benchmark::State& state, const ListCase& at) {
  const std::vector<uint32_t>& addresses = SharedList(at.distribution, at.size).ipv4_addresses();
  std::mt19937_64 random(3);
  std::vector<uint32_t> wanted(1024);
  for (uint32_t& address : wanted) address = addresses[random() % addresses.size()];
  size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(std::ranges::lower_bound(addresses, wanted[next++ % wanted.size()]));
  }
}

}  // namespace

void CopyBytes(benchmark::State& state, const std::string& bytes) {
  std::string to(bytes.size(), '\0');
  for (auto _ : state) {
    std::memcpy(to.data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(to.data());
    benchmark::ClobberMemory();
  }
  CountBytes(state, bytes.size());
}

void RegisterListFloors(const ListCase& at) {
  const std::string point = ListPoint(at.distribution, at.size);
  const auto add = [&](const std::string& what, void (*body)(benchmark::State&, const ListCase&)) {
    MeasureOn(FloorAt(what, point), "", at, body);
  };
  add("Memcpy/Text", CopyText);
  add("Memcpy/Columns", CopyColumns);
  add("Xxh3/Canonical", HashCanonical);
  add("BinarySearch", SearchAddresses);
}

}  // namespace switchback::bench
