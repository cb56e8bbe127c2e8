// Versions that IDs are expected at, packed: 24 bytes and the ID's own. A line may name a million.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/types.h"

namespace switchback::cli {

class ExpectedVersions {
 public:
  void Add(const BusinessId& id, Version version);
  // Puts them in order of IDs; to be called before they are looked up.
  // Returns the IDs that stand twice.
  [[nodiscard]] std::vector<BusinessId> Sort();

  [[nodiscard]] size_t size() const { return places_.size(); }
  [[nodiscard]] bool empty() const { return places_.empty(); }
  // The i-th in order. REQUIRES: sorted; i < size().
  [[nodiscard]] std::string_view id(size_t i) const { return IdAt(places_[i]); }
  // REQUIRES: sorted.
  [[nodiscard]] std::optional<Version> Find(std::string_view id) const;

 private:
  struct Place {
    uint64_t version;
    size_t at;
    uint8_t id_bytes;
  };

  [[nodiscard]] std::string_view IdAt(const Place& place) const {
    return std::string_view(ids_).substr(place.at, place.id_bytes);
  }

  std::string ids_;
  std::vector<Place> places_;
};

}  // namespace switchback::cli
