// A store that follows: what changes in it between two states of the engine, all before anyone
// reads the newer one.
#include <fmt/format.h>

#include <string>

#include "api/store_impl.h"
#include "history/cursors.h"
#include "history/rows.h"

namespace switchback {
namespace {

// More than so many are looked up one by one for longer than filling the cache again takes.
constexpr uint64_t kMaxRevisions = 1'000;
constexpr size_t kMaxIds = 10'000;

// A state of another store, or an older one: what was handed out until now would be taken back.
Result<void> CheckSucceeds(const StoreRow& now, const StoreRow& before) {
  if (now.uuid != before.uuid) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("followed the store {}, found {} in its place: open it again to follow "
                            "this one",
                            before.uuid, now.uuid));
  }
  if (now.published < before.published || now.records < before.records) {
    return Fail(
        ErrorCode::kNotFound,
        fmt::format("followed the store up to r{}, found it at r{}: an older copy has taken "
                    "its place; open it again to follow this one",
                    before.published.value, now.published.value));
  }
  return {};
}

// False: there are too many, or they can't be read.
bool TakeOutTouched(const Rows& rows, Revision from, HeadCache::Writing& writing) {
  if (rows.published().value - from.value > kMaxRevisions) return false;
  size_t ids = 0;
  for (Revision revision = from.Next(); revision <= rows.published(); revision = revision.Next()) {
    const auto touched = OpenTouchedIds(rows, revision);
    if (!touched) return false;
    while (true) {
      const Result<std::optional<TouchedId>> next = (*touched)->Next();
      if (!next || ++ids > kMaxIds) return false;
      if (!*next) break;
      writing.TakeOut((*next)->id);
    }
  }
  return true;
}

}  // namespace

Result<bool> StoreImpl::CatchUp() {
  if (!options_.follow) return false;
  bool newer = false;
  Result<bool> moved = engine_->CatchUp([this, &newer](const EngineView& view) {
    const uint64_t records = followed_.records;
    Result<void> moved_on = MoveOn(view);
    newer = moved_on && followed_.records > records;
    return moved_on;
  });
  if (!moved) return moved;
  return newer;
}

Result<void> StoreImpl::MoveOn(const EngineView& view) {
  const Result<StoreRow> state = ReadStoreRow(view);
  if (!state) return std::unexpected(state.error());
  if (Result<void> succeeds = CheckSucceeds(*state, followed_); !succeeds) return succeeds;
  if (Result<void> loaded = origins_.Load(view, state->origins); !loaded) return loaded;
  HeadCache::Writing writing(heads_);
  const Rows rows(view, origins_, state->published);
  if (!TakeOutTouched(rows, followed_.published, writing)) writing.TakeOutAll();
  // What was said between commits may be a prune: what it dropped is not to be had here either.
  const uint64_t commits = state->published.value - followed_.published.value;
  if (state->records - followed_.records > commits) cache_.Clear();
  committer_.Follow(*state);
  durable_.Advance(state->published);
  followed_ = *state;
  return {};
}

}  // namespace switchback
