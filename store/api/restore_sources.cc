// Changes that put earlier versions back.
#include <fmt/format.h>

#include <utility>

#include "api/streamed_source.h"
#include "codec/hash.h"
#include "history/cursors.h"

namespace switchback {
namespace {

class TableRestore final : public StreamedSource {
 public:
  TableRestore(Revision revision, std::string glob) : revision_(revision), glob_(std::move(glob)) {}

  [[nodiscard]] size_t known_size() const override { return 0; }
  [[nodiscard]] bool depends_on_view() const override { return true; }
  [[nodiscard]] Result<Digest> RequestHash() override {
    return HashBytes(fmt::format("restore-all r{} {}", revision_.value, glob_));
  }

 private:
  Result<void> Begin(const ViewImpl* view) override {
    auto differences = OpenTableDiff(view->rows(), view->revision(), revision_, glob_);
    if (!differences) return std::unexpected(differences.error());
    differences_ = std::move(*differences);
    return {};
  }
  Result<std::optional<IdChange>> ReadOne() override {
    while (true) {
      Result<std::optional<TableDifference>> next = differences_->Next();
      if (!next) return std::unexpected(next.error());
      if (!*next) return std::nullopt;
      TableDifference& difference = **next;
      if (difference.to.value == 0) return IdChange{std::move(difference.id), DeleteId{}};
      return IdChange{std::move(difference.id), CopyVersion{difference.to}};
    }
  }

  const Revision revision_;
  const std::string glob_;
  std::unique_ptr<Cursor<TableDifference>> differences_;
};

// Copies of earlier versions. As a Change they would take seven times the memory of the targets.
class Restores final : public StreamedSource {
 public:
  explicit Restores(std::vector<const RestoreTarget*> sorted) : sorted_(std::move(sorted)) {}

  [[nodiscard]] size_t known_size() const override { return sorted_.size(); }
  [[nodiscard]] bool depends_on_view() const override { return false; }
  [[nodiscard]] Result<Digest> RequestHash() override { return HashAll(); }

 private:
  Result<void> Begin(const ViewImpl* /*view*/) override {
    next_ = 0;
    return {};
  }
  Result<std::optional<IdChange>> ReadOne() override {
    if (next_ == sorted_.size()) return std::nullopt;
    const RestoreTarget& target = *sorted_[next_++];
    return IdChange{target.id, CopyVersion{target.version}, target.expect};
  }

  const std::vector<const RestoreTarget*> sorted_;
  size_t next_ = 0;
};

}  // namespace

std::unique_ptr<ChangeSource> NewTableRestoreSource(Revision revision, std::string glob) {
  return std::make_unique<TableRestore>(revision, std::move(glob));
}

std::unique_ptr<ChangeSource> NewSortedRestoreSource(std::vector<const RestoreTarget*> targets) {
  return std::make_unique<Restores>(std::move(targets));
}

}  // namespace switchback
