// Going on after a failed write: the engine is opened anew, and what is known in memory follows
// what it has.
#include <fmt/format.h>

#include "api/committer.h"
#include "history/rows.h"

namespace switchback {
namespace {

// What was handed out must not be taken back. A write that failed may be there all the same.
Result<void> CheckKept(const StoreRow& now, const StoreRow& before) {
  const bool kept =
      now.uuid == before.uuid && now.published >= before.published && now.records >= before.records;
  if (kept) return {};
  return Fail(ErrorCode::kDataLoss,
              fmt::format("expected the store {} at r{} or later, found {} at r{}", before.uuid,
                          before.published.value, now.uuid, now.published.value));
}

}  // namespace

Result<void> Committer::Recover() {
  ++recoveries_;  // before any file of the failed engine goes
  HeadCache::Writing writing(heads_);
  writing.TakeOutAll();
  Result<void> recovered = engine_.Recover([this](const EngineView& view) -> Result<void> {
    const Result<StoreRow> state = ReadStoreRow(view);
    if (!state) return std::unexpected(state.error());
    if (Result<void> kept = CheckKept(*state, state_); !kept) return kept;
    if (Result<void> loaded = origins_.Load(view, state->origins); !loaded) return loaded;
    cache_.Clear();
    state_ = *state;
    published_.store(state_.published.value, std::memory_order_release);
    return {};
  });
  ++rewrites_;  // what was prepared so far stands on what the failed engine had
  if (recovered) {
    durable_.Advance(state_.published);
    return {};
  }
  Error error = recovered.error();
  error.message = fmt::format(
      "an earlier write failed, and the store can't be opened anew to go on: {}; nothing was "
      "written",
      error.message);
  return std::unexpected(std::move(error));
}

}  // namespace switchback
