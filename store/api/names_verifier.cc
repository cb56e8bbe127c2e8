#include "api/names_verifier.h"

#include <fmt/format.h>

#include <utility>

#include "codec/bytes.h"
#include "history/row_keys.h"
#include "history/steady_scan.h"

namespace switchback {
Result<void> NamesVerifier::Committed(Revision revision, const Metadata& metadata) {
  if (metadata.request_id.empty()) return {};
  std::string value;
  const Result<bool> found =
      view_.engine_view().Get(Space::kState, RequestKey(metadata.request_id), value);
  if (!found && !IsDamage(found.error())) return std::unexpected(found.error());
  const Result<RequestRow> row = DecodeRequestRow(value);
  if (!found || !*found || !row || row->revision != revision) {
    damage_.Add(
        fmt::format("the row of request ID '{}' is missing or damaged; r{} is its commit",
                    metadata.request_id, revision.value),
        "a repeat of that request would not be known as one; lists are not touched by that");
  }
  return {};
}

void NamesVerifier::Said(const RecordRow& record) {
  const Operation operation = record.metadata.operation;
  if (operation != Operation::kSnapshotCreate && operation != Operation::kSnapshotDelete) return;
  ByteReader in(record.payload);
  std::string_view name;
  Revision revision;
  if (!in.ReadLengthPrefixed(name) || !in.ReadVarint(revision.value)) return;
  if (operation == Operation::kSnapshotCreate) {
    snapshots_[std::string(name)] = {revision, {}, record.metadata.author, record.metadata.message};
  } else {
    snapshots_.erase(std::string(name));
  }
}

void NamesVerifier::CheckSnapshot(const std::string& name, std::string_view value) {
  const Result<SnapshotRow> row = DecodeSnapshotRow(value);
  const auto expected = snapshots_.find(name);
  if (!row) {
    damage_.Add(fmt::format("snapshot '{}': {}", name, row.error().message),
                "snapshots can't be listed, nor this one be resolved");
  } else if (expected == snapshots_.end()) {
    damage_.Add(fmt::format("a snapshot '{}' is there that the journal does not name", name),
                "that name may lead to another revision than it was given to");
  } else if (expected->second.revision != row->revision) {
    damage_.Add(fmt::format("snapshot '{}' names r{}, the journal says r{}", name,
                            row->revision.value, expected->second.revision.value),
                "that name leads to another revision than it was given to");
  } else if (expected->second.author != row->author || expected->second.message != row->message) {
    damage_.Add(
        fmt::format("snapshot '{}' has another author or message than in the journal", name),
        "who made it, and why, is told wrong; its revision is not touched by that");
  }
  snapshots_.erase(name);
}

Result<void> NamesVerifier::Finish() {
  const std::string begin(1, kSnapshotPrefix);
  SteadyScan rows(view_.engine_view(), Space::kState, begin, PrefixEnd(begin));
  for (rows.SeekToFirst();; rows.Next()) {
    if (rows.gap()) damage_.Add(rows.gap()->error, "snapshot rows", "snapshots can't be listed");
    if (!rows.valid()) break;
    CheckSnapshot(std::string(rows.key().substr(1)), rows.value());
  }
  if (Result<void> status = rows.status(); !status) return status;
  for (const auto& [name, row] : snapshots_) {
    damage_.Add(fmt::format("the row of snapshot '{}' of r{} is missing", name, row.revision.value),
                "the name is gone; its revision is not touched by that");
  }
  return {};
}

}  // namespace switchback
