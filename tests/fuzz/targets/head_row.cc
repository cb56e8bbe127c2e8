// Head rows and the list in them.
#include "history/head_row.h"

#include "fuzz/well_formed.h"
#include "history/full_list.h"

namespace switchback {
namespace {

void Try(std::string_view bytes) {
  if (!RequireStable(bytes, DecodeHeadRow, EncodeHeadRow)) return;
  const Result<HeadRow> row = DecodeHeadRow(bytes);
  Require(row->version.value != 0 && row->revision.value != 0 && row->first_kept <= row->version,
          "a head row without a version is taken");
  if (!row->has_block) return;
  const auto list = DecodeHeadList(*row);
  if (!list) return RequireDataLoss(list.error());
  RequireWellFormed(**list);
  Require((*list)->size() == row->count && (*list)->digest() == row->digest,
          "the list of a head row is not what the row says");
}

const RegisterFuzzTarget kTarget("head_row", Try);

}  // namespace
}  // namespace switchback
