// A list in compact binary form, for large ones: application/vnd.switchback.list.
//   byte 0: format number, 1; varint: endpoints; then blocks (doc/format-lists.md, "Block") of at
//   most 4,096 endpoints each, one behind the other; last the digest, 16 bytes, high half first.
#pragma once

#include <string>
#include <string_view>

#include "switchback/endpoint_list.h"
#include "switchback/error.h"

namespace switchback::wire {

inline constexpr std::string_view kBinaryListType = "application/vnd.switchback.list";

[[nodiscard]] std::string EncodeBinaryList(const EndpointList& list);
// Takes untrusted bytes. Errors: kDataLoss, they are no such list, whole, with this digest.
[[nodiscard]] Result<EndpointList> DecodeBinaryList(std::string_view bytes);

}  // namespace switchback::wire
