#include "history/cursors.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "history/content.h"
#include "history/head_walker.h"
#include "history/record_walker.h"
#include "history/resolver.h"
#include "history/row_keys.h"
#include "switchback/selector.h"

namespace switchback {
namespace {

// After the end, and an error that is not of one value alone, there is nothing more.
template <typename T>
class EndingCursor final : public Cursor<T> {
 public:
  explicit EndingCursor(std::unique_ptr<Cursor<T>> cursor) : cursor_(std::move(cursor)) {}
  Result<std::optional<T>> Next() override {
    if (ended_) return std::nullopt;
    Result<std::optional<T>> next = cursor_->Next();
    ended_ = next ? !*next : next.error().code != ErrorCode::kDataLoss;
    return next;
  }

 private:
  const std::unique_ptr<Cursor<T>> cursor_;
  bool ended_ = false;
};

template <typename T, typename Impl, typename... Args>
std::unique_ptr<Cursor<T>> Make(Args&&... args) {
  return std::make_unique<EndingCursor<T>>(std::make_unique<Impl>(std::forward<Args>(args)...));
}

class HistoryCursor final : public Cursor<VersionInfo> {
 public:
  HistoryCursor(const Rows& rows, BusinessId id, Version from)
      : rows_(rows),
        id_(std::move(id)),
        walker_(rows, id_),
        records_(rows, DecodeRecordWithoutIds),
        next_(from) {}

  Result<std::optional<VersionInfo>> Next() override {
    if (next_.value == 0) return std::nullopt;
    const Result<const VersionRow*> row = NextRow();
    if (row && *row == nullptr) return std::nullopt;
    const Version at = std::exchange(next_, next_.Previous());
    if (!row) return std::unexpected(row.error());
    Result<VersionInfo> info = Describe(at, **row);
    if (!info) return std::unexpected(info.error());
    return std::move(*info);
  }

 private:
  // Of `next_`, or of the newest below it that is there: what was pruned is passed over. Null:
  // none.
  Result<const VersionRow*> NextRow() {
    Result<const VersionRow*> row = walker_.At(next_);
    if (row || row.error().code != ErrorCode::kPruned) return row;
    const Result<Version> kept = walker_.NewestKept(next_);
    if (!kept) return std::unexpected(kept.error());
    next_ = *kept;
    return next_.value == 0 ? nullptr : walker_.At(next_);
  }

  Result<VersionInfo> Describe(Version version, const VersionRow& row) {
    if (!row.metadata.empty()) return rows_.Describe(id_, version, row);
    // Of a revision of several IDs: its record is near the one of the version above.
    const Result<RecordRow> record = records_.At(row.revision);
    if (!record) return std::unexpected(record.error());
    return rows_.Describe(id_, version, row, *record);
  }

  const Rows& rows_;
  const BusinessId id_;
  VersionWalker walker_;
  RecordWalker records_;
  Version next_;
};

class LogCursor final : public Cursor<RevisionInfo> {
 public:
  LogCursor(const Rows& rows, Revision from)
      : rows_(rows), records_(rows, DecodeRecordWithoutIds), next_(from) {}

  Result<std::optional<RevisionInfo>> Next() override {
    if (next_.value == 0) return std::nullopt;
    const Revision at = std::exchange(next_, next_.Previous());
    Result<RevisionInfo> info = Read(at);
    if (!info) return std::unexpected(info.error());
    return std::move(*info);
  }

 private:
  Result<RevisionInfo> Read(Revision at) {
    const Result<RecordRow> record = records_.At(at);
    if (!record) return std::unexpected(record.error());
    return rows_.DescribeRecord(at, *record);
  }

  const Rows& rows_;
  RecordWalker records_;
  Revision next_;
};

class TouchedIdsCursor final : public Cursor<TouchedId> {
 public:
  TouchedIdsCursor(const Rows& rows, Revision revision, RecordRow record)
      : rows_(rows), revision_(revision), parts_(record.parts), ids_(std::move(record.ids)) {}

  Result<std::optional<TouchedId>> Next() override {
    while (at_ == ids_.size()) {
      if (part_ == parts_) return std::nullopt;
      ids_.clear();
      at_ = 0;
      if (Result<void> read = ReadPart(part_++); !read) return std::unexpected(read.error());
    }
    return std::move(ids_[at_++]);
  }

