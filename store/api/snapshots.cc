// Snapshot names: a row each, and a record in the journal for each that comes or goes.
#include <fmt/format.h>

#include <utility>

#include "api/store_impl.h"
#include "codec/bytes.h"
#include "history/row_keys.h"
#include "switchback/selector.h"

namespace switchback {
namespace {

SnapshotInfo ToInfo(std::string_view name, const SnapshotRow& row) {
  return {std::string(name), row.revision, row.created, row.author, row.message};
}

std::string RecordPayload(std::string_view name, Revision revision) {
  std::string payload;
  AppendLengthPrefixed(name, payload);
  AppendVarint(revision.value, payload);
  return payload;
}

}  // namespace

// A name for a table of which versions were pruned would promise what can't be read.
Result<void> StoreImpl::CheckWhole(std::string_view name, Revision revision) const {
  const Result<std::unique_ptr<ViewImpl>> view = OpenView();
  if (!view) return std::unexpected(view.error());
  const Result<StoreRow> state = ReadStoreRow((*view)->engine_view());
  if (!state) return std::unexpected(state.error());
  if (revision > state->prune_floor) return {};
  const auto table = (*view)->Table(revision, {});
  if (!table) return std::unexpected(table.error());
  while (true) {
    const Result<std::optional<TableEntry>> next = (*table)->Next();
    if (next && *next) continue;
    if (next) return {};
    Error error = next.error();
    if (error.code == ErrorCode::kPruned) {
      error.message =
          fmt::format("r{} can't be named '{}': {}", revision.value, name, error.message);
    }
    return std::unexpected(std::move(error));
  }
}

Result<SnapshotInfo> StoreImpl::CreateSnapshot(std::string_view name, Revision revision,
                                               const CommitOptions& options) {
  if (Result<void> writable = CheckWritable(); !writable) return std::unexpected(writable.error());
  if (Result<void> checked = CheckSnapshotName(name); !checked) {
    return std::unexpected(checked.error());
  }
  if (revision > committer_.published()) {
    return Fail(ErrorCode::kNotFound, fmt::format("no revision r{}: the newest is r{}",
                                                  revision.value, committer_.published().value));
  }
  const std::lock_guard lock(snapshots_);
  std::string value;
  const Result<bool> found = engine_->Get(Space::kState, SnapshotKey(name), value);
  if (!found) return std::unexpected(found.error());
  if (*found) {
    return Fail(ErrorCode::kAlreadyExists,
                fmt::format("a snapshot named '{}' is there already: delete it first", name));
  }
  if (Result<void> whole = CheckWhole(name, revision); !whole) {
    return std::unexpected(whole.error());
  }
  const SnapshotRow row{revision, options_.clock.now(), options.author, options.message};
  std::string bytes;
  EncodeSnapshotRow(row, bytes);
  WriteBatch batch;
  batch.Put(Space::kState, SnapshotKey(name), std::move(bytes));
  if (options.dry_run) return ToInfo(name, row);
  CommitOptions said = options;
  said.operation = Operation::kSnapshotCreate;
  if (Result<void> written = committer_.Say(said, RecordPayload(name, revision), batch); !written) {
    return std::unexpected(written.error());
  }
  return ToInfo(name, row);
}

Result<void> StoreImpl::DeleteSnapshot(std::string_view name, const CommitOptions& options) {
  if (Result<void> writable = CheckWritable(); !writable) return writable;
  const std::lock_guard lock(snapshots_);
  std::string value;
  const Result<bool> found = engine_->Get(Space::kState, SnapshotKey(name), value);
  if (!found) return std::unexpected(found.error());
  if (!*found) return Fail(ErrorCode::kNotFound, fmt::format("no snapshot named '{}'", name));
  const Result<SnapshotRow> row = DecodeSnapshotRow(value);
  if (!row) return std::unexpected(row.error());
  WriteBatch batch;
  batch.Delete(Space::kState, SnapshotKey(name));
  if (options.dry_run) return {};
  CommitOptions said = options;
  said.operation = Operation::kSnapshotDelete;
  return committer_.Say(said, RecordPayload(name, row->revision), batch);
}

Result<std::vector<SnapshotInfo>> StoreImpl::ListSnapshots() const {
  const Result<std::unique_ptr<EngineView>> view = engine_->NewView();
  if (!view) return std::unexpected(view.error());
  const std::string begin(1, kSnapshotPrefix);
  const auto rows = (*view)->Scan(Space::kState, begin, PrefixEnd(begin));
  std::vector<SnapshotInfo> snapshots;
  for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
    const Result<SnapshotRow> row = DecodeSnapshotRow(rows->value());
    if (!row) return std::unexpected(row.error());
    snapshots.push_back(ToInfo(rows->key().substr(1), *row));
  }
  if (Result<void> status = rows->status(); !status) return std::unexpected(status.error());
  return snapshots;
}

}  // namespace switchback
