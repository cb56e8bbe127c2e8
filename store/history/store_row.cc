#include "history/store_row.h"

#include <fmt/format.h>

#include <algorithm>

#include "codec/bytes.h"
#include "history/metadata.h"

namespace switchback {
namespace {

bool ReadText(ByteReader& in, std::string& text) {
  std::string_view bytes;
  if (!in.ReadLengthPrefixed(bytes)) return false;
  text = bytes;
  return true;
}

bool DecodeFields(ByteReader& in, StoreRow& row) {
  std::string_view chain;
  uint64_t flags = 0;
  if (!ReadText(in, row.uuid) || !ReadText(in, row.environment) || !DecodeTime(in, row.created) ||
      !in.ReadVarint(row.published.value) || !in.ReadVarint(row.pending.value) ||
      !DecodeTime(in, row.effective_time) || !in.ReadVarint(row.records) ||
      !in.ReadVarint(row.subs) || !in.ReadBytes(row.chain.size(), chain) ||
      !in.ReadVarint(row.ids) || !in.ReadVarint(row.versions) || !in.ReadVarint(row.origins) ||
      !in.ReadVarint(flags) || flags > 1 || !in.ReadVarint(row.prune_floor.value)) {
    return false;
  }
  std::copy(chain.begin(), chain.end(), row.chain.begin());
  row.keeps_import_times = flags == 1;
  return in.empty() && (row.format == kFormatPruned || row.prune_floor.value == 0);
}

}  // namespace

void EncodeStoreRow(const StoreRow& row, std::string& out) {
  AppendFixed32(row.format, out);
  AppendLengthPrefixed(row.uuid, out);
  AppendLengthPrefixed(row.environment, out);
  EncodeTime(row.created, out);
  AppendVarint(row.published.value, out);
  AppendVarint(row.pending.value, out);
  EncodeTime(row.effective_time, out);
  AppendVarint(row.records, out);
  AppendVarint(row.subs, out);
  out.append(row.chain.begin(), row.chain.end());
  AppendVarint(row.ids, out);
  AppendVarint(row.versions, out);
  AppendVarint(row.origins, out);
  AppendVarint(row.keeps_import_times ? 1 : 0, out);
  AppendVarint(row.prune_floor.value, out);
}

Result<StoreRow> DecodeStoreRow(std::string_view bytes) {
  ByteReader in(bytes);
  StoreRow row;
  if (!in.ReadFixed32(row.format)) return Fail(ErrorCode::kDataLoss, "malformed store row");
  if (row.format > kFormatPruned) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("the store has format {}, this program knows formats up to {}: use a "
                            "newer version of it",
                            row.format, kFormatPruned));
  }
  if (row.format != 0 && row.format < kFormat) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("the store has format {}, which only builds before the first release "
                            "made; this program knows format {}: export it with the build that "
                            "made it, and import that here",
                            row.format, kFormat));
  }
  if (row.format == 0 || !DecodeFields(in, row)) {
    return Fail(ErrorCode::kDataLoss, "malformed store row");
  }
  return row;
}

void EncodeOrigin(const Origin& origin, std::string& out) {
  AppendLengthPrefixed(origin.user, out);
  AppendLengthPrefixed(origin.host, out);
  AppendLengthPrefixed(origin.program, out);
  AppendLengthPrefixed(origin.program_version, out);
}

Result<Origin> DecodeOrigin(std::string_view bytes) {
  ByteReader in(bytes);
  Origin origin;
  if (!ReadText(in, origin.user) || !ReadText(in, origin.host) || !ReadText(in, origin.program) ||
      !ReadText(in, origin.program_version) || !in.empty()) {
    return Fail(ErrorCode::kDataLoss, "malformed origin row");
  }
  return origin;
}

void EncodeSnapshotRow(const SnapshotRow& row, std::string& out) {
  AppendVarint(row.revision.value, out);
  EncodeTime(row.created, out);
  AppendLengthPrefixed(row.author, out);
  AppendLengthPrefixed(row.message, out);
}

Result<SnapshotRow> DecodeSnapshotRow(std::string_view bytes) {
  ByteReader in(bytes);
  SnapshotRow row;
  if (!in.ReadVarint(row.revision.value) || !DecodeTime(in, row.created) ||
      !ReadText(in, row.author) || !ReadText(in, row.message) || !in.empty()) {
    return Fail(ErrorCode::kDataLoss, "malformed snapshot row");
  }
  return row;
}

void EncodeRequestRow(const RequestRow& row, std::string& out) {
  AppendVarint(row.revision.value, out);
  AppendFixed64(row.content.low, out);
  AppendFixed64(row.content.high, out);
}

Result<RequestRow> DecodeRequestRow(std::string_view bytes) {
  ByteReader in(bytes);
  RequestRow row;
  if (!in.ReadVarint(row.revision.value) || !in.ReadFixed64(row.content.low) ||
      !in.ReadFixed64(row.content.high) || !in.empty()) {
    return Fail(ErrorCode::kDataLoss, "malformed request row");
  }
  return row;
}

}  // namespace switchback
