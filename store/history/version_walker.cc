#include "history/version_walker.h"

#include <fmt/format.h>

#include <utility>

namespace switchback {

namespace {

// Versions to walk down before a search is taken to be cheaper: it costs as much as four steps, and
// whoever looks for a version that is near asks for those between as well.
constexpr uint64_t kMaxSteps = 2;

}  // namespace

void VersionWalker::TakePlace() {
  place_.reset();
  if (!iterator_->valid()) return;
  VersionPlace place;
  const size_t begin = id_.text().size() + 2;  // VersionsBegin: the scan's lower bound
  if (ParseVersionPlace(iterator_->key().substr(begin), place)) place_ = place;
}

bool VersionWalker::Reach(Version version, bool checkpoint) {
  const VersionPlace wanted{version, checkpoint};
  if (!iterator_) {
    iterator_ = rows_.view().Scan(Space::kHistory, VersionsBegin(id_), VersionsEnd(id_));
  } else if (place_) {
    if (place_->version >= version && place_->version.value - version.value <= kMaxSteps) {
      while (place_ && *place_ > wanted) {
        iterator_->Prev();
        TakePlace();
      }
    }
    if (place_ == wanted) return true;
    if (place_ && place_->version == version && *place_ < wanted) return false;
  }
  iterator_->SeekForPrev(checkpoint ? CheckpointKey(id_, version) : VersionKey(id_, version));
  TakePlace();
  return place_ == wanted;
}

bool VersionWalker::DropFailed() {
  if (iterator_->status()) return false;
  iterator_.reset();
  place_.reset();
  return true;
}

Result<const VersionRow*> VersionWalker::At(Version version) {
  if (!Reach(version, /*checkpoint=*/false)) {
    // Not there, or a neighbour that can't be read is in the way: the point read finds it or says
    // why not.
    DropFailed();
    if (Result<void> read = rows_.ReadVersion(id_, version, missing_); !read) {
      return std::unexpected(read.error());
    }
    return &missing_.row;
  }
  Result<VersionRow> row = DecodeVersionRow(iterator_->value());
  if (!row) {
    Error error = std::move(row.error());
    error.message = fmt::format("{}: {}", VersionName(id_, version), error.message);
    return std::unexpected(std::move(error));
  }
  if (row->kind == VersionKind::kPruned) {  // the point read says it in words
    if (Result<void> read = rows_.ReadVersion(id_, version, missing_); !read) {
      return std::unexpected(read.error());
    }
  }
  row_ = *row;
  return &row_;
}

Result<Version> VersionWalker::NewestKept(Version version) {
  while (version.value != 0) {
    if (Reach(version, /*checkpoint=*/false)) {
      const Result<VersionRow> row = DecodeVersionRow(iterator_->value());
      if (!row) return std::unexpected(row.error());
      if (row->kind != VersionKind::kPruned) return version;
      version = version.Previous();
      continue;
    }
    if (Result<void> status = iterator_->status(); !status) return std::unexpected(status.error());
    // Inside a run that was dropped: its own row, or a kept version's checkpoint, is what was met.
    if (!place_ || place_->version >= version) return Version{0};
    version = place_->version;
  }
  return Version{0};
}

Result<std::optional<std::string_view>> VersionWalker::CheckpointAt(Version version) {
  if (Reach(version, /*checkpoint=*/true)) return iterator_->value();
  if (!DropFailed()) return std::nullopt;
  const Result<bool> found =
      rows_.view().Get(Space::kHistory, CheckpointKey(id_, version), checkpoint_);
  if (!found) return std::unexpected(found.error());
  return *found ? std::optional<std::string_view>(checkpoint_) : std::nullopt;
}

}  // namespace switchback
