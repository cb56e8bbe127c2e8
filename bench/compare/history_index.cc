#include "bench/compare/history_index.h"

#include <algorithm>
#include <unordered_map>

#include "bench/compare/history_reader.h"

namespace switchback::compare {

size_t HistoryIndex::BornBy(uint32_t revision) const {
  const auto end = std::ranges::upper_bound(ids, revision, {},
                                            [](const Id& id) { return id.revisions.front(); });
  return static_cast<size_t>(end - ids.begin());
}

HistoryIndex IndexHistory(const std::string& path, uint64_t limit) {
  HistoryIndex index;
  std::unordered_map<std::string, uint32_t> numbers;
  HistoryReader reader(path, limit);
  while (const auto line = reader.Next()) {
    index.revisions = static_cast<uint32_t>(line->revision);
    for (const IdChange& change : line->changes) {
      const auto [at, is_new] =
          numbers.try_emplace(change.id, static_cast<uint32_t>(index.ids.size()));
      if (is_new) index.ids.push_back({change.id, {}});
      index.ids[at->second].revisions.push_back(index.revisions);
      index.touches.push_back({at->second, index.revisions});
    }
  }
  index.lines_in_history = reader.CountAll();
  return index;
}

}  // namespace switchback::compare
