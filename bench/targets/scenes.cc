#include "scenes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace switchback::targets {

void End(const std::string& message) {
  std::fprintf(stderr, "targets: %s\n", message.c_str());
  std::exit(8);
}

OwnedEndpoint Host(uint32_t address, uint32_t weight) {
  return {{{Family::kIPv4, 0, address}, 32, 8000}, weight, {}};
}

BusinessId IdOf(uint64_t number) {
  return Must(BusinessId::Parse(fmt::format("{}", 300'000 + number)));
}

CommitOptions CommitAs(uint64_t number, Durability durability) {
  CommitOptions options;
  options.operation = Operation::kEdit;
  options.author = fmt::format("operator-{}", number % 10);
  options.message = fmt::format("change {} of pool {}", number, number % 37);
  options.ticket = fmt::format("OPS-{}", 10'000 + number % 5'000);
  options.durability = durability;
  return options;
}

std::unique_ptr<Store> CreateStore(const std::string& path, size_t list_cache_bytes) {
  CreateOptions options{"bench", {}};
  options.open.list_cache_bytes = list_cache_bytes;
  options.open.origin = {"bench", "localhost", "targets", "1"};
  return Must(Store::Create(path, options));
}

std::unique_ptr<Store> OpenStore(const std::string& path, bool read_only) {
  OpenOptions options;
  options.read_only = read_only;
  options.origin = {"bench", "localhost", "targets", "1"};
  return Must(Store::Open(path, options));
}

namespace {

constexpr uint32_t kTenNet = 0x0a000000;

uint32_t FirstAddress(uint32_t id) {
  return kTenNet + id * 256;
}

}  // namespace

Change SmallLists::First() const {
  Change change;
  for (uint32_t id = 0; id < ids_; ++id) {
    EndpointListBuilder builder;
    for (uint32_t i = 0; i < endpoints_; ++i) {
      builder.Append(Host(FirstAddress(id) + 2 * i).view());
    }
    change.ids.push_back({IdOf(id), Replace{builder.Finish()}, std::nullopt});
  }
  return change;
}

Change SmallLists::Edit(uint32_t id) {
  const uint32_t step = steps_[id]++;
  // Between the first addresses; the one that an even step adds is the one that the next removes.
  const uint32_t place = (id * 7919 + step / 2 * 2654435761U) >> 8;
  const OwnedEndpoint host = Host(FirstAddress(id) + 2 * (place % 120) + 1);
  EditEndpoints edits;
  edits.edits.push_back({step % 2 == 0 ? EditKind::kAdd : EditKind::kRemove, host, false});
  Change change;
  change.ids.push_back({IdOf(id), std::move(edits), std::nullopt});
  return change;
}

LargeList::LargeList(uint32_t endpoints) : id_(Must(BusinessId::Parse("large"))) {
  used_.reserve(endpoints);
  while (addresses_.size() < endpoints) {
    const auto address = static_cast<uint32_t>(random_());
    if (used_.insert(address).second) addresses_.push_back(address);
  }
}

Change LargeList::First() const {
  std::vector<uint32_t> sorted = addresses_;
  std::ranges::sort(sorted);
  EndpointListBuilder builder;
  for (const uint32_t address : sorted) builder.Append(Host(address).view());
  Change change;
  change.ids.push_back({id_, Replace{builder.Finish()}, std::nullopt});
  return change;
}

Change LargeList::Edit(int edits) {
  EditEndpoints all;
  for (int i = 0; i < edits; ++i) {
    if (i % 2 == 0) {
      uint32_t address = static_cast<uint32_t>(random_());
      while (!used_.insert(address).second) address = static_cast<uint32_t>(random_());
      all.edits.push_back({EditKind::kAdd, Host(address), false});
      addresses_.push_back(address);
    } else {
      // Not one that this very edit has added: those stand at the end.
      const size_t at = random_() % (addresses_.size() - static_cast<size_t>(edits));
      all.edits.push_back({EditKind::kRemove, Host(addresses_[at]), false});
      used_.erase(addresses_[at]);
      // The order of those behind stays, so that the newest remain at the end.
      addresses_[at] = addresses_[addresses_.size() - static_cast<size_t>(edits)];
      addresses_.erase(addresses_.end() - edits);
    }
  }
  Change change;
  change.ids.push_back({id_, std::move(all), std::nullopt});
  return change;
}

}  // namespace switchback::targets
