// Micro benchmarks of the list layer, with no store: text, blocks, digests, chunks, diffs, scripts.
#include "micro/axes.h"
#include "micro/list_benches.h"
#include "micro/program.h"

namespace switchback::bench {

std::string ListPoint(Distribution distribution, size_t size) {
  return At("size", size) + "/data:" + std::string(NameOf(distribution));
}

std::vector<ListCase> ListCases() {
  std::vector<ListCase> cases;
  for (const size_t size : Sizes(10'000'000)) cases.push_back({Distribution::kUniform, size});
  const size_t size = Quick() ? 10'000 : 100'000;
  for (const Distribution distribution : kSkewed) cases.push_back({distribution, size});
  return cases;
}

std::string FloorAt(const std::string& what, const std::string& point) {
  return "Floor/" + what + "/" + point;
}

std::vector<size_t> EditsFor(const ListCase& at, std::vector<size_t> points) {
  const bool longest = at.size > 1'000'000;
  std::erase_if(points, [&](size_t edits) { return longest ? edits != 100 : edits > at.size; });
  return points;
}

namespace {

void RegisterAll() {
  for (const ListCase& at : ListCases()) {
    RegisterListFloors(at);
    RegisterTextBenches(at);
    RegisterBlockBenches(at);
    RegisterChunkBenches(at);
    RegisterDiffBenches(at);
  }
  RegisterScriptBenches();
}

}  // namespace
}  // namespace switchback::bench

int main(int argc, char** argv) {
  switchback::bench::RegisterAll();
  return switchback::bench::RunBenchmarks(argc, argv, {});
}
