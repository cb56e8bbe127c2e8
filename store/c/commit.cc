// Committing and restoring, and what came of it.
#include <fmt/format.h>

#include <new>
#include <utility>
#include <variant>
#include <vector>

#include "c/call.h"
#include "c/handles.h"
#include "c/options.h"

namespace switchback::c {
namespace {

struct HeldResult : switchback_result {
  explicit HeldResult(CommitResult from)
      : switchback_result{.revision = from.revision ? from.revision->value : 0,
                          .time = from.time.micros,
                          .replayed = from.replayed,
                          .changes = nullptr,
                          .change_count = 0},
        held(std::move(from.changes)) {
    changes = held.array().data();
    change_count = held.array().size();
  }

  IdChangeRecords held;
};

// The word that history will have for it.
Operation OperationOf(const Change& change) {
  if (change.ids.size() != 1) return Operation::kApply;
  const auto& action = change.ids.front().action;
  if (std::holds_alternative<Replace>(action)) return Operation::kSet;
  if (std::holds_alternative<EditEndpoints>(action)) return Operation::kEdit;
  return std::holds_alternative<DeleteId>(action) ? Operation::kDelete : Operation::kRestore;
}

// `commit` takes the options.
template <typename Commit>
switchback_code CommitWith(AllNeeded needed, const switchback_commit_options* options,
                           switchback_result** result, switchback_error** error,
                           const Commit& commit) noexcept {
  if (result != nullptr) *result = nullptr;
  return Run(needed, error, [&]() -> Result<void> {
    Result<CommitOptions> read = ReadOptions(options);
    if (!read) return std::unexpected(std::move(read.error()));
    Result<CommitResult> done = commit(*read);
    if (!done) return std::unexpected(std::move(done.error()));
    if (result != nullptr) {
      *result = std::make_unique<HeldResult>(std::move(*done)).release();
    }
    return {};
  });
}

Result<std::vector<RestoreTarget>> ReadTargets(const switchback_restore_target* given,
                                               size_t count) {
  std::vector<RestoreTarget> targets;
  for (size_t i = 0; i < count; ++i) {
    const auto& [id, version, expect, has_expect] = given[i];
    if (id == nullptr) {
      return Fail(ErrorCode::kInvalidArgument,
                  fmt::format("the ID of targets[{}] is NULL; it is needed", i));
    }
    Result<BusinessId> parsed = BusinessId::Parse(id);
    if (!parsed) return std::unexpected(std::move(parsed.error()));
    const Result<bool> expects = ReadFlag(has_expect, "has_expect");
    if (!expects) return std::unexpected(expects.error());
    targets.push_back({std::move(*parsed), Version{version}});
    if (*expects) targets.back().expect = Version{expect};
  }
  return targets;
}

}  // namespace
}  // namespace switchback::c

using switchback::CommitOptions;
using switchback::CommitResult;
using switchback::Operation;
using switchback::Result;
namespace c = switchback::c;

switchback_code switchback_commit(switchback_store* store, const switchback_change* change,
                                  const switchback_commit_options* options,
                                  switchback_result** result, switchback_error** error) {
  return c::CommitWith({{store, "store"}, {change, "change"}}, options, result, error,
                       [&](CommitOptions& read) -> Result<CommitResult> {
                         if (change->failure) return std::unexpected(*change->failure);
                         if (change->broken) throw std::bad_alloc();  // it was built up to there
                         read.operation = c::OperationOf(change->change);
                         return store->store->Commit(change->change, read);
                       });
}

switchback_code switchback_restore(switchback_store* store,
                                   const switchback_restore_target* targets, size_t count,
                                   const switchback_commit_options* options,
                                   switchback_result** result, switchback_error** error) {
  return c::CommitWith({{store, "store"}, {targets, "array of targets"}}, options, result, error,
                       [&](CommitOptions& read) -> Result<CommitResult> {
                         auto parsed = c::ReadTargets(targets, count);
                         if (!parsed) return std::unexpected(std::move(parsed.error()));
                         read.operation = Operation::kRestore;
                         return store->store->Restore(*parsed, read);
                       });
}

switchback_code switchback_restore_table(switchback_store* store, uint64_t revision,
                                         const char* glob, const switchback_commit_options* options,
                                         switchback_result** result, switchback_error** error) {
  return c::CommitWith({{store, "store"}}, options, result, error, [&](CommitOptions& read) {
    read.operation = Operation::kRestoreAll;
    return store->store->RestoreTable(switchback::Revision{revision}, glob == nullptr ? "" : glob,
                                      read);
  });
}

void switchback_result_free(switchback_result* result) {
  delete static_cast<c::HeldResult*>(result);
}
