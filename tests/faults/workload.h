// Commits of all shapes, with a model of every state that they lead to: what a store may hold
// after a fault, and what it must.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "store/store_fixture.h"
#include "switchback/store.h"

namespace switchback {

using Table = std::map<std::string, EndpointList>;

class Workload {
 public:
  explicit Workload(uint64_t seed) : random_(seed) {}

  // One step, chosen at random: mostly a commit, with a bookmark as imports have it or without; now
  // and then a sync, a snapshot, a prune, a compaction, or all checkpoints dropped or remade. The
  // error where it failed.
  [[nodiscard]] Result<void> Step(Store& store);
  // A commit whose outcome is not known was the last step: asks again, with its request ID.
  [[nodiscard]] Result<void> Repeat(Store& store);
  // A step failed, and the store was opened anew after that: it tells what came of it.
  void Settle(const Store& store);

  // Everything that the store must hold: the table of each revision that can still be read.
  void Check(const Store& store) const;
  // Of revisions: the last one that is durable, and the last one that may be there.
  [[nodiscard]] uint64_t durable() const { return durable_; }
  [[nodiscard]] uint64_t newest() const { return states_.size() - 1; }
  [[nodiscard]] bool in_doubt() const { return doubt_.has_value(); }

 private:
  // A commit that was asked for.
  struct Asked {
    Change change;
    std::optional<uint64_t> restore_to;  // instead of `change`
    CommitOptions options;
    Table after;
  };
  // A revision: its table; and the bookmark, unless what found nothing to do may have moved it.
  struct State {
    Table table;
    std::optional<std::string> bookmark;
  };

  [[nodiscard]] Asked NextCommit();
  [[nodiscard]] EndpointList RandomList();
  [[nodiscard]] Result<CommitResult> Send(Store& store, const Asked& asked) const;
  [[nodiscard]] Result<void> Commit(Store& store, Asked asked);
  void Landed(Asked asked);
  [[nodiscard]] Result<void> Care(Store& store);

  std::mt19937_64 random_;
  std::vector<State> states_{State{{}, ""}};  // by revision
  uint64_t durable_ = 0;
  uint64_t oldest_whole_ = 0;  // revisions before it may have lost versions to a prune
  uint64_t steps_ = 0;
  uint64_t cares_ = 0;
  std::optional<Asked> doubt_;
};

}  // namespace switchback
