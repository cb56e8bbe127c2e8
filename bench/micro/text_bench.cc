// Text to list and back: what `set` and `get` spend beside the store.
#include "micro/last_made.h"
#include "micro/list_benches.h"
#include "micro/program.h"
#include "switchback/text.h"

namespace switchback::bench {
namespace {

enum class Order { kCanonical, kShuffled };

const std::string& TextAt(const ListCase& at, Order order) {
  static LastMade<std::pair<std::string, Order>, std::string> text;
  return text.Get({ListPoint(at.distribution, at.size), order}, [&] {
    const EndpointList& list = SharedList(at.distribution, at.size);
    return order == Order::kCanonical ? TextOf(list) : ShuffledTextOf(list);
  });
}

void Parse(benchmark::State& state, const ListCase& at, Order order) {
  const std::string& text = TextAt(at, order);
  for (auto _ : state) {
    const Result<ParsedList> parsed = ParseEndpointList(text, "text");
    if (!parsed || parsed->list.size() != at.size) state.SkipWithError("not the list");
  }
  CountItems(state, at.size);
}

void Print(benchmark::State& state, const ListCase& at) {
  const EndpointList& list = SharedList(at.distribution, at.size);
  std::string text;
  for (auto _ : state) {
    text.clear();
    for (const Endpoint& endpoint : list) {
      AppendEndpoint(endpoint, text);
      text += '\n';
    }
    benchmark::DoNotOptimize(text.data());
  }
  CountItems(state, at.size);
}

}  // namespace

void RegisterTextBenches(const ListCase& at) {
  const std::string point = ListPoint(at.distribution, at.size);
  const std::string floor = FloorAt("Memcpy/Text", point);
  Measure("List/Parse/" + point, floor,
          [at](benchmark::State& state) { Parse(state, at, Order::kCanonical); });
  // Parsed, sorted, every tenth line dropped as a duplicate.
  Measure("List/Canonicalise/" + point, floor,
          [at](benchmark::State& state) { Parse(state, at, Order::kShuffled); });
  Measure("List/Print/" + point, floor, [at](benchmark::State& state) { Print(state, at); });
}

}  // namespace switchback::bench
