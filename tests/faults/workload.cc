#include "faults/workload.h"

#include <algorithm>
#include <utility>

namespace switchback {
namespace {

constexpr const char* kFeed = "feed";
constexpr size_t kIds = 12;
constexpr uint64_t kStepsPerCare = 9;
constexpr size_t kManyIds = 2 * kIdsAtOnce + 100;  // in slices

std::string IdText(uint64_t number) {
  return "id" + std::to_string(number);
}

// The table as a view has it.
Table TableOf(const View& view, Revision revision) {
  Table table;
  const auto rows = view.Table(revision);
  EXPECT_TRUE(rows.has_value()) << rows.error().message;
  if (!rows) return table;
  while (true) {
    const auto next = (*rows)->Next();
    EXPECT_TRUE(next.has_value()) << next.error().message;
    if (!next || !*next) return table;
    const auto list = view.Read((*next)->id, (*next)->version);
    EXPECT_TRUE(list.has_value()) << list.error().message;
    if (!list) return table;
    table.emplace((*next)->id.text(), *(*list)->list);
  }
}

void ExpectSame(const Table& found, const Table& expected, uint64_t revision) {
  EXPECT_EQ(found.size(), expected.size()) << "r" << revision;
  for (const auto& [id, list] : expected) {
    const auto at = found.find(id);
    if (at == found.end()) {
      ADD_FAILURE() << "r" << revision << " lacks " << id;
    } else {
      EXPECT_EQ(at->second.digest(), list.digest()) << "r" << revision << ": " << id;
      EXPECT_EQ(at->second.size(), list.size()) << "r" << revision << ": " << id;
    }
  }
}

}  // namespace

EndpointList Workload::RandomList() {
  // One in eight is long enough for chunks of its own.
  if (random_() % 8 == 0) return Scattered(static_cast<uint32_t>(random_() % 4), 3000);
  return Range(static_cast<uint32_t>(random_() % 50), random_() % 40, 1 + random_() % 3,
               static_cast<uint32_t>(random_() % 100));
}

Workload::Asked Workload::NextCommit() {
  Asked asked;
  asked.after = states_.back().table;
  asked.options = By("tester", random_() % 3 == 0 ? Durability::kSynced : Durability::kBuffered);
  asked.options.request_id = "step-" + std::to_string(steps_);
  asked.options.message = "step " + std::to_string(steps_);
  if (random_() % 3 == 0) asked.options.bookmark = Bookmark{kFeed, asked.options.message};
  const uint64_t kind = random_() % 20;
  if (kind == 0 && states_.size() > 2) {
    const uint64_t last = states_.size() - 1;
    asked.restore_to = oldest_whole_ + random_() % (last - oldest_whole_ + 1);
    asked.after = states_[*asked.restore_to].table;
    return asked;
  }
  const size_t ids = kind == 1 ? kManyIds : 1 + random_() % 3;
  const uint64_t first = kind == 1 ? 0 : random_() % kIds;
  std::map<std::string, IdChange> changes;
  for (size_t i = 0; i < ids; ++i) {
    const std::string text = IdText(first + i);
    if (asked.after.contains(text) && random_() % 6 == 0) {
      changes.insert_or_assign(text, IdChange{Id(text), DeleteId{}, std::nullopt});
      asked.after.erase(text);
    } else {
      EndpointList list = ids > 10 ? Range(static_cast<uint32_t>(random_() % 50), 2) : RandomList();
      asked.after.insert_or_assign(text, list);
      changes.insert_or_assign(text, IdChange{Id(text), Replace{std::move(list)}, std::nullopt});
    }
  }
  for (auto& [text, change] : changes) asked.change.ids.push_back(std::move(change));
  return asked;
}

Result<CommitResult> Workload::Send(Store& store, const Asked& asked) const {
  if (asked.restore_to) return store.RestoreTable(Revision{*asked.restore_to}, "", asked.options);
  return store.Commit(asked.change, asked.options);
}

void Workload::Landed(Asked asked) {
  std::optional<std::string> bookmark = states_.back().bookmark;
  if (asked.options.bookmark) bookmark = asked.options.bookmark->value;
  states_.push_back({std::move(asked.after), std::move(bookmark)});
}

Result<void> Workload::Commit(Store& store, Asked asked) {
  const Result<CommitResult> result = Send(store, asked);
  if (!result) {
    if (result.error().code == ErrorCode::kUnknownOutcome) doubt_ = std::move(asked);
    return std::unexpected(result.error());
  }
  const bool synced = asked.options.durability == Durability::kSynced;
  if (result->revision && result->revision->value == states_.size()) {
    Landed(std::move(asked));
  } else if (!result->revision) {
    EXPECT_EQ(asked.after.size(), states_.back().table.size()) << "it found nothing to do";
    if (asked.options.bookmark) states_.back().bookmark.reset();
  }
  if (synced) durable_ = states_.size() - 1;
  return {};
}

Result<void> Workload::Care(Store& store) {
  switch (cares_++ % 5) {
    case 0:
      return store.Compact();
    case 1: {
      const Result<void> synced = store.Sync();
      if (synced) durable_ = states_.size() - 1;
      return synced;
    }
    case 2: {
      CommitOptions options = By("tester");
      const auto made = store.CreateSnapshot("at-step-" + std::to_string(steps_),
                                             Revision{states_.size() - 1}, options);
      if (!made) return std::unexpected(made.error());
      return {};
    }
    case 3:
      return store.DropCheckpoints(/*remake=*/random_() % 2 == 0);
    default: {
      PrunePolicy policy;
      policy.keep_last = 3;
      const auto pruned = store.Prune(policy, By("tester"));
      // Even where it failed, it may have dropped some.
      oldest_whole_ = states_.size() - 1;
      if (!pruned) return std::unexpected(pruned.error());
      return {};
    }
  }
}

Result<void> Workload::Step(Store& store) {
  ++steps_;
  if (steps_ % kStepsPerCare == 0 && states_.size() > 3) return Care(store);
  return Commit(store, NextCommit());
}

Result<void> Workload::Repeat(Store& store) {
  Asked asked = *std::exchange(doubt_, std::nullopt);
  return Commit(store, std::move(asked));
}

void Workload::Settle(const Store& store) {
  const auto view = store.NewView();
  ASSERT_TRUE(view.has_value()) << view.error().message;
  const uint64_t newest = (*view)->revision().value;
  ASSERT_GE(newest, durable_) << "a commit that was acknowledged as synced is gone";
  ASSERT_LE(newest, states_.size() - (doubt_ ? 0 : 1));
  if (newest == states_.size()) {
    Landed(*doubt_);
  } else if (doubt_ && doubt_->options.bookmark) {
    states_.back().bookmark.reset();
  }
  states_.resize(newest + 1);
  oldest_whole_ = std::min(oldest_whole_, newest);
  durable_ = newest;  // an open for writing syncs
  doubt_.reset();
}

void Workload::Check(const Store& store) const {
  const auto view = store.NewView();
  ASSERT_TRUE(view.has_value()) << view.error().message;
  ASSERT_EQ((*view)->revision().value, states_.size() - 1);
  const uint64_t last = states_.size() - 1;
  for (uint64_t revision = oldest_whole_; revision <= last; ++revision) {
    if (revision + 4 < last && revision % 5 != 0) continue;  // of the older ones, some
    ExpectSame(TableOf(**view, Revision{revision}), states_[revision].table, revision);
  }
}

}  // namespace switchback
