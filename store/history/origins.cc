#include "history/origins.h"

#include <fmt/format.h>

#include "history/row_keys.h"
#include "history/store_row.h"

namespace switchback {

Result<void> Origins::Load(const EngineView& view) {
  const auto rows =
      view.Scan(Space::kState, OriginKey(count() + 1), PrefixEnd(std::string(1, kOriginPrefix)));
  for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
    if (rows->key() != OriginKey(count() + 1)) {
      return Fail(ErrorCode::kDataLoss,
                  fmt::format("the row of origin {} is missing", count() + 1));
    }
    Result<Origin> origin = DecodeOrigin(rows->value());
    if (!origin) return std::unexpected(origin.error());
    Add(*origin);
  }
  return rows->status();
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
  by_number_.push_back(origin);
  by_origin_.emplace(origin, by_number_.size());
  return by_number_.size();
}

void Origins::TakeBack() {
  const std::lock_guard lock(mutex_);
  by_origin_.erase(by_number_.back());
  by_number_.pop_back();
}

uint64_t Origins::count() const {
  const std::lock_guard lock(mutex_);
  return by_number_.size();
}

}  // namespace switchback
