// Which IDs are chosen: by a pattern, by name, or both.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "switchback/selector.h"
#include "switchback/types.h"

namespace switchback {

class IdFilter {
 public:
  // `glob` empty: all; `ids` absent: all.
  IdFilter(std::string glob, std::optional<std::vector<BusinessId>> ids)
      : glob_(std::move(glob)), ids_(std::move(ids)) {
    if (ids_) std::ranges::sort(*ids_);
  }
  [[nodiscard]] bool Matches(const BusinessId& id) const {
    return (glob_.empty() || GlobMatches(glob_, id.text())) &&
           (!ids_ || std::ranges::binary_search(*ids_, id));
  }

 private:
  std::string glob_;
  std::optional<std::vector<BusinessId>> ids_;  // sorted
};

}  // namespace switchback