 private:
  Result<void> ReadPart(uint64_t part) {
    std::string value;
    const Result<bool> found = rows_.view().Get(Space::kHistory, PartKey(revision_, part), value);
    Result<std::vector<TouchedId>> ids =
        found ? DecodeTouchedIds(value) : std::unexpected(found.error());
    if (found && !*found) ids = Fail(ErrorCode::kDataLoss, "its row is missing");
    if (!ids) {
      Error error = ids.error();
      error.message = fmt::format("part {} of r{}: {}", part, revision_.value, error.message);
      return std::unexpected(std::move(error));
    }
    ids_ = std::move(*ids);
    return {};
  }

  const Rows& rows_;
  const Revision revision_;
  const uint64_t parts_;
  uint64_t part_ = 0;
  std::vector<TouchedId> ids_;
  size_t at_ = 0;
};

class ChangesCursor final : public Cursor<VersionInfo> {
 public:
  ChangesCursor(const Rows& rows, Revision revision, std::unique_ptr<Cursor<TouchedId>> ids,
                std::optional<RevisionInfo> commit)
      : rows_(rows), revision_(revision), ids_(std::move(ids)), commit_(std::move(commit)) {}

  Result<std::optional<VersionInfo>> Next() override {
    Result<std::optional<TouchedId>> touched = ids_->Next();
    if (!touched) return std::unexpected(touched.error());
    if (!*touched) return std::nullopt;
    StoredVersion stored;
    if (Result<void> read = rows_.ReadVersion((*touched)->id, (*touched)->version, stored); !read) {
      if (read.error().code == ErrorCode::kPruned && commit_) return Pruned(std::move(**touched));
      return std::unexpected(read.error());
    }
    if (stored.row.revision != revision_) {
      return Fail(
          ErrorCode::kDataLoss,
          fmt::format("r{} names {}, which is of r{}", revision_.value,
                      VersionName((*touched)->id, (*touched)->version), stored.row.revision.value));
    }
    Result<VersionInfo> info = Describe(**touched, stored.row);
    if (!info) return std::unexpected(info.error());
    return std::move(*info);
  }

 private:
  std::optional<VersionInfo> Pruned(TouchedId touched) const {
    return VersionInfo{.id = std::move(touched.id),
                       .version = touched.version,
                       .same_as = {},
                       .pruned = true,
                       .commit = *commit_};
  }

  // The revision's own row was read once for all of its versions.
  Result<VersionInfo> Describe(const TouchedId& touched, const VersionRow& row) const {
    if (!commit_) return rows_.Describe(touched.id, touched.version, row);
    Result<VersionInfo> info = WithoutCommit(touched.id, touched.version, row);
    info->commit = *commit_;
    return info;
  }

  const Rows& rows_;
  const Revision revision_;
  std::unique_ptr<Cursor<TouchedId>> ids_;
  const std::optional<RevisionInfo> commit_;
};

// Where the IDs of a range stand now: from the first on, past what can't be read, or from the last.
class CurrentIds {
 public:
  CurrentIds(const Rows& rows, const TableRange& range) : rows_(rows), glob_(range.glob) {
    if (!range.backward) {
      forward_.emplace(rows, range.prefix, range.glob);
      return;
    }
    const std::string begin = kHeadPrefix + range.prefix;
    backward_ = rows.view().Scan(Space::kState, begin, PrefixEnd(begin));
    backward_->SeekToLast();
  }

  // As HeadWalker::Next; backward, a damaged table block ends it.
  Result<bool> Next(std::optional<BusinessId>& id, CurrentVersion& current) {
    if (forward_) return forward_->Next(id, current);
    while (backward_->valid()) {
      Result<BusinessId> parsed = BusinessId::Parse(backward_->key().substr(1));
      Result<bool> exists = false;
      const bool wanted = parsed && (glob_.empty() || GlobMatches(glob_, parsed->text()));
      if (wanted) exists = rows_.CurrentFromHead(*parsed, backward_->value(), current);
      backward_->Prev();
      if (!parsed) return Fail(ErrorCode::kDataLoss, "a head row's key is no business ID");
      id = std::move(*parsed);
      if (!exists || *exists) return exists;
    }
    if (std::exchange(ended_, true)) return false;
    if (Result<void> status = backward_->status(); !status) return std::unexpected(status.error());
    return false;
  }

