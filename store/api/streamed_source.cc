#include "api/streamed_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>

#include "api/request_hash.h"
#include "codec/hash.h"
#include "history/cursors.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

// What is looked at ahead may take, whatever number is asked for: a change can be a list of
// millions.
constexpr size_t kMaxAheadBytes = size_t{1} << 20;

size_t HeapBytes(const std::vector<EndpointEdit>& edits) {
  size_t bytes = edits.size() * sizeof(EndpointEdit);
  for (const EndpointEdit& edit : edits) bytes += edit.endpoint.attributes.capacity();
  return bytes;
}

size_t HeapBytes(const IdChange& change) {
  return std::visit(
      [](const auto& action) -> size_t {
        using Action = std::decay_t<decltype(action)>;
        if constexpr (std::is_same_v<Action, Replace>) return action.list.MemoryBytes();
        if constexpr (std::is_same_v<Action, EditEndpoints>) {
          return HeapBytes(action.edits);
        }
        if constexpr (std::is_same_v<Action, DeleteId>) {
          return action.removes ? HeapBytes(*action.removes) : 0;
        }
        if constexpr (std::is_same_v<Action, EditSteps>) {
          size_t bytes = action.steps.size() * sizeof(EditStep);
          for (const EditStep& step : action.steps) bytes += HeapBytes(step.edits);
          return bytes;
        }
        return 0;
      },
      change.action);
}

}  // namespace

Result<void> StreamedSource::Start(const ViewImpl& view) {
  Forget();
  ended_ = false;
  return Begin(&view);
}

Result<const IdChange*> StreamedSource::Next() {
  const auto ahead = Ahead(1);
  if (!ahead) return std::unexpected(ahead.error());
  return ahead->empty() ? nullptr : ahead_[at_++];
}

Result<std::span<const IdChange* const>> StreamedSource::Ahead(size_t limit) {
  if (at_ == ahead_.size()) {
    if (Result<void> read = ReadSome(limit); !read) return std::unexpected(read.error());
  }
  return std::span<const IdChange* const>(ahead_).subspan(at_,
                                                          std::min(limit, ahead_.size() - at_));
}

Result<Digest> StreamedSource::HashAll() {
  if (Result<void> begun = Begin(nullptr); !begun) return std::unexpected(begun.error());
  RequestHasher hasher;
  while (true) {
    const Result<std::optional<IdChange>> next = ReadOne();
    if (!next) return std::unexpected(next.error());
    if (!*next) return hasher.Finish();
    hasher.Add(**next);
  }
}

void StreamedSource::Forget() {
  changes_.clear();
  ahead_.clear();
  at_ = 0;
}

Result<void> StreamedSource::ReadSome(size_t limit) {
  Forget();
  for (size_t bytes = 0; !ended_ && changes_.size() < limit && bytes < kMaxAheadBytes;) {
    Result<std::optional<IdChange>> next = ReadOne();
    if (!next) return std::unexpected(next.error());
    ended_ = !next->has_value();
    if (ended_) break;
    bytes += HeapBytes(**next);
    changes_.push_back(std::move(**next));
  }
  for (const IdChange& change : changes_) ahead_.push_back(&change);
  return {};
}

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
    auto differences = OpenTableDiff(view->rows(), view->revision(), revision_);
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
      if (!glob_.empty() && !GlobMatches(glob_, difference.id.text())) continue;
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

class CallerReader final : public StreamedSource {
 public:
  explicit CallerReader(ChangeReader& reader) : reader_(reader) {}

  [[nodiscard]] size_t known_size() const override { return reader_.size_hint(); }
  [[nodiscard]] bool depends_on_view() const override { return false; }
  [[nodiscard]] Result<Digest> RequestHash() override { return HashAll(); }

 private:
  Result<void> Begin(const ViewImpl* /*view*/) override {
    read_ = 0;
    previous_.clear();
    if (failed_) return std::unexpected(*failed_);
    return Kept(reader_.Rewind());
  }
  Result<std::optional<IdChange>> ReadOne() override {
    Result<std::optional<IdChange>> next = Kept(reader_.Next());
    if (!next || !*next) return next;
    if (Result<void> checked = Check((*next)->id.text()); !checked) {
      return std::unexpected(checked.error());
    }
    return next;
  }

  // An error of the reader's own ends the commit, whatever landed meanwhile.
  template <typename T>
  Result<T> Kept(Result<T> result) {
    if (!result) failed_ = result.error();
    return result;
  }

  Result<void> Check(const std::string& id) {
    if (id.empty()) {
      return Fail(ErrorCode::kInvalidArgument, "a business ID of the change was moved from");
    }
    if (++read_ > kMaxIdsPerRevision) {
      return Fail(ErrorCode::kLimitExceeded,
                  fmt::format("more than {} business IDs in one revision", kMaxIdsPerRevision));
    }
    if (id == previous_) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("business ID {} stands twice in one change", id));
    }
    if (id < previous_) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("business ID {} was read after {}: a change is read in order of IDs",
                              id, previous_));
    }
    previous_ = id;
    return {};
  }

  ChangeReader& reader_;
  size_t read_ = 0;
  std::string previous_;  // ID
  std::optional<Error> failed_;
};

}  // namespace

std::unique_ptr<ChangeSource> NewTableRestoreSource(Revision revision, std::string glob) {
  return std::make_unique<TableRestore>(revision, std::move(glob));
}

std::unique_ptr<ChangeSource> NewSortedRestoreSource(std::vector<const RestoreTarget*> targets) {
  return std::make_unique<Restores>(std::move(targets));
}

std::unique_ptr<ChangeSource> NewReaderSource(ChangeReader& reader) {
  return std::make_unique<CallerReader>(reader);
}

}  // namespace switchback
