// Lists as blocks. A block's own decoder checks keys and values; here it is checked that the blocks
// make up the list that was sent: as many endpoints as were claimed, with their digest, and no
// more.
#include "wire/binary_list.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "codec/bytes.h"
#include "list/block.h"
#include "switchback/limits.h"

namespace switchback::wire {
namespace {

constexpr uint8_t kFormat = 1;
// A block is decoded whole before it is taken in, so this bounds what a false one can cost.
constexpr size_t kEndpointsPerBlock = 4096;

std::unexpected<Error> NoList(const std::string& what) {
  return Fail(ErrorCode::kDataLoss, "a list in binary form is damaged: " + what);
}

// Without the advice behind it, which is about bytes of the store.
std::string WhatIsWrong(const Error& error) {
  return error.message.substr(0, error.message.find(';'));
}

Result<uint64_t> ReadHead(ByteReader& in) {
  uint8_t format = 0;
  uint64_t count = 0;
  if (!in.ReadByte(format)) return NoList("it is empty");
  if (format != kFormat)
    return NoList(fmt::format("it has format {}, expected {}", format, kFormat));
  if (!in.ReadVarint(count)) return NoList("it is cut off before its count");
  if (count > kMaxEndpointsPerList) {
    return NoList(
        fmt::format("it claims {} endpoints, and a list holds {}", count, kMaxEndpointsPerList));
  }
  return count;
}

// The blocks of `count` endpoints. Room is made block by block, never for what is only claimed.
Result<EndpointList> ReadBlocks(ByteReader& in, uint64_t count) {
  EndpointListBuilder builder;
  while (builder.size() < count) {
    const size_t before = builder.size();
    const size_t most = std::min<size_t>(kEndpointsPerBlock, count - before);
    const auto read = DecodeBlock(in, most, builder);
    if (!read) return NoList(WhatIsWrong(read.error()));
    if (builder.size() == before) return NoList("a block is empty");
  }
  return builder.Finish();
}

bool ReadDigest(ByteReader& in, Digest& digest) {
  return in.ReadBigEndian64(digest.high) && in.ReadBigEndian64(digest.low);
}

}  // namespace

std::string EncodeBinaryList(const EndpointList& list) {
  std::string out(1, static_cast<char>(kFormat));
  AppendVarint(list.size(), out);
  for (size_t begin = 0; begin < list.size(); begin += kEndpointsPerBlock) {
    EncodeBlock(list, begin, std::min(begin + kEndpointsPerBlock, list.size()), out);
  }
  AppendBigEndian64(list.digest().high, out);
  AppendBigEndian64(list.digest().low, out);
  return out;
}

Result<EndpointList> DecodeBinaryList(std::string_view bytes) {
  ByteReader in(bytes);
  const auto count = ReadHead(in);
  if (!count) return std::unexpected(count.error());
  auto list = ReadBlocks(in, *count);
  if (!list) return list;
  Digest digest;
  if (!ReadDigest(in, digest)) return NoList("it is cut off before its digest");
  if (!in.empty()) return NoList(fmt::format("{} bytes follow on it", in.rest().size()));
  if (digest != list->digest()) {
    return NoList(
        fmt::format("its digest is {}, expected {}", list->digest().ToHex(), digest.ToHex()));
  }
  return list;
}

}  // namespace switchback::wire