 private:
  const Rows& rows_;
  const std::string glob_;
  std::optional<HeadWalker> forward_;
  std::unique_ptr<Iterator> backward_;
  bool ended_ = false;
};

// Each of the range, resolved to the version at a revision.
class TableCursor final : public Cursor<TableEntry> {
 public:
  TableCursor(const Rows& rows, Revision revision, const TableRange& range)
      : resolver_(rows), revision_(revision), ids_(rows, range) {}

  Result<std::optional<TableEntry>> Next() override {
    while (true) {
      std::optional<BusinessId> id;
      CurrentVersion current;
      const Result<bool> more = ids_.Next(id, current);
      if (!more) return std::unexpected(more.error());
      if (!*more) return std::nullopt;
      const auto at = resolver_.VersionAt(*id, current, revision_);
      if (!at) return std::unexpected(at.error());
      if (!*at || (*at)->deleted) continue;
      return TableEntry{std::move(*id), (*at)->version, (*at)->revision};
    }
  }

 private:
  Resolver resolver_;
  const Revision revision_;
  CurrentIds ids_;
};

// IDs in order; where each stands at two revisions.
class TableDiffCursor final : public Cursor<TableDifference> {
 public:
  TableDiffCursor(const Rows& rows, Revision from, Revision to,
                  std::unique_ptr<Cursor<BusinessId>> ids)
      : rows_(rows), resolver_(rows), from_(from), to_(to), ids_(std::move(ids)) {}

  Result<std::optional<TableDifference>> Next() override {
    while (true) {
      Result<std::optional<BusinessId>> id = ids_->Next();
      if (!id) return std::unexpected(id.error());
      if (!*id) return std::nullopt;
      CurrentVersion current;
      const Result<bool> exists = rows_.Current(**id, current);
      if (!exists) return std::unexpected(exists.error());
      if (!*exists) continue;
      const Result<Version> from = At(**id, current, from_);
      if (!from) return std::unexpected(from.error());
      const Result<Version> to = At(**id, current, to_);
      if (!to) return std::unexpected(to.error());
      if (*from != *to) return TableDifference{std::move(**id), *from, *to};
    }
  }

 private:
  Result<Version> At(const BusinessId& id, const CurrentVersion& current, Revision revision) {
    const auto at = resolver_.VersionAt(id, current, revision);
    if (!at) return std::unexpected(at.error());
    return *at && !(*at)->deleted ? (*at)->version : Version{0};
  }

  const Rows& rows_;
  Resolver resolver_;
  const Revision from_;
  const Revision to_;
  std::unique_ptr<Cursor<BusinessId>> ids_;
};

class AllIdsCursor final : public Cursor<BusinessId> {
 public:
  AllIdsCursor(const Rows& rows, std::string glob) : heads_(rows, "", std::move(glob)) {}

  Result<std::optional<BusinessId>> Next() override {
    std::optional<BusinessId> id;
    CurrentVersion current;
    const Result<bool> more = heads_.Next(id, current);
    if (!more) return std::unexpected(more.error());
    if (!*more) return std::nullopt;
    return id;
  }

 private:
  HeadWalker heads_;
};

class SetOfIdsCursor final : public Cursor<BusinessId> {
 public:
  explicit SetOfIdsCursor(std::set<BusinessId> ids) : ids_(std::move(ids)), at_(ids_.begin()) {}

  Result<std::optional<BusinessId>> Next() override {
    if (at_ == ids_.end()) return std::nullopt;
    return *at_++;
  }

