#include "guard/sample_table.h"

#include <algorithm>
#include <set>
#include <utility>

#include "guard/workload.h"

namespace switchback::guard {
namespace {

constexpr uint32_t kFirstAddress = 1U << 24U;
constexpr uint32_t kAddresses = 223U << 24U;

uint32_t DrawAddress(std::mt19937_64& random) {
  return kFirstAddress + static_cast<uint32_t>(random() % kAddresses);
}

}  // namespace

OwnedEndpoint Host(uint32_t address, uint32_t weight) {
  return {{{Family::kIPv4, 0, address}, 32, kPort}, weight, {}};
}

EndpointList UniformList(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::set<uint32_t> addresses;
  while (addresses.size() < count) addresses.insert(DrawAddress(random));
  EndpointListBuilder builder;
  builder.Reserve(count, 0);
  for (const uint32_t address : addresses) builder.Append(Host(address).view());
  return builder.Finish();
}

std::string ShuffledText(const EndpointList& list, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<size_t> order(list.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  for (size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  std::string text;
  for (const size_t i : order) {
    AppendEndpoint(list[i], text);
    text += '\n';
  }
  return text;
}

Clock SteppedClock::clock() const {
  return {[micros = micros_] { return Timestamp{*micros}; }, [](Timestamp) { return 0; }};
}

SampleTable::SampleTable(size_t ids, size_t endpoints, uint64_t seed) : random_(seed) {
  pools_.resize(ids);
  for (size_t number = 0; number < ids; ++number) {
    ids_.push_back(*BusinessId::Parse("pool-" + std::to_string(number)));
    Pool& pool = pools_[number];
    while (pool.hosts.size() < endpoints) {
      const uint32_t address = DrawAddress(random_);
      if (pool.weights.emplace(address, kFirstWeight).second) pool.hosts.push_back(address);
    }
  }
}

Change SampleTable::FirstLists() const {
  Change change;
  for (size_t number = 0; number < ids_.size(); ++number) {
    EndpointListBuilder builder;
    for (const auto& [address, weight] : pools_[number].weights) {
      builder.Append(Host(address, weight).view());
    }
    change.ids.push_back({ids_[number], Replace{builder.Finish()}, std::nullopt});
  }
  return change;
}

EndpointEdit SampleTable::NextEdit(Pool& pool, std::map<uint32_t, bool>& touched) {
  const uint64_t kind = random_() % 10;
  if (kind < 4 || pool.hosts.size() <= touched.size()) {
    uint32_t address = DrawAddress(random_);
    while (pool.weights.contains(address) || touched.contains(address)) {
      address = DrawAddress(random_);
    }
    pool.hosts.push_back(address);
    pool.weights[address] = kFirstWeight;
    touched[address] = true;
    return {EditKind::kAdd, Host(address), false};
  }
  size_t at = random_() % pool.hosts.size();
  while (touched.contains(pool.hosts[at])) at = random_() % pool.hosts.size();
  const uint32_t address = pool.hosts[at];
  touched[address] = true;
  uint32_t& weight = pool.weights[address];
  if (kind < 8) {
    const EndpointEdit removal{EditKind::kRemove, Host(address, weight), true};
    pool.weights.erase(address);
    pool.hosts[at] = pool.hosts.back();
    pool.hosts.pop_back();
    return removal;
  }
  weight = static_cast<uint32_t>((weight + random_() % 199) % 200 + 1);  // any but the present one
  return {EditKind::kSet, Host(address, weight), false};
}

Change SampleTable::NextChange(size_t edits) {
  const size_t number = random_() % ids_.size();
  std::map<uint32_t, bool> touched;
  EditEndpoints made;
  for (size_t i = 0; i < edits; ++i) made.edits.push_back(NextEdit(pools_[number], touched));
  Change change;
  change.ids.push_back({ids_[number], std::move(made), std::nullopt});
  return change;
}

CommitOptions SampleTable::NextOptions(Durability durability) {
  static constexpr const char* kAuthors[] = {"ann", "ben", "chen", "dana", "eli",
                                             "fay", "gus", "hana", "ivo",  "jun"};
  CommitOptions options;
  options.operation = Operation::kEdit;
  options.author = kAuthors[random_() % std::size(kAuthors)];
  options.message = "change " + std::to_string(++commits_) + " of the table";
  options.ticket = "OPS-" + std::to_string(10'000 + random_() % 90'000);
  options.durability = durability;
  return options;
}

void FillStore(Store& store, SampleTable& table, SteppedClock& clock, size_t commits,
               size_t edits) {
  Must(store.Commit(table.FirstLists(), table.NextOptions()));
  for (size_t i = 0; i < commits; ++i) {
    clock.Step();
    Must(store.Commit(table.NextChange(edits), table.NextOptions()));
  }
}

CreateOptions MakeOptions(const SteppedClock& clock) {
  CreateOptions options;
  options.environment = "test";
  options.open.clock = clock.clock();
  options.open.origin = {"guard", "localhost", "guard_workload", "1"};
  return options;
}

std::unique_ptr<Store> MakeMemoryStore(const SteppedClock& clock) {
  return Must(Store::CreateInMemory(MakeOptions(clock)));
}

}  // namespace switchback::guard
