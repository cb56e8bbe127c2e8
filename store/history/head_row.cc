#include "history/head_row.h"

#include "codec/bytes.h"

namespace switchback {
namespace {

enum Flag : uint8_t { kDeleted = 1, kHasBlock = 2, kHasFirstKept = 4, kKnownFlags = 7 };

bool DecodeFields(ByteReader& in, HeadRow& row) {
  uint8_t flags = 0;
  if (!in.ReadByte(flags) || (flags & ~kKnownFlags) != 0) return false;
  row.deleted = (flags & kDeleted) != 0;
  row.has_block = (flags & kHasBlock) != 0;
  if (!in.ReadVarint(row.version.value) || !in.ReadVarint(row.revision.value) ||
      !in.ReadVarint(row.count) || !in.ReadFixed64(row.digest.low) ||
      !in.ReadFixed64(row.digest.high) || !in.ReadVarint(row.read_cost) ||
      !in.ReadVarint(row.base_bytes)) {
    return false;
  }
  if ((flags & kHasFirstKept) != 0 && !in.ReadVarint(row.first_kept.value)) return false;
  row.block = in.rest();
  return row.version.value != 0 && row.revision.value != 0 && row.first_kept.value != 0 &&
         row.first_kept <= row.version && row.has_block != row.block.empty() &&
         (!row.deleted || (row.count == 0 && !row.has_block));
}

}  // namespace

void EncodeHeadRow(const HeadRow& row, std::string& out) {
  uint8_t flags = 0;
  if (row.deleted) flags |= kDeleted;
  if (row.has_block) flags |= kHasBlock;
  if (row.first_kept.value != 1) flags |= kHasFirstKept;
  out += static_cast<char>(flags);
  AppendVarint(row.version.value, out);
  AppendVarint(row.revision.value, out);
  AppendVarint(row.count, out);
  AppendFixed64(row.digest.low, out);
  AppendFixed64(row.digest.high, out);
  AppendVarint(row.read_cost, out);
  AppendVarint(row.base_bytes, out);
  if ((flags & kHasFirstKept) != 0) AppendVarint(row.first_kept.value, out);
  out += row.block;
}

Result<HeadRow> DecodeHeadRow(std::string_view bytes) {
  ByteReader in(bytes);
  HeadRow row;
  if (!DecodeFields(in, row)) return Fail(ErrorCode::kDataLoss, "malformed head row");
  return row;
}

}  // namespace switchback