 private:
  const std::set<BusinessId> ids_;
  std::set<BusinessId>::const_iterator at_;
};

// So many touches are gathered before going through all IDs is taken to be cheaper.
constexpr size_t kMaxTouches = 100'000;

Result<std::optional<std::set<BusinessId>>> NothingIfDamaged(const Error& error) {
  if (error.code == ErrorCode::kDataLoss) return std::nullopt;
  return std::unexpected(error);
}

// The IDs that `glob` matches (empty: all) touched by revisions (low, high]; nothing where there
// are too many touches to gather, or some can't be read.
Result<std::optional<std::set<BusinessId>>> TouchedBetween(const Rows& rows, Revision low,
                                                           Revision high, const std::string& glob) {
  std::set<BusinessId> ids;
  size_t touches = 0;
  RecordWalker records(rows, DecodeRecordRow);
  for (Revision at = low.Next(); at <= high; at = at.Next()) {
    Result<RecordRow> record = records.At(at);
    if (!record) return NothingIfDamaged(record.error());
    TouchedIdsCursor touched(rows, at, std::move(*record));
    while (true) {
      Result<std::optional<TouchedId>> next = touched.Next();
      if (!next) return NothingIfDamaged(next.error());
      if (!*next) break;
      if (++touches > kMaxTouches) return std::nullopt;
      if (!glob.empty() && !GlobMatches(glob, (*next)->id.text())) continue;
      ids.insert(std::move((*next)->id));
    }
  }
  return ids;
}

}  // namespace

Result<std::unique_ptr<Cursor<VersionInfo>>> OpenHistory(const Rows& rows, const BusinessId& id,
                                                         std::optional<Version> from) {
  CurrentVersion current;
  const Result<bool> exists = rows.Current(id, current);
  if (!exists) return std::unexpected(exists.error());
  if (!*exists) {
    return Fail(ErrorCode::kNotFound, fmt::format("no business ID {} in this store", id.text()));
  }
  if (from && (from->value == 0 || *from > current.version)) {
    return Fail(ErrorCode::kNotFound, fmt::format("{} has no version {}: its newest is {}",
                                                  id.text(), from->value, current.version.value));
  }
  return Make<VersionInfo, HistoryCursor>(rows, id, from.value_or(current.version));
}

Result<std::unique_ptr<Cursor<RevisionInfo>>> OpenLog(const Rows& rows,
                                                      std::optional<Revision> from) {
  if (from && *from > rows.published()) {
    return Fail(ErrorCode::kNotFound, fmt::format("no revision r{}: the newest is r{}", from->value,
                                                  rows.published().value));
  }
  return Make<RevisionInfo, LogCursor>(rows, from.value_or(rows.published()));
}

Result<std::unique_ptr<Cursor<TouchedId>>> OpenTouchedIds(const Rows& rows, Revision revision) {
  Result<RecordRow> record = rows.ReadRecord(revision);
  if (!record) return std::unexpected(record.error());
  return Make<TouchedId, TouchedIdsCursor>(rows, revision, std::move(*record));
}

Result<std::unique_ptr<Cursor<VersionInfo>>> OpenChanges(const Rows& rows, Revision revision) {
  Result<RecordRow> record = rows.ReadRecord(revision);
  if (!record) return std::unexpected(record.error());
  std::optional<RevisionInfo> commit;
  if (record->kind == RecordKind::kManyIds) {
    Result<RevisionInfo> info = rows.DescribeRecord(revision, *record);
    if (!info) return std::unexpected(info.error());
    commit = std::move(*info);
  }
  auto ids = Make<TouchedId, TouchedIdsCursor>(rows, revision, std::move(*record));
  return Make<VersionInfo, ChangesCursor>(rows, revision, std::move(ids), std::move(commit));
}

Result<std::unique_ptr<Cursor<TableEntry>>> OpenTable(const Rows& rows, Revision revision,
                                                      const TableRange& range) {
  if (revision > rows.published()) {
    return Fail(ErrorCode::kNotFound, fmt::format("no revision r{}: the newest is r{}",
                                                  revision.value, rows.published().value));
  }
  return Make<TableEntry, TableCursor>(rows, revision, range);
}

Result<std::unique_ptr<Cursor<TableDifference>>> OpenTableDiff(const Rows& rows, Revision from,
                                                               Revision to, std::string glob) {
  for (const Revision revision : {from, to}) {
    if (revision > rows.published()) {
      return Fail(ErrorCode::kNotFound, fmt::format("no revision r{}: the newest is r{}",
                                                    revision.value, rows.published().value));
    }
  }
  const Revision low = std::min(from, to);
  const Revision high = std::max(from, to);
  std::optional<std::set<BusinessId>> touched;
  if (high.value - low.value <= kMaxTouches) {
    Result<std::optional<std::set<BusinessId>>> between = TouchedBetween(rows, low, high, glob);
    if (!between) return std::unexpected(between.error());
    touched = std::move(*between);
  }
  std::unique_ptr<Cursor<BusinessId>> ids =
      touched ? Make<BusinessId, SetOfIdsCursor>(std::move(*touched))
              : Make<BusinessId, AllIdsCursor>(rows, std::move(glob));
  return Make<TableDifference, TableDiffCursor>(rows, from, to, std::move(ids));
}

}  // namespace switchback
