// The changes of one line of a history, packed: 56 bytes for an ID with three endpoints, where
// an IdChange takes 700. A line may name a million IDs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "switchback/change.h"
#include "switchback/endpoint.h"
#include "switchback/types.h"

namespace switchback::cli {

class PackedChanges {
 public:
  // One ID after the other: Begin, its edits, Finish.
  void Begin(const BusinessId& id);
  // Removes match their value too.
  void Add(bool remove, const Endpoint& endpoint);
  // Edits, or with `deletes` a delete whose removes they are.
  void Finish(bool deletes);

  // Puts them in order of IDs; to be called before they are read.
  // Returns the IDs that stand twice.
  [[nodiscard]] std::vector<BusinessId> Sort();

  [[nodiscard]] size_t size() const { return places_.size(); }
  [[nodiscard]] bool empty() const { return places_.empty(); }
  // Of the ID under way.
  [[nodiscard]] size_t edits() const { return edits_; }
  // REQUIRES: sorted.
  [[nodiscard]] bool Contains(std::string_view id) const;
  // The i-th in order. REQUIRES: sorted; i < size().
  [[nodiscard]] IdChange operator[](size_t i) const;
  [[nodiscard]] std::string_view id(size_t i) const { return IdAt(places_[i]); }
  // Its edits, and whether they are the removes of a delete.
  [[nodiscard]] EditStep Step(size_t i) const;

 private:
  // A change lies in one piece, and a piece holds many: one string would be copied as it grows, and
  // then be up to twice as long as what is in it.
  struct Place {
    uint32_t piece;
    uint32_t at;
  };

  [[nodiscard]] std::string_view IdAt(const Place& place) const;

  std::vector<std::string> pieces_;
  std::vector<Place> places_;
  uint32_t edits_ = 0;
};

// Hands them to a commit. Borrows `changes`, which must be sorted.
class PackedChangesReader final : public ChangeReader {
 public:
  explicit PackedChangesReader(const PackedChanges& changes) : changes_(changes) {}

  [[nodiscard]] Result<void> Rewind() override {
    next_ = 0;
    return {};
  }
  [[nodiscard]] Result<std::optional<IdChange>> Next() override {
    if (next_ == changes_.size()) return std::nullopt;
    return changes_[next_++];
  }
  [[nodiscard]] size_t size_hint() const override { return changes_.size(); }

 private:
  const PackedChanges& changes_;
  size_t next_ = 0;
};

}  // namespace switchback::cli
