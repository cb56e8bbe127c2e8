// Blocks: the one encoding of a sorted run of endpoints (doc/format-lists.md, "Block"). Inline
// lists, chunks and the parts of a script are blocks.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "codec/bytes.h"
#include "switchback/endpoint_list.h"

namespace switchback {

// Appends the block of endpoints [begin, end) of `list`.
void EncodeBlock(const EndpointList& list, size_t begin, size_t end, std::string& out);

// Reads one block from the front of `in` and appends its endpoints to `builder`, whose last key
// must be below the block's first. At most `max_endpoints`, whatever the bytes claim. Errors:
// kDataLoss for every malformed or out-of-order byte; the builder is then to be thrown away.
[[nodiscard]] Result<void> DecodeBlock(ByteReader& in, size_t max_endpoints,
                                       EndpointListBuilder& builder);

}  // namespace switchback
