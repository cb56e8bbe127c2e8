// The small rows that are overwritten. The first byte says which is meant.
#include "fuzz/well_formed.h"
#include "history/journal_segment.h"
#include "history/store_row.h"

namespace switchback {
namespace {

void TryStoreRow(std::string_view bytes) {
  const Result<StoreRow> row = DecodeStoreRow(bytes);
  if (!row && row.error().code == ErrorCode::kInvalidArgument) {  // of another format
    return Require(row.error().message.find("format") != std::string::npos,
                   "no word of the format");
  }
  if (!RequireStable(bytes, DecodeStoreRow, EncodeStoreRow)) return;
  Require(row->format == kFormat || row->format == kFormatPruned, "an unknown format is taken");
}

void Try(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::string_view row = bytes.substr(1);
  switch (bytes.front()) {
    case 'S':
      return TryStoreRow(row);
    case 'O':
      return static_cast<void>(RequireStable(row, DecodeOrigin, EncodeOrigin));
    case 'N':
      return static_cast<void>(RequireStable(row, DecodeSnapshotRow, EncodeSnapshotRow));
    case 'Q':
      return static_cast<void>(RequireStable(row, DecodeRequestRow, EncodeRequestRow));
    case 'J':
      return static_cast<void>(RequireStable(row, DecodeJournalSegment, EncodeJournalSegment));
    default:
      return;
  }
}

const RegisterFuzzTarget kTarget("state_row", Try);

}  // namespace
}  // namespace switchback
