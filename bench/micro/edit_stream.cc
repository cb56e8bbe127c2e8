#include "micro/edit_stream.h"

#include <algorithm>

#include "micro/lists.h"

namespace switchback::bench {
namespace {

constexpr uint16_t kPort = 8000;
constexpr uint32_t kWeight = 100;

EndpointKey Host(uint32_t address) {
  return {{Family::kIPv4, 0, address}, 32, kPort};
}

EndpointEdit Edit(EditKind kind, uint32_t address, uint32_t weight = kWeight) {
  return {kind, {Host(address), weight, {}}, false};
}

struct Mix {
  size_t adds;
  size_t removes;
  size_t changes;
};

// One edit is an add; removes leave something of even the shortest list.
Mix MixOf(size_t edits, size_t list_size) {
  Mix mix{0, 0, 0};
  mix.changes = std::min(edits / 5, list_size / 4);
  mix.removes = std::min((edits - mix.changes) / 2, list_size / 2);
  mix.adds = edits - mix.changes - mix.removes;
  return mix;
}

}  // namespace

CommitOptions EditOptions(Durability durability) {
  CommitOptions options;
  options.operation = Operation::kEdit;
  options.author = "bench";
  options.message = "edit";
  options.ticket = "OPS-12345";
  options.durability = durability;
  return options;
}

EditStream::EditStream(size_t size, uint64_t seed) : random_(seed) {
  first_ = SortedAddresses(size, random_);
  present_ = first_;
}

EndpointList EditStream::FirstList() const {
  EndpointListBuilder builder;
  builder.Reserve(first_.size(), 0);
  for (const uint32_t address : first_) builder.Append({Host(address), {kWeight, {}}});
  return builder.Finish();
}

bool EditStream::Has(uint32_t address) const {
  if (added_.contains(address)) return true;
  return std::ranges::binary_search(first_, address) && !removed_.contains(address);
}

uint32_t EditStream::NewAddress(const std::unordered_set<uint32_t>& touched) {
  while (true) {
    const auto address = static_cast<uint32_t>(random_());
    if (!Has(address) && !touched.contains(address)) return address;
  }
}

size_t EditStream::AnyPlace(const std::unordered_set<uint32_t>& touched) {
  while (true) {
    const size_t place = random_() % present_.size();
    if (!touched.contains(present_[place])) return place;
  }
}

EndpointKey EditStream::AnyKey() {
  return Host(present_[random_() % present_.size()]);
}

EditEndpoints EditStream::Next(size_t edits) {
  const Mix mix = MixOf(edits, present_.size());
  std::unordered_set<uint32_t> touched;
  EditEndpoints made;
  made.edits.reserve(edits);
  for (size_t i = 0; i < mix.changes; ++i) {
    const uint32_t address = present_[AnyPlace(touched)];
    touched.insert(address);
    weight_ = weight_ % 1000 + 1;
    made.edits.push_back(Edit(EditKind::kSet, address, weight_));
  }
  for (size_t i = 0; i < mix.removes; ++i) {
    const size_t place = AnyPlace(touched);
    const uint32_t address = present_[place];
    touched.insert(address);
    present_[place] = present_.back();
    present_.pop_back();
    if (added_.erase(address) == 0) removed_.insert(address);
    made.edits.push_back(Edit(EditKind::kRemove, address));
  }
  for (size_t i = 0; i < mix.adds; ++i) {
    const uint32_t address = NewAddress(touched);
    touched.insert(address);
    present_.push_back(address);
    if (removed_.erase(address) == 0) added_.insert(address);
    made.edits.push_back(Edit(EditKind::kAdd, address));
  }
  return made;
}

Toggle EditStream::NextToggle(size_t edits) {
  const Mix mix = MixOf(edits, present_.size());
  std::unordered_set<uint32_t> touched;
  Toggle toggle;
  for (size_t i = 0; i < mix.changes + mix.removes; ++i) {
    const uint32_t address = present_[AnyPlace(touched)];
    touched.insert(address);
    const bool change = i < mix.changes;
    toggle.there.edits.push_back(change ? Edit(EditKind::kSet, address, 2001)
                                        : Edit(EditKind::kRemove, address));
    toggle.back.edits.push_back(Edit(EditKind::kSet, address, 2002));
  }
  for (size_t i = 0; i < mix.adds; ++i) {
    const uint32_t address = NewAddress(touched);
    touched.insert(address);
    toggle.there.edits.push_back(Edit(EditKind::kSet, address));
    toggle.back.edits.push_back(Edit(EditKind::kRemove, address));
  }
  return toggle;
}

}  // namespace switchback::bench
