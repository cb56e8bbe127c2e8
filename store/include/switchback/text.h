// Files of endpoints, one a line; blank lines and "# notes" are skipped, CRLF is taken.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "switchback/endpoint_list.h"
#include "switchback/error.h"

namespace switchback {

struct ParsedList {
  EndpointList list;
  uint64_t lines = 0;       // lines read, blank ones and notes included
  uint64_t duplicates = 0;  // exact duplicates that collapsed
};

// The list in `text`, in any order. Bad input is refused whole.
// Errors: kInvalidArgument: `items` holds "SOURCE:LINE: TEXT: REASON" for the first 20 bad lines (a
// key given twice with different values among them) and item_count how many there are;
// kLimitExceeded: more than kMaxEndpointsPerList.
// Cost: one pass and, where the input is unsorted, one sort; no allocation a line.
[[nodiscard]] Result<ParsedList> ParseEndpointList(std::string_view text, std::string_view source);

}  // namespace switchback
