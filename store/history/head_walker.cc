#include "history/head_walker.h"

#include <fmt/format.h>

#include <utility>

#include "history/row_keys.h"
#include "switchback/selector.h"

namespace switchback {
namespace {

std::string HeadsBegin(std::string_view prefix) {
  return kHeadPrefix + std::string(prefix);
}

std::string VersionsFrom(std::string_view id) {
  return kVersionPrefix + std::string(id);
}

}  // namespace

HeadWalker::HeadWalker(const Rows& rows, std::string_view prefix, std::string glob)
    : rows_(rows),
      prefix_(prefix),
      glob_(std::move(glob)),
      heads_(rows.view(), Space::kState, HeadsBegin(prefix), PrefixEnd(HeadsBegin(prefix))) {}

bool HeadWalker::Matches(std::string_view id) const {
  return glob_.empty() || GlobMatches(glob_, id);
}

Result<bool> HeadWalker::Next(std::optional<BusinessId>& id, CurrentVersion& current) {
  while (true) {
    id.reset();
    if (!started_) {
      started_ = true;
      heads_.SeekToFirst();
      EnterGap();
    }
    Result<std::optional<BusinessId>> lost = NextInGap();
    if (!lost) return std::unexpected(lost.error());
    Result<bool> exists = false;
    if (*lost) {
      id = std::move(*lost);
      if (Matches(id->text())) exists = rows_.Current(*id, current);
    } else {
      if (Result<void> status = heads_.status(); !status) return std::unexpected(status.error());
      if (!heads_.valid()) return false;
      Result<BusinessId> parsed = BusinessId::Parse(heads_.key().substr(1));
      if (parsed && Matches(parsed->text())) {
        exists = rows_.CurrentFromHead(*parsed, heads_.value(), current);
      }
      heads_.Next();
      EnterGap();
      if (!parsed) return Fail(ErrorCode::kDataLoss, "a head row's key is no business ID");
      id = std::move(*parsed);
    }
    if (!exists || *exists) return exists;
  }
}

// IDs that have a head row have version rows, so those name the IDs of a gap.
void HeadWalker::EnterGap() {
  if (!heads_.gap()) return;
  const ScanGap& gap = *heads_.gap();
  gap_error_ = gap.error;
  std::string begin = VersionsFrom(gap.from.substr(1));
  // Behind the key of the ID before: what stands there in the table of heads is that ID's versions.
  if (begin.back() == '\0') begin.back() = '\1';
  std::string end =
      gap.before.empty() ? PrefixEnd(VersionsFrom(prefix_)) : VersionsFrom(gap.before.substr(1));
  in_gap_.emplace(rows_.view(), Space::kHistory, std::move(begin), std::move(end));
  in_gap_->SeekToFirst();
  told_ = false;
}

Result<std::optional<BusinessId>> HeadWalker::NextInGap() {
  if (!in_gap_) return std::nullopt;
  if (Result<void> status = in_gap_->status(); !status) return std::unexpected(status.error());
  if (in_gap_->gap() && !std::exchange(told_, true)) {
    Error error = gap_error_;
    error.message = fmt::format(
        "which IDs there are can't be told where neither their head rows nor their version rows "
        "can be read: {}; {}",
        error.message, in_gap_->gap()->error.message);
    return std::unexpected(std::move(error));
  }
  if (!in_gap_->valid()) {
    in_gap_.reset();
    return std::nullopt;
  }
  told_ = false;
  VersionKeyParts parts;
  const bool parsed = ParseVersionKey(in_gap_->key(), parts);
  Result<BusinessId> id = BusinessId::Parse(parsed ? parts.id : "");
  if (!id) {
    in_gap_->Next();
    return Fail(ErrorCode::kDataLoss, "a version row's key is malformed");
  }
  in_gap_->Seek(VersionsEnd(*id));
  return std::move(*id);
}

}  // namespace switchback
