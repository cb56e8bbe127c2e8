// The constants of doc/format-lists.md, "Packed column": change both together, with the golden
// bytes in tests/codec.
#pragma once

#include <cstddef>
#include <cstdint>

namespace switchback {

// Columns below this size have no tag: each value is a varint.
inline constexpr size_t kMinTaggedValues = 3;
// Tags 0..64 are the width of a plain column; with this bit a shift and exceptions follow the base.
inline constexpr uint8_t kExtendedTag = 0x80;
inline constexpr uint8_t kMaxWidth = 64;
// A dictionary of distinct values, then a plain column of indices.
inline constexpr uint8_t kDictionaryTag = 127;
// One common value, then where the others are and what they are. Other tags are reserved.
inline constexpr uint8_t kSparseTag = 126;
// Beyond this many distinct values the dictionary costs about what it saves on a chunk.
inline constexpr size_t kMaxDictionary = 256;

}  // namespace switchback
