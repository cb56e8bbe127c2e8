// Every limit of the store in one place. What is past a limit is refused with kLimitExceeded and
// the limit in the message; nothing is truncated.
#pragma once

#include <cstddef>

namespace switchback {

inline constexpr size_t kMaxBusinessIdBytes = 128;
inline constexpr size_t kMaxEndpointsPerList = 10'000'000;
inline constexpr size_t kMaxIdsPerRevision = 1'000'000;
inline constexpr size_t kMaxMessageBytes = 4096;
// Author, ticket, source, request ID, environment and the fields of an origin, each.
inline constexpr size_t kMaxShortTextBytes = 256;
inline constexpr size_t kMaxBookmarkBytes = 4096;
inline constexpr size_t kMaxAttributesPerEndpoint = 16;
// Of one endpoint's attributes in canonical text: "key=value" pairs joined by single blanks.
inline constexpr size_t kMaxAttributeBytesPerEndpoint = 1024;
inline constexpr size_t kMaxAttributeKeyBytes = 32;
inline constexpr size_t kMaxAttributeValueBytes = 128;

}  // namespace switchback
