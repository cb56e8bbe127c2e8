#include "history/read_ahead_view.h"

namespace switchback {

Result<void> ReadAheadView::Fetch(Space space, std::vector<std::string> keys) {
  Fetched& fetched = fetched_[static_cast<size_t>(space)];
  fetched.clear();
  if (keys.empty()) return {};
  auto values = below_->MultiGet(space, keys);
  // One of them is damaged: then each is read by itself, and only who needs that one is told.
  if (!values && values.error().code == ErrorCode::kDataLoss) return {};
  if (!values) return std::unexpected(values.error());
  fetched.reserve(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    fetched.emplace(std::move(keys[i]), std::move((*values)[i]));
  }
  return {};
}

Result<bool> ReadAheadView::Get(Space space, std::string_view key, std::string& value) const {
  const Fetched& fetched = fetched_[static_cast<size_t>(space)];
  const auto found = fetched.find(key);
  if (found == fetched.end()) return below_->Get(space, key, value);
  value = found->second.value_or(std::string());
  return found->second.has_value();
}

}  // namespace switchback
