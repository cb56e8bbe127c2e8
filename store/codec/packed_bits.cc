// The bits of a packed column. Decoding lists spends most of its time here, so values are taken
// from unaligned 64-bit loads for as long as 8 bytes remain.

#include <array>
#include <bit>
#include <cstring>

#include "codec/packed_column.h"

namespace switchback {
namespace {

static_assert(std::endian::native == std::endian::little);

// A value starts at most 7 bits into its first byte, so up to this width one load holds it.
constexpr unsigned kMaxOneLoadWidth = 57;

uint64_t Load64(const char* from) {
  uint64_t word;
  std::memcpy(&word, from, sizeof(word));
  return word;
}

uint64_t Mask(unsigned width) {
  return width == 64 ? ~uint64_t{0} : (uint64_t{1} << width) - 1;
}

// REQUIRES: 9 bytes can be read at the value's first byte.
uint64_t TakeWide(const char* bytes, size_t bit, unsigned width) {
  const unsigned offset = bit & 7;
  uint64_t value = Load64(bytes + bit / 8) >> offset;
  if (offset != 0) {
    value |= uint64_t{static_cast<uint8_t>(bytes[bit / 8 + 8])} << (64 - offset);
  }
  return value & Mask(width);
}

// Eight values take `width` bytes, so within such a group every offset is a constant: with the
// width known at compile time the loop has no bit arithmetic left in it.
template <unsigned kWidth>
void UnpackGroups(const char* bytes, size_t groups, uint64_t* out) {
  constexpr uint64_t kMask = (uint64_t{1} << kWidth) - 1;
  for (size_t group = 0; group < groups; ++group) {
    for (unsigned i = 0; i < 8; ++i) {
      const unsigned bit = i * kWidth;
      out[i] = Load64(bytes + bit / 8) >> (bit & 7) & kMask;
    }
    bytes += kWidth;
    out += 8;
  }
}

using GroupUnpacker = void (*)(const char*, size_t, uint64_t*);
template <size_t... kWidths>
constexpr std::array<GroupUnpacker, sizeof...(kWidths)> MakeUnpackers(
    std::index_sequence<kWidths...>) {
  return {UnpackGroups<kWidths>...};
}
// The widths that lists really use: distances within a chunk of IPv4 addresses, ports, indices.
constexpr size_t kGroupWidths = 33;
constexpr auto kUnpackers = MakeUnpackers(std::make_index_sequence<kGroupWidths>());

}  // namespace

void UnpackBits(std::string_view bytes, size_t first, unsigned width, size_t count, uint64_t* out) {
  const char* data = bytes.data();
  size_t bit = first * width;
  size_t i = 0;
  if (width < kGroupWidths && bit % 8 == 0) {
    // A group's last load may reach past it by 8 bytes: leave what is too near to the end.
    const size_t left = bytes.size() - bit / 8;
    const size_t safe = width == 0 ? count / 8 : (left < 8 ? 0 : (left - 8) / width);
    const size_t groups = std::min(count / 8, safe);
    kUnpackers[width](data + bit / 8, groups, out);
    i = groups * 8;
    bit += i * width;
  }
  const size_t reach = width <= kMaxOneLoadWidth ? 8 : 9;
  for (; i < count && bit / 8 + reach <= bytes.size(); ++i, bit += width) {
    out[i] = width <= kMaxOneLoadWidth ? Load64(data + bit / 8) >> (bit & 7) & Mask(width)
                                       : TakeWide(data, bit, width);
  }
  if (i == count) return;
  std::array<char, 24> tail = {};  // the last bytes, so that loads past the end see zeros
  const std::string_view rest = bytes.substr(std::min(bit / 8, bytes.size()));
  std::memcpy(tail.data(), rest.data(), rest.size());
  for (bit &= 7; i < count; ++i, bit += width) out[i] = TakeWide(tail.data(), bit, width);
}

void AppendPackedBits(std::span<const uint64_t> values, unsigned width, std::string& out) {
  if (width == 0) return;
  const size_t start = out.size();
  out.reserve(start + (values.size() * width + 7) / 8);
  uint64_t pending = 0;
  unsigned filled = 0;
  for (const uint64_t value : values) {
    const uint64_t bits = value & Mask(width);
    pending |= bits << filled;
    filled += width;
    if (filled < 64) continue;
    AppendFixed64(pending, out);
    filled -= 64;
    // What did not fit. A shift by the full width of the type is undefined, and means nothing here.
    pending = filled == 0 ? 0 : bits >> (width - filled);
  }
  for (; filled > 0; filled = filled > 8 ? filled - 8 : 0, pending >>= 8) {
    out.push_back(static_cast<char>(pending));
  }
}

}  // namespace switchback
