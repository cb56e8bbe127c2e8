// Blocks: a count, a flags byte, the key columns and the value columns.

#include "list/block.h"

#include <fmt/format.h>

#include "list/columns.h"

namespace switchback {

void EncodeBlock(const EndpointList& list, size_t begin, size_t end, std::string& out) {
  AppendVarint(end - begin, out);
  if (begin == end) return;
  const GatheredValues values = GatherValues(list, begin, end);
  const uint8_t key_flags = KeyFlags(list, begin, end);
  out.push_back(static_cast<char>(key_flags | ValueFlags(values)));
  EncodeKeys(list, begin, end, key_flags, out);
  EncodeValues(values, out);
}

Result<void> DecodeBlock(ByteReader& in, size_t max_endpoints, EndpointListBuilder& builder) {
  uint64_t count = 0;
  uint8_t flags = 0;
  if (!in.ReadVarint(count)) return Damaged("a block is cut off before its count");
  if (count == 0) return {};
  if (count > max_endpoints) {
    return Damaged(
        fmt::format("a block claims {} endpoints where {} at most can be", count, max_endpoints));
  }
  if (!in.ReadByte(flags)) return Damaged("a block is cut off before its flags");
  KeyColumns keys;
  ValueColumns values;
  auto done = DecodeKeys(in, count, flags, keys);
  if (done) done = DecodeValues(in, count, flags, values);
  if (!done) return done;
  const auto last = builder.last_key();
  if (last && keys[0] <= *last) {
    return Damaged("a block begins at or below the last key of the one before");
  }
  builder.AppendColumns(keys, values);
  return {};
}

}  // namespace switchback
