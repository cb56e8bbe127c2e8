// What waits in the commit queue: a commit with what was prepared for it, a record that is no
// commit, or other work that must run alone.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "api/change_source.h"
#include "api/commit_queue.h"
#include "api/committer.h"
#include "api/prepared_change.h"

namespace switchback {

struct Committer::Waiting : CommitQueue::Entry {
  Waiting(ChangeSource& changes, const CommitOptions& asked) : source(changes), options(asked) {}

  ChangeSource& source;
  const CommitOptions& options;
  std::optional<Digest> content;  // hash of the request, where it has an ID
  PreparedChange prepared;
  std::optional<Error> failure;  // preparing outside the queue found it, against `failed_at`
  Revision failed_at;
  uint64_t failed_rewrites = 0;  // as PreparedChange::rewrites
  Result<CommitResult> result;
};

struct Committer::WaitingSaid : CommitQueue::Entry {
  WaitingSaid(const CommitOptions& asked, std::string_view text) : options(asked), payload(text) {}

  const CommitOptions& options;
  const std::string_view payload;
  Result<void> result;
};

struct Committer::WaitingWork : CommitQueue::Entry {
  explicit WaitingWork(const std::function<Result<void>()>& alone) : work(alone) {}

  const std::function<Result<void>()>& work;
  Result<void> result;
};

}  // namespace switchback
