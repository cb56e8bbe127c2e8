// Version rows. Their form leaves no choice, so that what is read is written as the same bytes;
// their metadata is checked by those who read it.
#include "history/version_row.h"

#include "fuzz/well_formed.h"

namespace switchback {
namespace {

void Try(std::string_view bytes) {
  const Result<VersionRow> row = DecodeVersionRow(bytes);
  if (!row) return RequireDataLoss(row.error());
  std::string again;
  EncodeVersionRow(*row, again);
  Require(again == bytes, "a version row is written in another way than it was read");
  Require(row->revision.value != 0, "a version row without a revision is taken");
}

const RegisterFuzzTarget kTarget("version_row", Try);

}  // namespace
}  // namespace switchback
