#include "history/version_row.h"

#include "history/metadata.h"

namespace switchback {
namespace {

constexpr uint8_t kKindMask = 7;
constexpr uint8_t kHasMetadata = 8;

bool ReadCounts(ByteReader& in, VersionRow& row) {
  if (row.kind == VersionKind::kScript) {
    Result<ScriptCounts> counts = ReadScriptCounts(in.rest());
    if (!counts) return false;
    row.changes = *counts;
    return true;
  }
  return in.ReadVarint(row.changes.removed) && in.ReadVarint(row.changes.changed) &&
         in.ReadVarint(row.changes.added);
}

bool DecodeFields(ByteReader& in, VersionRow& row) {
  uint8_t header = 0;
  if (!in.ReadByte(header)) return false;
  const uint8_t kind = header & kKindMask;
  if (kind == 0 || kind > static_cast<uint8_t>(VersionKind::kPruned)) return false;
  if ((header & ~(kKindMask | kHasMetadata)) != 0) return false;
  row.kind = static_cast<VersionKind>(kind);
  if (row.kind == VersionKind::kPruned) {
    return header == kind && in.ReadVarint(row.revision.value) && row.revision.value != 0 &&
           in.ReadVarint(row.run_end.value) && row.run_end.value != 0 &&
           in.ReadFixed64(row.next_digest.low) && in.ReadFixed64(row.next_digest.high) &&
           in.empty();
  }
  if ((header & kHasMetadata) != 0 && !SkipMetadata(in, row.metadata)) return false;
  if (!in.ReadVarint(row.revision.value) || !in.ReadVarint(row.count) ||
      !in.ReadVarint(row.read_cost_kib)) {
    return false;
  }
  if (row.kind == VersionKind::kSameAs && !in.ReadVarint(row.same_as.value)) return false;
  if (!ReadCounts(in, row)) return false;
  row.payload = in.rest();
  const bool wants_payload = row.kind <= VersionKind::kFullChunked;
  return row.revision.value != 0 && wants_payload != row.payload.empty() &&
         (row.kind != VersionKind::kSameAs || row.same_as.value != 0) &&
         (row.kind != VersionKind::kDeletion || row.count == 0);
}

}  // namespace

// Metadata comes before the numbers: it starts alike in the rows of one ID, which helps zstd.
void EncodeVersionRow(const VersionRow& row, std::string& out) {
  uint8_t header = static_cast<uint8_t>(row.kind);
  if (!row.metadata.empty()) header |= kHasMetadata;
  out += static_cast<char>(header);
  out += row.metadata;
  AppendVarint(row.revision.value, out);
  if (row.kind == VersionKind::kPruned) {
    AppendVarint(row.run_end.value, out);
    AppendFixed64(row.next_digest.low, out);
    AppendFixed64(row.next_digest.high, out);
    return;
  }
  AppendVarint(row.count, out);
  AppendVarint(row.read_cost_kib, out);
  if (row.kind == VersionKind::kSameAs) AppendVarint(row.same_as.value, out);
  if (row.kind != VersionKind::kScript) {  // a script says it itself
    AppendVarint(row.changes.removed, out);
    AppendVarint(row.changes.changed, out);
    AppendVarint(row.changes.added, out);
  }
  out += row.payload;
}

Result<VersionRow> DecodeVersionRow(std::string_view bytes) {
  ByteReader in(bytes);
  VersionRow row;
  if (!DecodeFields(in, row)) return Fail(ErrorCode::kDataLoss, "malformed version row");
  return row;
}

}  // namespace switchback
