// Who has an address, over a table of 100,000 IDs.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "measurements.h"
#include "random_lists.h"
#include "switchback/provenance.h"
#include "timing.h"

namespace switchback::targets {
namespace {

constexpr uint32_t kEndpoints = 20;

// The first endpoint of an ID in the middle of the table, as it is now.
AddressQuery SomeAddress(const Store& store, uint32_t ids) {
  const ListHandle list = Must(store.Read(IdOf(ids / 2)));
  return {list->list->Key(0).address, 32};
}

double SecondsToAsk(const View& view, const AddressQuery& query, bool ever, uint64_t& found) {
  return SecondsOfWork([&] {
    found = 0;
    if (ever) {
      const auto stays = Must(view.WhoEverHad(query, ""));
      while (Must(stays->Next())) ++found;
    } else {
      const auto holders = Must(view.WhoHas(query, std::nullopt, ""));
      while (Must(holders->Next())) ++found;
    }
  });
}

Row AskRow(const Context& context, const View& view, const AddressQuery& query, bool ever,
           std::string name, const std::string& what) {
  std::vector<double> times;
  uint64_t found = 0;
  for (int i = 0; i < (context.quick ? 3 : 7); ++i) {
    times.push_back(SecondsToAsk(view, query, ever, found) * 1e3);
  }
  if (found == 0) End("nobody has an address that was taken from a list");
  Row row = MakeRow(std::move(name), what, "< 1 s", Median(times), "ms", std::nullopt);
  row.met = row.measured < 1000;
  row.note = fmt::format("{} found", found);
  return row;
}

}  // namespace

Rows WhoHasAnAddress(const Context& context) {
  const uint32_t ids = context.quick ? 10'000 : 100'000;
  const std::string path = context.scratch.Fresh("who-has");
  const auto store = CreateStore(path);
  RandomLists lists(ids, kEndpoints);
  Must(store->Commit(lists.First(), CommitAs(0, Durability::kBuffered)));
  for (uint64_t i = 0; i < uint64_t{2} * ids; ++i) {
    Must(store->Commit(lists.EditAny(), CommitAs(i, Durability::kBuffered)));
  }
  Must(store->Compact());
  const auto view = Must(store->NewView());
  const AddressQuery query = SomeAddress(*store, ids);
  const std::string table =
      fmt::format("{} IDs of {} endpoints, {} versions", ids, kEndpoints, uint64_t{3} * ids);
  return {AskRow(context, *view, query, /*ever=*/false, "who-has",
                 "who has an address now, and since when: " + table),
          AskRow(context, *view, query, /*ever=*/true, "who-has-history",
                 "every stay of an address that ever was: " + table)};
}

}  // namespace switchback::targets
