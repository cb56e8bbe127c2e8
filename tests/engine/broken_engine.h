// An engine of which some stretches of keys can't be read, as a table block that fails its check
// can't: point reads of its rows fail, and so do iterators that come to it, in whatever way.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/engine.h"

namespace switchback {

struct BrokenStretch {
  Space space = Space::kState;
  std::string first;  // the first key in it
  std::string last;   // and the last: rows behind it are another block's
  // Keys in it that stand in a newer table too: point reads find them, iterators don't.
  std::vector<std::string> elsewhere = {};

  [[nodiscard]] bool Holds(std::string_view key) const { return key >= first && key <= last; }
};

class BrokenIterator final : public Iterator {
 public:
  BrokenIterator(std::unique_ptr<Iterator> rows, std::vector<BrokenStretch> broken)
      : rows_(std::move(rows)), broken_(std::move(broken)) {}

  void SeekToFirst() override {
    Land([&] { rows_->SeekToFirst(); }, {});
  }
  void SeekToLast() override {
    Land([&] { rows_->SeekToLast(); }, {});
  }
  void Seek(std::string_view key) override {
    Land([&] { rows_->Seek(key); }, key);
  }
  void SeekForPrev(std::string_view key) override {
    Land([&] { rows_->SeekForPrev(key); }, key);
  }
  void Next() override {
    Land([&] { rows_->Next(); }, {});
  }
  void Prev() override {
    Land([&] { rows_->Prev(); }, {});
  }
  [[nodiscard]] bool valid() const override { return !stopped_ && rows_->valid(); }
  [[nodiscard]] std::string_view key() const override { return rows_->key(); }
  [[nodiscard]] std::string_view value() const override { return rows_->value(); }
  [[nodiscard]] Result<void> status() const override {
    return stopped_ ? std::unexpected(*stopped_) : rows_->status();
  }

 private:
  template <typename Move>
  void Land(const Move& move, std::optional<std::string_view> sought);

  const std::unique_ptr<Iterator> rows_;
  const std::vector<BrokenStretch> broken_;
  std::optional<Error> stopped_;
};

class BrokenView final : public EngineView {
 public:
  BrokenView(std::unique_ptr<EngineView> view, std::vector<BrokenStretch> broken)
      : view_(std::move(view)), broken_(std::move(broken)) {}

  static Error Unreadable(const BrokenStretch& stretch) {
    return {
        ErrorCode::kDataLoss, "block checksum mismatch", {}, 0, "000007.sst at " + stretch.first};
  }
  // The error of reading the row, if it is in a broken stretch.
  static std::optional<Error> ErrorOf(const std::vector<BrokenStretch>& broken, Space space,
                                      std::string_view key) {
    for (const BrokenStretch& stretch : broken) {
      if (stretch.space != space || !stretch.Holds(key)) continue;
      if (std::ranges::find(stretch.elsewhere, key) == stretch.elsewhere.end()) {
        return Unreadable(stretch);
      }
    }
    return std::nullopt;
  }

  Result<bool> Get(Space space, std::string_view key, std::string& value) const override {
    if (auto error = ErrorOf(broken_, space, key)) return std::unexpected(*error);
    return view_->Get(space, key, value);
  }
  Result<std::vector<std::optional<std::string>>> MultiGet(
      Space space, std::span<const std::string> keys) const override {
    for (const std::string& key : keys) {
      if (auto error = ErrorOf(broken_, space, key)) return std::unexpected(*error);
    }
    return view_->MultiGet(space, keys);
  }
  [[nodiscard]] std::unique_ptr<Iterator> Scan(Space space, std::string_view lower,
                                               std::string_view upper) const override {
    std::vector<BrokenStretch> own;
    for (const BrokenStretch& stretch : broken_) {
      if (stretch.space == space) own.push_back(stretch);
    }
    return std::make_unique<BrokenIterator>(view_->Scan(space, lower, upper), std::move(own));
  }

 private:
  const std::unique_ptr<EngineView> view_;
  const std::vector<BrokenStretch> broken_;
};

template <typename Move>
void BrokenIterator::Land(const Move& move, std::optional<std::string_view> sought) {
  // RocksDB's may come to themselves again, or not: nobody is to count on it.
  if (stopped_) return;
  const std::string target(sought.value_or(""));
  move();
  for (const BrokenStretch& stretch : broken_) {
    const bool met = rows_->valid() && stretch.Holds(rows_->key());
    if (met || (sought && stretch.Holds(target))) stopped_ = BrokenView::Unreadable(stretch);
  }
}

// Over an engine that others hold too. What is written goes to it whatever is broken.
class BrokenEngine final : public Engine {
 public:
  BrokenEngine(std::shared_ptr<Engine> engine, std::vector<BrokenStretch> broken)
      : engine_(std::move(engine)), broken_(std::move(broken)) {}

  Result<std::unique_ptr<EngineView>> NewView() const override {
    auto view = engine_->NewView();
    if (!view) return view;
    return std::make_unique<BrokenView>(std::move(*view), broken_);
  }
  Result<bool> Get(Space space, std::string_view key, std::string& value) const override {
    if (auto error = BrokenView::ErrorOf(broken_, space, key)) return std::unexpected(*error);
    return engine_->Get(space, key, value);
  }
  // A row that is written anew can be read one by one, as from a newer table.
  Result<void> Write(const WriteBatch& batch, bool sync) override {
    for (const WriteBatch::Entry& entry : batch.entries()) {
      for (BrokenStretch& stretch : broken_) {
        if (stretch.space == entry.space && entry.kind == WriteBatch::Kind::kPut &&
            stretch.Holds(entry.key)) {
          stretch.elsewhere.push_back(entry.key);
        }
      }
    }
    return engine_->Write(batch, sync);
  }
  Result<void> Sync() override { return engine_->Sync(); }
  Result<void> Compact() override { return engine_->Compact(); }
  Result<EngineStats> Stats() const override { return engine_->Stats(); }

 private:
  const std::shared_ptr<Engine> engine_;
  std::vector<BrokenStretch> broken_;
};

}  // namespace switchback
