#include "cli/input/expected_versions.h"

#include <algorithm>

namespace switchback::cli {

void ExpectedVersions::Add(const BusinessId& id, Version version) {
  places_.push_back({version.value, ids_.size(), static_cast<uint8_t>(id.text().size())});
  ids_ += id.text();
}

std::vector<BusinessId> ExpectedVersions::Sort() {
  std::ranges::sort(places_, {}, [this](const Place& place) { return IdAt(place); });
  std::vector<BusinessId> twice;
  for (size_t i = 1; i < places_.size(); ++i) {
    if (id(i) == id(i - 1)) twice.push_back(*BusinessId::Parse(id(i)));
  }
  return twice;
}

std::optional<Version> ExpectedVersions::Find(std::string_view id) const {
  const auto at =
      std::ranges::lower_bound(places_, id, {}, [this](const Place& place) { return IdAt(place); });
  if (at == places_.end() || IdAt(*at) != id) return std::nullopt;
  return Version{at->version};
}

}  // namespace switchback::cli
