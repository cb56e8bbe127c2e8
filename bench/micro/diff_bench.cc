// Two lists in memory: diff, and a diff applied.
#include "micro/axes.h"
#include "micro/last_made.h"
#include "micro/list_benches.h"
#include "micro/program.h"

namespace switchback::bench {
namespace {

struct Edited {
  ListDiff diff;
  EndpointList after;
};

const Edited& EditedAt(const ListCase& at, size_t edits) {
  static LastMade<std::pair<std::string, size_t>, Edited> last;
  return last.Get({ListPoint(at.distribution, at.size), edits}, [&] {
    const EndpointList& list = SharedList(at.distribution, at.size);
    Edited made;
    made.diff = MakeEdits(list, at.distribution, edits, 5);
    made.after = Must(Apply(list, made.diff));
    return made;
  });
}

void DiffLists(benchmark::State& state, const ListCase& at, size_t edits) {
  const EndpointList& list = SharedList(at.distribution, at.size);
  const Edited& edited = EditedAt(at, edits);
  for (auto _ : state) {
    if (Diff(list, edited.after).size() != edited.diff.size()) state.SkipWithError("not the diff");
  }
  CountItems(state, at.size);
}

void ApplyDiff(benchmark::State& state, const ListCase& at, size_t edits) {
  const EndpointList& list = SharedList(at.distribution, at.size);
  const Edited& edited = EditedAt(at, edits);
  for (auto _ : state) benchmark::DoNotOptimize(Must(Apply(list, edited.diff)));
  CountItems(state, at.size);
}

}  // namespace

void RegisterDiffBenches(const ListCase& at) {
  const std::string point = ListPoint(at.distribution, at.size);
  const std::string floor = FloorAt("Memcpy/Columns", point);
  for (const size_t edits : EditsFor(at, Points({1, 10, 100, 10'000}, {100}))) {
    const std::string full_point = point + "/" + At("edits", edits);
    Measure("List/Diff/" + full_point, floor,
            [at, edits](benchmark::State& state) { DiffLists(state, at, edits); });
    Measure("List/Apply/" + full_point, floor,
            [at, edits](benchmark::State& state) { ApplyDiff(state, at, edits); });
  }
}

}  // namespace switchback::bench
