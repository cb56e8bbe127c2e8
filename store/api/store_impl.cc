#include "api/store_impl.h"

#include <fmt/format.h>

#include <utility>

#include "api/change_source.h"
#include "api/pinned_view.h"
#include "api/revert_source.h"
#include "api/validation.h"
#include "api/verifier.h"
#include "codec/bytes.h"
#include "history/row_keys.h"
#include "switchback/selector.h"

namespace switchback {

StoreImpl::StoreImpl(std::unique_ptr<Engine> engine, OpenOptions options, const StoreRow& state)
    : options_(std::move(options)),
      identity_{state.environment, state.uuid, state.created, state.format,
                state.format >= kFormatPruned},
      engine_(std::move(engine)),
      chunks_(*engine_),
      cache_(options_.list_cache_bytes),
      heads_(options_.head_cache_bytes),
      durable_(state.published),
      committer_(*engine_, chunks_, origins_, cache_, heads_, durable_, options_, state),
      followed_(state) {}

Result<std::unique_ptr<Store>> StoreImpl::Open(std::unique_ptr<Engine> engine,
                                               const OpenOptions& options) {
  if (Result<void> checked = CheckOrigin(options.origin); !checked) {
    return std::unexpected(checked.error());
  }
  std::string value;
  const Result<bool> found = engine->Get(Space::kState, StoreRowKey(), value);
  if (!found) return std::unexpected(found.error());
  if (!*found) {
    return Fail(
        ErrorCode::kNotFound,
        "the folder holds a database, but no store: its `init` did not finish; run it again, and "
        "where it is refused remove the folder first");
  }
  const Result<StoreRow> state = DecodeStoreRow(value);
  if (!state) return std::unexpected(state.error());
  if (options.environment && *options.environment != state->environment) {
    return Fail(ErrorCode::kWrongEnvironment,
                fmt::format("the store's environment is '{}', not '{}'; nothing was done",
                            state->environment, *options.environment));
  }
  auto store = std::make_unique<StoreImpl>(std::move(engine), options, *state);
  const Result<std::unique_ptr<EngineView>> view = store->engine_->NewView();
  if (!view) return std::unexpected(view.error());
  if (Result<void> loaded = store->origins_.Load(**view, state->origins); !loaded) {
    return std::unexpected(loaded.error());
  }
  return store;
}

Result<std::unique_ptr<ViewImpl>> StoreImpl::OpenView() const {
  return ViewImpl::Open(*engine_, origins_, cache_);
}

Result<std::unique_ptr<View>> StoreImpl::NewView() const {
  return OpenView();
}

Result<std::unique_ptr<View>> StoreImpl::NewViewAt(Revision revision) const {
  Result<std::unique_ptr<View>> newest = NewView();
  if (!newest || (*newest)->revision() == revision) return newest;
  if (revision < (*newest)->revision()) {
    return std::make_unique<PinnedView>(*std::move(newest), revision);
  }
  return Fail(ErrorCode::kNotFound, fmt::format("no revision r{} yet: the newest is r{}",
                                                revision.value, (*newest)->revision().value));
}

Result<ListHandle> StoreImpl::Read(const BusinessId& id) const {
  return ReadAbove(id, Version{0});
}

Result<ListHandle> StoreImpl::ReadIfNewer(const BusinessId& id, Version known) const {
  return ReadAbove(id, known);
}

// The cache, else one row, no view: the hot path. Everything unusual goes the long way through a
// view.
Result<ListHandle> StoreImpl::ReadAbove(const BusinessId& id, Version known) const {
  HeadCache::Ticket ticket;
  if (ListHandle cached = heads_.Find(id, ticket)) {
    if (cached->version <= known) return ListHandle();
    return cached;
  }
  const Revision published = committer_.published();
  std::string value;
  const Result<bool> found = engine_->Get(Space::kState, HeadKey(id), value);
  if (found && !*found) return std::unexpected(UnknownId(id));
  const Result<HeadRow> head = DecodeHeadRow(value);
  // A damaged row is done without.
  if (found && head && head->revision <= published) {
    if (head->deleted) return std::unexpected(DeletedId(id, head->version));
    if (head->version <= known) return ListHandle();
    std::shared_ptr<const EndpointList> list;
    if (head->has_block) {
      auto decoded = DecodeHeadList(*head);
      if (!decoded) return std::unexpected(decoded.error());
      list = std::move(*decoded);
    } else {
      list = cache_.Find(id, head->version);
    }
    if (list) {
      auto handle = std::make_shared<const VersionedList>(
          VersionedList{id, head->version, head->revision, std::move(list)});
      heads_.Add(handle, ticket);
      return handle;
    }
  }
  return ReadThroughView(id, known);
}

Result<ListHandle> StoreImpl::ReadThroughView(const BusinessId& id, Version known) const {
  const Result<std::unique_ptr<ViewImpl>> view = OpenView();
  if (!view) return std::unexpected(view.error());
  CurrentVersion current;
  const Result<bool> known_id = (*view)->rows().Current(id, current);
  if (!known_id) return std::unexpected(known_id.error());
  if (*known_id && !current.deleted && current.version <= known) return ListHandle();
  Result<ListHandle> read = (*view)->Read(id);
  if (read && (*read)->version <= known) return ListHandle();
  return read;
}

Result<CommitResult> StoreImpl::Commit(const Change& change, const CommitOptions& options) {
  const Result<std::unique_ptr<ChangeSource>> source = NewChangeSource(change);
  if (!source) return std::unexpected(source.error());
  return committer_.Commit(**source, options);
}

Result<CommitResult> StoreImpl::Commit(ChangeReader& changes, const CommitOptions& options) {
  const std::unique_ptr<ChangeSource> source = NewReaderSource(changes);
  return committer_.Commit(*source, options);
}

Result<CommitResult> StoreImpl::Restore(const std::vector<RestoreTarget>& targets,
                                        const CommitOptions& options) {
  const Result<std::unique_ptr<ChangeSource>> source = NewRestoreSource(targets);
  if (!source) return std::unexpected(source.error());
  return committer_.Commit(**source, options);
}

Result<CommitResult> StoreImpl::RestoreTable(Revision revision, std::string_view glob,
                                             const CommitOptions& options) {
  const std::unique_ptr<ChangeSource> source = NewTableRestoreSource(revision, std::string(glob));
  return committer_.Commit(*source, options);
}

Result<RevertResult> StoreImpl::Revert(const RevisionChoice& choice, bool skip_conflicts,
                                       const CommitOptions& options) {
  RevertSource source(choice, skip_conflicts);
  Result<CommitResult> committed = committer_.Commit(source, options);
  if (!committed) return std::unexpected(committed.error());
  return RevertResult{std::move(*committed), source.TakeConflicts()};
}

Result<CommitResult> StoreImpl::ApplyTable(ChangeReader& lists,
                                           const std::vector<std::string>& globs,
                                           const CommitOptions& options) {
  const std::unique_ptr<ChangeSource> source = NewTableSource(lists, globs);
  return committer_.Commit(*source, options);
}

Result<void> StoreImpl::CheckWritable() const {
  if (!options_.read_only) return {};
  return Fail(ErrorCode::kInvalidArgument, "the store was opened read-only");
}

Result<void> StoreImpl::Sync() {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  return committer_.Sync();
}

Result<std::optional<std::string>> StoreImpl::ReadBookmark(std::string_view name) const {
  std::string value;
  const Result<bool> found = engine_->Get(Space::kState, BookmarkKey(name), value);
  if (!found) return std::unexpected(found.error());
  if (!*found) return std::nullopt;
  return value;
}

Result<VerifyReport> StoreImpl::Verify(const Progress& progress) const {
  const Result<std::unique_ptr<ViewImpl>> view = OpenView();
  if (!view) return std::unexpected(view.error());
  return VerifyStore(**view, origins_, progress);
}

Result<VerifyReport> StoreImpl::Probe() const {
  const Result<std::unique_ptr<ViewImpl>> view = OpenView();
  if (!view) return std::unexpected(view.error());
  return ProbeStore(**view, origins_);
}

Result<StoreStats> StoreImpl::Stats() const {
  const Result<std::unique_ptr<ViewImpl>> view = OpenView();
  if (!view) return std::unexpected(view.error());
  Result<StoreStats> stats = CountRows(**view);
  if (!stats) return stats;
  const Result<EngineStats> engine = engine_->Stats();
  if (!engine) return std::unexpected(engine.error());
  stats->disk_bytes = engine->disk_bytes;
  stats->files = engine->files;
  return stats;
}

Result<StoreActivity> StoreImpl::Activity() const {
  const Result<EngineStats> engine = engine_->Stats();
  if (!engine) return std::unexpected(engine.error());
  StoreActivity activity = committer_.Activity();
  const HeadCache::Counts heads = heads_.Count();
  activity.head_hits = heads.hits;
  activity.head_misses = heads.misses;
  activity.head_cache_bytes = heads.bytes;
  activity.list_cache_bytes = cache_.bytes();
  activity.disk_bytes = engine->disk_bytes;
  activity.files = engine->files;
  return activity;
}

Result<void> StoreImpl::Compact() {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  if (Result<void> good = committer_.RecoverIfFailed(); !good) return good;
  return engine_->Compact();
}

Result<void> StoreImpl::DropCheckpoints(bool remake) {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  // A prune under way writes checkpoints that are needed only once it has dropped what they
  // replace.
  const std::lock_guard pruning(pruning_);
  return committer_.WithQueueHeld([&]() -> Result<void> {
    if (Result<void> ready = committer_.MakeReady(); !ready) return ready;
    const Result<std::unique_ptr<ViewImpl>> view = OpenView();
    if (!view) return std::unexpected(view.error());
    return RewriteCheckpoints(*engine_, chunks_, **view, remake);
  });
}

}  // namespace switchback
