#include "history/revision_row.h"

#include <algorithm>

namespace switchback {
namespace {

size_t SharedPrefix(std::string_view a, std::string_view b) {
  const size_t limit = std::min(a.size(), b.size());
  size_t shared = 0;
  while (shared < limit && a[shared] == b[shared]) ++shared;
  return shared;
}

bool DecodeOneId(ByteReader& in, RecordRow& row) {
  std::string_view text;
  uint64_t version = 0;
  if (!in.ReadLengthPrefixed(text) || !in.ReadVarint(version) || version == 0) return false;
  Result<BusinessId> id = BusinessId::Parse(text);
  if (!id || !in.empty()) return false;
  row.ids.push_back({std::move(*id), Version{version}});
  row.id_count = 1;
  return true;
}

enum class Ids : uint8_t { kTake, kLeave };

bool DecodeManyIds(ByteReader& in, Ids wanted, RecordRow& row) {
  if (!DecodeMetadata(in, row.metadata) || !in.ReadVarint(row.id_count) ||
      !in.ReadVarint(row.removed) || !in.ReadVarint(row.changed) || !in.ReadVarint(row.added) ||
      !in.ReadVarint(row.parts)) {
    return false;
  }
  if (row.parts != 0) return in.empty();
  if (wanted == Ids::kLeave) return true;
  Result<std::vector<TouchedId>> ids = DecodeTouchedIds(in.rest());
  if (!ids || ids->size() != row.id_count) return false;
  row.ids = std::move(*ids);
  return true;
}

bool DecodeFields(ByteReader& in, Ids wanted, RecordRow& row) {
  uint8_t kind = 0;
  if (!in.ReadByte(kind)) return false;
  switch (static_cast<RecordKind>(kind)) {
    case RecordKind::kOneId:
      row.kind = RecordKind::kOneId;
      return DecodeOneId(in, row);
    case RecordKind::kManyIds:
      row.kind = RecordKind::kManyIds;
      return DecodeManyIds(in, wanted, row);
    case RecordKind::kSaid:
      row.kind = RecordKind::kSaid;
      if (!DecodeMetadata(in, row.metadata)) return false;
      row.payload = in.rest();
      return true;
  }
  return false;
}

Result<RecordRow> Decode(std::string_view bytes, Ids wanted) {
  ByteReader in(bytes);
  RecordRow row;
  if (!DecodeFields(in, wanted, row)) return Fail(ErrorCode::kDataLoss, "malformed record row");
  return row;
}

}  // namespace

void EncodeRecordRow(const RecordRow& row, std::string& out) {
  out += static_cast<char>(row.kind);
  if (row.kind == RecordKind::kOneId) {
    // The ID first: many begin as the one in the row before ends, which zstd takes in one piece.
    AppendLengthPrefixed(row.ids.front().id.text(), out);
    AppendVarint(row.ids.front().version.value, out);
    return;
  }
  EncodeMetadata(row.metadata, out);
  if (row.kind == RecordKind::kSaid) {
    out += row.payload;
    return;
  }
  AppendVarint(row.id_count, out);
  AppendVarint(row.removed, out);
  AppendVarint(row.changed, out);
  AppendVarint(row.added, out);
  AppendVarint(row.parts, out);
  if (row.parts == 0) EncodeTouchedIds(row.ids, out);
}

Result<RecordRow> DecodeRecordRow(std::string_view bytes) {
  return Decode(bytes, Ids::kTake);
}

Result<RecordRow> DecodeRecordWithoutIds(std::string_view bytes) {
  return Decode(bytes, Ids::kLeave);
}

void EncodeTouchedIds(const std::vector<TouchedId>& ids, std::string& out) {
  std::string_view previous;
  for (const TouchedId& touched : ids) {
    const std::string_view text = touched.id.text();
    const size_t shared = SharedPrefix(previous, text);
    AppendVarint(shared, out);
    AppendLengthPrefixed(text.substr(shared), out);
    AppendVarint(touched.version.value, out);
    previous = text;
  }
}

Result<std::vector<TouchedId>> DecodeTouchedIds(std::string_view bytes) {
  ByteReader in(bytes);
  std::vector<TouchedId> ids;
  std::string text;
  while (!in.empty()) {
    uint64_t shared = 0;
    std::string_view rest;
    uint64_t version = 0;
    if (!in.ReadVarint(shared) || shared > text.size() || !in.ReadLengthPrefixed(rest) ||
        !in.ReadVarint(version) || version == 0) {
      return Fail(ErrorCode::kDataLoss, "malformed list of touched IDs");
    }
    text.resize(shared);
    text += rest;
    Result<BusinessId> id = BusinessId::Parse(text);
    if (!id || (!ids.empty() && !(ids.back().id < *id))) {
      return Fail(ErrorCode::kDataLoss, "list of touched IDs: malformed or out of order");
    }
    ids.push_back({std::move(*id), Version{version}});
  }
  return ids;
}

}  // namespace switchback
