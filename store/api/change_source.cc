#include "api/change_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/request_hash.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

class CallerChange final : public ChangeSource {
 public:
  explicit CallerChange(std::vector<const IdChange*> sorted) : sorted_(std::move(sorted)) {}

  Result<void> Start(const ViewImpl& /*view*/) override {
    at_ = 0;
    return {};
  }
  Result<const IdChange*> Next() override {
    return at_ == sorted_.size() ? nullptr : sorted_[at_++];
  }
  Result<std::span<const IdChange* const>> Ahead(size_t limit) override {
    return std::span(sorted_).subspan(at_, std::min(limit, sorted_.size() - at_));
  }
  [[nodiscard]] size_t known_size() const override { return sorted_.size(); }
  [[nodiscard]] bool depends_on_view() const override { return false; }
  [[nodiscard]] Result<Digest> RequestHash() override {
    RequestHasher hasher;
    for (const IdChange* change : sorted_) hasher.Add(*change);
    return hasher.Finish();
  }

 private:
  const std::vector<const IdChange*> sorted_;
  size_t at_ = 0;
};

// Pointers to all of them, in order of IDs. Errors: kInvalidArgument, an ID twice or none;
// kLimitExceeded.
template <typename HasId>
Result<std::vector<const HasId*>> SortById(const std::vector<HasId>& ids) {
  if (ids.size() > kMaxIdsPerRevision) {
    return Fail(ErrorCode::kLimitExceeded,
                fmt::format("{} business IDs in one revision; the limit is {}", ids.size(),
                            kMaxIdsPerRevision));
  }
  std::vector<const HasId*> sorted;
  sorted.reserve(ids.size());
  for (const HasId& one : ids) {
    if (one.id.text().empty()) {
      return Fail(ErrorCode::kInvalidArgument, "a business ID of the change was moved from");
    }
    sorted.push_back(&one);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const HasId* a, const HasId* b) { return a->id < b->id; });
  const auto twice = std::adjacent_find(
      sorted.begin(), sorted.end(), [](const HasId* a, const HasId* b) { return a->id == b->id; });
  if (twice != sorted.end()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("business ID {} stands twice in one change", (*twice)->id.text()));
  }
  return sorted;
}

}  // namespace

Result<std::unique_ptr<ChangeSource>> NewChangeSource(const Change& change) {
  Result<std::vector<const IdChange*>> sorted = SortById(change.ids);
  if (!sorted) return std::unexpected(sorted.error());
  return std::make_unique<CallerChange>(std::move(*sorted));
}

Result<std::unique_ptr<ChangeSource>> NewRestoreSource(const std::vector<RestoreTarget>& targets) {
  Result<std::vector<const RestoreTarget*>> sorted = SortById(targets);
  if (!sorted) return std::unexpected(sorted.error());
  return NewSortedRestoreSource(std::move(*sorted));
}

}  // namespace switchback
