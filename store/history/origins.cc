#include "history/origins.h"

#include <fmt/format.h>

#include "history/row_keys.h"
#include "history/store_row.h"

namespace switchback {
namespace {

// Of rows that are missing one after the other; more, and it is their number that is damaged.
constexpr uint64_t kMostMissing = 1024;

Result<Origin> ReadOrigin(const EngineView& view, uint64_t number) {
  std::string value;
  const Result<bool> found = view.Get(Space::kState, OriginKey(number), value);
  Result<Origin> origin = found ? DecodeOrigin(value) : std::unexpected(found.error());
  if (found && !*found) origin = Fail(ErrorCode::kDataLoss, "its row is missing");
  if (!origin) {
    origin.error().message = fmt::format("origin {}: {}", number, origin.error().message);
  }
  return origin;
}

}  // namespace

Result<void> Origins::Load(const EngineView& view, uint64_t interned) {
  uint64_t missing = 0;
  for (uint64_t number = count() + 1; number <= interned; ++number) {
    Result<Origin> origin = ReadOrigin(view, number);
    if (origin) {
      Add(*origin);
      missing = 0;
      continue;
    }
    if (origin.error().code != ErrorCode::kDataLoss) return std::unexpected(origin.error());
    if (++missing > kMostMissing) {
      return Fail(ErrorCode::kDataLoss,
                  fmt::format("the store row says that there are {} origins, there are {}",
                              interned, number - missing));
    }
    const std::lock_guard lock(mutex_);
    by_number_.push_back(std::move(origin));
  }
  return {};
}

Result<Origin> Origins::Get(uint64_t number) const {
  const std::lock_guard lock(mutex_);
  if (number == 0 || number > by_number_.size()) {
    return Fail(ErrorCode::kDataLoss,
                fmt::format("a row names origin {}, the store has {}", number, by_number_.size()));
  }
  return by_number_[number - 1];
}

std::optional<uint64_t> Origins::Find(const Origin& origin) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_origin_.find(origin);
  if (found == by_origin_.end()) return std::nullopt;
  return found->second;
}

uint64_t Origins::Add(const Origin& origin) {
  const std::lock_guard lock(mutex_);
  by_number_.emplace_back(origin);
  by_origin_.emplace(origin, by_number_.size());
  return by_number_.size();
}

void Origins::TakeBack() {
  const std::lock_guard lock(mutex_);
  by_origin_.erase(*by_number_.back());
  by_number_.pop_back();
}

uint64_t Origins::count() const {
  const std::lock_guard lock(mutex_);
  return by_number_.size();
}

}  // namespace switchback
