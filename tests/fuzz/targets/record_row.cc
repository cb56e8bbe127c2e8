// Records of the journal, with their IDs and without.
#include "fuzz/well_formed.h"
#include "history/revision_row.h"

namespace switchback {
namespace {

void RequireCounts(const RecordRow& row) {
  for (size_t i = 1; i < row.ids.size(); ++i) {
    Require(row.ids[i - 1].id < row.ids[i].id, "IDs of a record are out of order");
  }
  if (row.kind == RecordKind::kSaid) return;
  Require(row.parts != 0 || row.ids.size() == row.id_count, "IDs are not as many as a record says");
}

void Try(std::string_view bytes) {
  if (!RequireStable(bytes, DecodeRecordRow, EncodeRecordRow)) return;
  const Result<RecordRow> row = DecodeRecordRow(bytes);
  RequireCounts(*row);
  const Result<RecordRow> without = DecodeRecordWithoutIds(bytes);
  Require(without && without->kind == row->kind && without->metadata == row->metadata &&
              without->id_count == row->id_count && without->removed == row->removed &&
              without->changed == row->changed && without->added == row->added &&
              without->parts == row->parts && without->payload == row->payload,
          "a record read without its IDs says something else");
}

const RegisterFuzzTarget kTarget("record_row", Try);

}  // namespace
}  // namespace switchback
