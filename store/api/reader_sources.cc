// Changes that the caller's reader hands out.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/request_hash.h"
#include "api/streamed_source.h"
#include "codec/hash.h"
#include "history/cursors.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

// What the caller's reader hands out, checked for order.
class OrderedReader {
 public:
  explicit OrderedReader(ChangeReader& reader) : reader_(reader) {}

  [[nodiscard]] size_t size_hint() const { return reader_.size_hint(); }
  [[nodiscard]] size_t read() const { return read_; }
  Result<void> Rewind() {
    read_ = 0;
    previous_.clear();
    if (failed_) return std::unexpected(*failed_);
    return Kept(reader_.Rewind());
  }
  Result<std::optional<IdChange>> Next() {
    Result<std::optional<IdChange>> next = Kept(reader_.Next());
    if (!next || !*next) return next;
    if (Result<void> checked = Check((*next)->id.text()); !checked) {
      return std::unexpected(checked.error());
    }
    return next;
  }

 private:
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
    ++read_;
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

class CallerReader final : public StreamedSource {
 public:
  explicit CallerReader(ChangeReader& reader) : reader_(reader) {}

  [[nodiscard]] size_t known_size() const override { return reader_.size_hint(); }
  [[nodiscard]] bool depends_on_view() const override { return false; }
  [[nodiscard]] Result<Digest> RequestHash() override { return HashAll(); }

 private:
  Result<void> Begin(const ViewImpl* /*view*/) override { return reader_.Rewind(); }
  Result<std::optional<IdChange>> ReadOne() override {
    Result<std::optional<IdChange>> next = reader_.Next();
    if (next && *next && reader_.read() > kMaxIdsPerRevision) {
      return Fail(ErrorCode::kLimitExceeded,
                  fmt::format("more than {} business IDs in one revision", kMaxIdsPerRevision));
    }
    return next;
  }

  OrderedReader reader_;
};

// Lists in order of IDs, merged with the IDs that the table has: what it has beside them goes. How
// many IDs change counts for the limit, and the commit sees to that.
class TableApply final : public StreamedSource {
 public:
  TableApply(ChangeReader& lists, std::vector<std::string> globs)
      : lists_(lists), globs_(std::move(globs)) {}

  [[nodiscard]] size_t known_size() const override { return lists_.size_hint(); }
  [[nodiscard]] bool depends_on_view() const override { return true; }
  // What the table lacks depends on the store, and is no part of what was asked.
  [[nodiscard]] Result<Digest> RequestHash() override {
    if (Result<void> begun = lists_.Rewind(); !begun) return std::unexpected(begun.error());
    RequestHasher hasher;
    while (true) {
      const Result<std::optional<IdChange>> next = NextList();
      if (!next) return std::unexpected(next.error());
      if (!*next) break;
      hasher.Add(**next);
    }
    return HashBytes(
        fmt::format("apply-table {} {}", hasher.Finish().ToHex(), fmt::join(globs_, " ")));
  }

 private:
  Result<void> Begin(const ViewImpl* view) override {
    if (Result<void> begun = lists_.Rewind(); !begun) return begun;
    auto table = OpenTable(view->rows(), view->revision(), {});
    if (!table) return std::unexpected(table.error());
    table_ = std::move(*table);
    list_ended_ = false;
    list_.reset();
    return NextEntry();
  }

  Result<std::optional<IdChange>> ReadOne() override {
    if (!list_ && !list_ended_) {
      Result<std::optional<IdChange>> next = NextList();
      if (!next) return next;
      list_ = std::move(*next);
      list_ended_ = !list_;
    }
    if (entry_ && (!list_ || entry_->id < list_->id)) {
      IdChange gone{std::move(entry_->id), DeleteId{}};
      if (Result<void> moved = NextEntry(); !moved) return std::unexpected(moved.error());
      return gone;
    }
    if (entry_ && entry_->id == list_->id) {
      if (Result<void> moved = NextEntry(); !moved) return std::unexpected(moved.error());
    }
    return std::exchange(list_, std::nullopt);
  }

  Result<std::optional<IdChange>> NextList() {
    Result<std::optional<IdChange>> next = lists_.Next();
    if (!next || !*next) return next;
    if (!std::holds_alternative<Replace>((*next)->action) || !Covers((*next)->id)) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("business ID {}: a table is applied list by list, of IDs that its "
                              "globs match",
                              (*next)->id.text()));
    }
    return next;
  }

  Result<void> NextEntry() {
    do {
      Result<std::optional<TableEntry>> next = table_->Next();
      if (!next) return std::unexpected(next.error());
      entry_ = std::move(*next);
    } while (entry_ && !Covers(entry_->id));
    return {};
  }

  [[nodiscard]] bool Covers(const BusinessId& id) const {
    return std::ranges::all_of(
        globs_, [&id](const std::string& glob) { return GlobMatches(glob, id.text()); });
  }

  OrderedReader lists_;
  const std::vector<std::string> globs_;
  std::unique_ptr<Cursor<TableEntry>> table_;
  std::optional<TableEntry> entry_;  // the next one that the table has
  std::optional<IdChange> list_;     // the next one that it shall have
  bool list_ended_ = false;
};

}  // namespace

std::unique_ptr<ChangeSource> NewReaderSource(ChangeReader& reader) {
  return std::make_unique<CallerReader>(reader);
}

std::unique_ptr<ChangeSource> NewTableSource(ChangeReader& lists, std::vector<std::string> globs) {
  return std::make_unique<TableApply>(lists, std::move(globs));
}

}  // namespace switchback
