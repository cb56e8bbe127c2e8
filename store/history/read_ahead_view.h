// A view that fetches many rows at once ahead of their being asked for one by one: neighbours in a
// table share the look-up of their block. Answers are those of the view below, which never change.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/engine.h"

namespace switchback {

// For one thread at a time, unlike other views.
class ReadAheadView final : public EngineView {
 public:
  explicit ReadAheadView(std::unique_ptr<EngineView> below) : below_(std::move(below)) {}

  // These rows, and no longer those fetched of this space before; where one is damaged, none.
  // Errors: as MultiGet, but for kDataLoss.
  [[nodiscard]] Result<void> Fetch(Space space, std::vector<std::string> keys);

  [[nodiscard]] Result<bool> Get(Space space, std::string_view key,
                                 std::string& value) const override;
  [[nodiscard]] Result<std::vector<std::optional<std::string>>> MultiGet(
      Space space, std::span<const std::string> keys) const override {
    return below_->MultiGet(space, keys);
  }
  [[nodiscard]] std::unique_ptr<Iterator> Scan(Space space, std::string_view lower,
                                               std::string_view upper) const override {
    return below_->Scan(space, lower, upper);
  }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };
  using Fetched =
      std::unordered_map<std::string, std::optional<std::string>, Hash, std::equal_to<>>;

  const std::unique_ptr<EngineView> below_;
  std::array<Fetched, kSpaceCount> fetched_;
};

}  // namespace switchback
