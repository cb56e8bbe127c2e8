// What the driver knows of a history: which revision touched which ID. Questions are drawn from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace switchback::compare {

struct HistoryIndex {
  struct Id {
    std::string text;
    std::vector<uint32_t> revisions;  // that touched it, ascending
  };
  struct Touch {
    uint32_t id = 0;  // in `ids`
    uint32_t revision = 0;
  };
  std::vector<Id> ids;         // by birth
  std::vector<Touch> touches;  // in the history's order
  uint32_t revisions = 0;
  uint64_t lines_in_history = 0;  // those past the limit too

  // How many IDs are born at or before a revision.
  [[nodiscard]] size_t BornBy(uint32_t revision) const;
};

HistoryIndex IndexHistory(const std::string& path, uint64_t limit);

}  // namespace switchback::compare
