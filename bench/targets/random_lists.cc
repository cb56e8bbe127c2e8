#include "random_lists.h"

#include <algorithm>
#include <utility>

#include "scenes.h"

namespace switchback::targets {

RandomLists::RandomLists(uint32_t ids, uint32_t endpoints) : lists_(ids) {
  for (Entries& entries : lists_) {
    while (entries.size() < endpoints) entries.push_back({.address = NewAddress(entries)});
  }
}

uint32_t RandomLists::NewAddress(const Entries& entries) {
  while (true) {
    const auto address = static_cast<uint32_t>(random_());
    if (std::ranges::find(entries, address, &Entry::address) == entries.end()) return address;
  }
}

Change RandomLists::First() const {
  Change change;
  for (uint32_t id = 0; id < lists_.size(); ++id) {
    Entries sorted = lists_[id];
    std::ranges::sort(sorted, {}, &Entry::address);
    EndpointListBuilder builder;
    for (const Entry& entry : sorted) builder.Append(Host(entry.address, entry.weight).view());
    change.ids.push_back({IdOf(id), Replace{builder.Finish()}, std::nullopt});
  }
  return change;
}

EndpointEdit RandomLists::Insert(Entries& entries) {
  entries.push_back({.address = NewAddress(entries)});
  return {EditKind::kAdd, Host(entries.back().address, entries.back().weight), false};
}

EndpointEdit RandomLists::Delete(Entries& entries) {
  std::swap(entries[random_() % entries.size()], entries.back());
  const Entry gone = entries.back();
  entries.pop_back();
  return {EditKind::kRemove, Host(gone.address, gone.weight), false};
}

EndpointEdit RandomLists::ChangeWeight(Entries& entries) {
  Entry& entry = entries[random_() % entries.size()];
  entry.weight = (entry.weight + 1 + static_cast<uint32_t>(random_() % (kWeights - 1))) % kWeights;
  return {EditKind::kSet, Host(entry.address, entry.weight), false};
}

Change RandomLists::EditAny() {
  const auto id = static_cast<uint32_t>(random_() % lists_.size());
  Entries& entries = lists_[id];
  const uint32_t kind = random_() % 10;
  EditEndpoints edits;
  if (kind < 4 || entries.empty()) {
    edits.edits.push_back(Insert(entries));
  } else {
    edits.edits.push_back(kind < 8 ? Delete(entries) : ChangeWeight(entries));
  }
  Change change;
  change.ids.push_back({IdOf(id), std::move(edits), std::nullopt});
  return change;
}

}  // namespace switchback::targets
