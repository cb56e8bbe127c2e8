#include "scenes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace switchback::targets {

void End(const std::string& message) {
  throw Ending(message);
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

LargeList::LargeList(uint32_t endpoints, EditMix mix)
    : id_(Must(BusinessId::Parse("large"))), mix_(mix) {
  used_.reserve(endpoints);
  while (addresses_.size() < endpoints) {
    const auto address = static_cast<uint32_t>(random_());
    if (used_.insert(address).second) addresses_.push_back(address);
  }
}

OwnedEndpoint LargeList::AtWeight(uint32_t address) const {
  const auto changed = weights_.find(address);
  return changed == weights_.end() ? Host(address) : Host(address, changed->second);
}

Change LargeList::First() const {
  std::vector<uint32_t> sorted = addresses_;
  std::ranges::sort(sorted);
  EndpointListBuilder builder;
  for (const uint32_t address : sorted) builder.Append(AtWeight(address).view());
  Change change;
  change.ids.push_back({id_, Replace{builder.Finish()}, std::nullopt});
  return change;
}

EditKind LargeList::KindOf(int edit) const {
  if (mix_ == EditMix::kHostsAndWeights) {
    edit %= 5;
    if (edit == 4) return EditKind::kSet;
  }
  return edit % 2 == 0 ? EditKind::kAdd : EditKind::kRemove;
}

size_t LargeList::Take(size_t& untouched) {
  std::swap(addresses_[random_() % untouched], addresses_[untouched - 1]);
  return --untouched;
}

OwnedEndpoint LargeList::Add() {
  auto address = static_cast<uint32_t>(random_());
  while (!used_.insert(address).second) address = static_cast<uint32_t>(random_());
  addresses_.push_back(address);
  return Host(address);
}

OwnedEndpoint LargeList::Remove(size_t& untouched) {
  const size_t at = Take(untouched);
  const OwnedEndpoint gone = AtWeight(addresses_[at]);
  used_.erase(addresses_[at]);
  weights_.erase(addresses_[at]);
  addresses_[at] = addresses_.back();
  addresses_.pop_back();
  return gone;
}

OwnedEndpoint LargeList::ChangeWeight(size_t& untouched) {
  const uint32_t address = addresses_[Take(untouched)];
  const auto step = static_cast<uint32_t>(1 + random_() % (kWeights - 1));  // never to the same
  uint32_t& weight = weights_.try_emplace(address, kFirstWeight).first->second;
  weight = (weight + step) % kWeights;
  return Host(address, weight);
}

Change LargeList::Edit(int edits) {
  size_t untouched = addresses_.size();
  EditEndpoints all;
  for (int i = 0; i < edits; ++i) {
    const EditKind kind = KindOf(i);
    OwnedEndpoint endpoint = kind == EditKind::kAdd      ? Add()
                             : kind == EditKind::kRemove ? Remove(untouched)
                                                         : ChangeWeight(untouched);
    all.edits.push_back({kind, std::move(endpoint), false});
  }
  Change change;
  change.ids.push_back({id_, std::move(all), std::nullopt});
  return change;
}

}  // namespace switchback::targets
