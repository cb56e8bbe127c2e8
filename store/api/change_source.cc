#include "api/change_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "api/request_hash.h"
#include "codec/hash.h"
#include "history/cursors.h"
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
  [[nodiscard]] bool depends_on_view() const override { return false; }
  [[nodiscard]] Digest RequestHash() const override { return HashOfChanges(sorted_); }

 private:
  const std::vector<const IdChange*> sorted_;
  size_t at_ = 0;
};

class TableRestore final : public ChangeSource {
 public:
  TableRestore(Revision revision, std::string glob) : revision_(revision), glob_(std::move(glob)) {}

  Result<void> Start(const ViewImpl& view) override {
    auto differences = OpenTableDiff(view.rows(), view.revision(), revision_);
    if (!differences) return std::unexpected(differences.error());
    differences_ = std::move(*differences);
    return {};
  }

  Result<const IdChange*> Next() override {
    while (true) {
      Result<std::optional<TableDifference>> next = differences_->Next();
      if (!next) return std::unexpected(next.error());
      if (!*next) return nullptr;
      TableDifference& difference = **next;
      if (!glob_.empty() && !GlobMatches(glob_, difference.id.text())) continue;
      if (difference.to.value == 0) {
        current_.emplace(IdChange{std::move(difference.id), DeleteId{}, std::nullopt});
      } else {
        current_.emplace(
            IdChange{std::move(difference.id), CopyVersion{difference.to}, std::nullopt});
      }
      return &*current_;
    }
  }
  [[nodiscard]] bool depends_on_view() const override { return true; }
  [[nodiscard]] Digest RequestHash() const override {
    return HashBytes(fmt::format("restore-all r{} {}", revision_.value, glob_));
  }

 private:
  const Revision revision_;
  const std::string glob_;
  std::unique_ptr<Cursor<TableDifference>> differences_;
  std::optional<IdChange> current_;
};

}  // namespace

Result<std::unique_ptr<ChangeSource>> NewChangeSource(const Change& change) {
  if (change.ids.size() > kMaxIdsPerRevision) {
    return Fail(ErrorCode::kLimitExceeded,
                fmt::format("{} business IDs in one revision; the limit is {}", change.ids.size(),
                            kMaxIdsPerRevision));
  }
  std::vector<const IdChange*> sorted;
  sorted.reserve(change.ids.size());
  for (const IdChange& one : change.ids) {
    if (one.id.text().empty()) {
      return Fail(ErrorCode::kInvalidArgument, "a business ID of the change was moved from");
    }
    sorted.push_back(&one);
  }
  std::sort(sorted.begin(), sorted.end(),
            [](const IdChange* a, const IdChange* b) { return a->id < b->id; });
  const auto twice =
      std::adjacent_find(sorted.begin(), sorted.end(),
                         [](const IdChange* a, const IdChange* b) { return a->id == b->id; });
  if (twice != sorted.end()) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("business ID {} stands twice in one change", (*twice)->id.text()));
  }
  return std::make_unique<CallerChange>(std::move(sorted));
}

std::unique_ptr<ChangeSource> NewTableRestoreSource(Revision revision, std::string glob) {
  return std::make_unique<TableRestore>(revision, std::move(glob));
}

}  // namespace switchback
