// The engine in memory: three persistent maps behind one lock that is held only to copy or swap
// their roots. Writers build the next maps beside the current ones, so readers never wait for one,
// and a batch becomes visible whole. Nothing is durable: `sync` has nothing to do here.
#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/engine.h"
#include "engine/persistent_map.h"

namespace switchback {

namespace {

using Spaces = std::array<PersistentMap, kSpaceCount>;

size_t IndexOf(Space space) {
  return static_cast<size_t>(space);
}

bool Lookup(const PersistentMap& map, std::string_view key, std::string& value) {
  const std::string* found = map.Find(key);
  if (found == nullptr) {
    value.clear();
    return false;
  }
  value = *found;
  return true;
}

class MemoryIterator final : public Iterator {
 public:
  MemoryIterator(PersistentMap map, std::string_view lower, std::string_view upper)
      : cursor_(std::move(map)), lower_(lower), upper_(upper) {}

  void SeekToFirst() override { Seek(lower_); }

  void SeekToLast() override {
    if (upper_.empty()) {
      cursor_.SeekToLast();
    } else {
      SeekBelow(upper_);
    }
    LeaveOutOfBounds();
  }

  void Seek(std::string_view key) override {
    cursor_.Seek(key < lower_ ? std::string_view(lower_) : key);
    LeaveOutOfBounds();
  }

  void SeekForPrev(std::string_view key) override {
    if (!upper_.empty() && key >= upper_) {
      SeekToLast();
      return;
    }
    cursor_.SeekForPrev(key);
    LeaveOutOfBounds();
  }

  void Next() override {
    cursor_.Next();
    LeaveOutOfBounds();
  }

  void Prev() override {
    cursor_.Prev();
    LeaveOutOfBounds();
  }

  [[nodiscard]] bool valid() const override { return cursor_.valid(); }
  [[nodiscard]] std::string_view key() const override { return cursor_.key(); }
  [[nodiscard]] std::string_view value() const override { return cursor_.value(); }
  [[nodiscard]] Result<void> status() const override { return {}; }

 private:
  void SeekBelow(std::string_view key) {
    cursor_.SeekForPrev(key);
    if (cursor_.valid() && cursor_.key() == key) cursor_.Prev();
  }

  void LeaveOutOfBounds() {
    if (!cursor_.valid()) return;
    if (cursor_.key() < lower_ || (!upper_.empty() && cursor_.key() >= upper_)) {
      cursor_.Invalidate();
    }
  }

  PersistentMapCursor cursor_;
  const std::string lower_;
  const std::string upper_;
};

class MemoryView final : public EngineView {
 public:
  explicit MemoryView(Spaces spaces) : spaces_(std::move(spaces)) {}

  [[nodiscard]] Result<bool> Get(Space space, std::string_view key,
                                 std::string& value) const override {
    return Lookup(spaces_[IndexOf(space)], key, value);
  }

  [[nodiscard]] Result<std::vector<std::optional<std::string>>> MultiGet(
      Space space, std::span<const std::string> keys) const override {
    std::vector<std::optional<std::string>> values(keys.size());
    for (size_t i = 0; i < keys.size(); ++i) {
      const std::string* found = spaces_[IndexOf(space)].Find(keys[i]);
      if (found != nullptr) values[i] = *found;
    }
    return values;
  }

  [[nodiscard]] std::unique_ptr<Iterator> Scan(Space space, std::string_view lower,
                                               std::string_view upper) const override {
    return std::make_unique<MemoryIterator>(spaces_[IndexOf(space)], lower, upper);
  }

 private:
  const Spaces spaces_;
};

// Invariants:
// 1. `spaces_` is only ever replaced whole, by what one batch makes of it.
// 2. Only the holder of `writer_` replaces it, so what a writer started from is still current when
//    it swaps.
class MemoryEngine final : public Engine {
 public:
  [[nodiscard]] Result<std::unique_ptr<EngineView>> NewView() const override {
    return std::make_unique<MemoryView>(Current());
  }

  [[nodiscard]] Result<bool> Get(Space space, std::string_view key,
                                 std::string& value) const override {
    const PersistentMap map = Current(space);
    return Lookup(map, key, value);
  }

  [[nodiscard]] Result<void> Write(const WriteBatch& batch, bool /*sync*/) override {
    const std::scoped_lock writer(writer_);
    Spaces next = Current();
    for (const WriteBatch::Entry& entry : batch.entries()) Apply(entry, next);
    {
      const std::scoped_lock lock(mutex_);
      spaces_.swap(next);
    }
    return {};  // the old maps, and what only they held, are freed here, outside the lock
  }

  [[nodiscard]] Result<void> Sync() override { return {}; }
  [[nodiscard]] Result<void> Compact() override { return {}; }
  [[nodiscard]] Result<EngineStats> Stats() const override { return EngineStats{}; }

 private:
  [[nodiscard]] Spaces Current() const {
    const std::scoped_lock lock(mutex_);
    return spaces_;
  }

  [[nodiscard]] PersistentMap Current(Space space) const {
    const std::scoped_lock lock(mutex_);
    return spaces_[IndexOf(space)];
  }

  static void Apply(const WriteBatch::Entry& entry, Spaces& spaces) {
    PersistentMap& map = spaces[IndexOf(entry.space)];
    switch (entry.kind) {
      case WriteBatch::Kind::kPut:
        map = map.With(entry.key, entry.value);
        break;
      case WriteBatch::Kind::kDelete:
        map = map.Without(entry.key);
        break;
      case WriteBatch::Kind::kDeleteRange:
        map = map.WithoutRange(entry.key, entry.value);
        break;
    }
  }

  std::mutex writer_;         // taken before mutex_
  mutable std::mutex mutex_;  // guards spaces_
  Spaces spaces_;
};

}  // namespace

std::unique_ptr<Engine> NewMemoryEngine() {
  return std::make_unique<MemoryEngine>();
}

}  // namespace switchback
