// The newest version of one business ID: what the hot read path needs, in one row (doc/format.md,
// "Head row"). Derived: it can be rebuilt from the version rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "switchback/error.h"
#include "switchback/types.h"

namespace switchback {

struct HeadRow {
  Version version;
  Revision revision;  // above the published one: not yet committed, readers use version - 1
  bool deleted = false;
  bool has_block = false;  // the list is short enough to be here
  uint64_t count = 0;
  Digest digest;
  uint64_t read_cost = 0;   // bytes to walk since the last full list or checkpoint
  uint64_t base_bytes = 0;  // size of that full list or checkpoint
  Version first_kept{1};    // versions below it were pruned
  std::string_view block;   // borrows
};

void EncodeHeadRow(const HeadRow& row, std::string& out);
// `block` borrows from `bytes`. Errors: kDataLoss.
[[nodiscard]] Result<HeadRow> DecodeHeadRow(std::string_view bytes);

}  // namespace switchback
