// The IDs that a revision touched, as they stand in its record or in part rows.
#include "fuzz/well_formed.h"
#include "history/revision_row.h"

namespace switchback {
namespace {

void Try(std::string_view bytes) {
  if (!RequireStable(bytes, DecodeTouchedIds, EncodeTouchedIds)) return;
  const Result<std::vector<TouchedId>> ids = DecodeTouchedIds(bytes);
  for (size_t i = 0; i < ids->size(); ++i) {
    Require(i == 0 || (*ids)[i - 1].id < (*ids)[i].id, "IDs are out of order");
    Require((*ids)[i].version.value != 0, "an ID has no version");
    Require(BusinessId::Parse((*ids)[i].id.text()).has_value(), "an ID is none");
  }
}

const RegisterFuzzTarget kTarget("touched_ids", Try);

}  // namespace
}  // namespace switchback
