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
  Result<std::span<const IdChange* const>> Ahead(size_t limit) override {
    return std::span(sorted_).subspan(at_, std::min(limit, sorted_.size() - at_));
  }
  [[nodiscard]] size_t known_size() const override { return sorted_.size(); }
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
    changes_.clear();
    ahead_.clear();
    at_ = 0;
    return {};
  }

  Result<const IdChange*> Next() override {
    const auto ahead = Ahead(1);
    if (!ahead) return std::unexpected(ahead.error());
    return ahead->empty() ? nullptr : ahead_[at_++];
  }
  Result<std::span<const IdChange* const>> Ahead(size_t limit) override {
    if (at_ == ahead_.size()) {
      if (Result<void> read = ReadSome(limit); !read) return std::unexpected(read.error());
    }
    return std::span<const IdChange* const>(ahead_).subspan(at_,
                                                            std::min(limit, ahead_.size() - at_));
  }
  [[nodiscard]] size_t known_size() const override { return 0; }
  [[nodiscard]] bool depends_on_view() const override { return true; }
  [[nodiscard]] Digest RequestHash() const override {
    return HashBytes(fmt::format("restore-all r{} {}", revision_.value, glob_));
  }

 private:
  // The next so many changes, in place of those handed out.
  Result<void> ReadSome(size_t limit) {
    changes_.clear();
    ahead_.clear();
    at_ = 0;
    while (changes_.size() < limit) {
      Result<std::optional<TableDifference>> next = differences_->Next();
      if (!next) return std::unexpected(next.error());
      if (!*next) break;
      TableDifference& difference = **next;
      if (!glob_.empty() && !GlobMatches(glob_, difference.id.text())) continue;
      if (difference.to.value == 0) {
        changes_.push_back({std::move(difference.id), DeleteId{}, std::nullopt});
      } else {
        changes_.push_back({std::move(difference.id), CopyVersion{difference.to}, std::nullopt});
      }
    }
    for (const IdChange& change : changes_) ahead_.push_back(&change);
    return {};
  }

  const Revision revision_;
  const std::string glob_;
  std::unique_ptr<Cursor<TableDifference>> differences_;
  std::vector<IdChange> changes_;
  std::vector<const IdChange*> ahead_;  // pointers to them
  size_t at_ = 0;                       // the next one to hand out
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
