// Reading packed columns. The bytes are untrusted: Open checks that the column lies within them,
// Read that every value is within its limit.

#include <algorithm>
#include <bit>

#include "codec/packed_column.h"
#include "codec/packed_format.h"

namespace switchback {

bool PackedColumnReader::Open(ByteReader& in, size_t count, uint64_t limit) {
  plain_ = Plain();
  dictionary_.clear();
  others_.reset();  // not a new reader: that would clear the kilobyte of it that is never used
  if (count < kMinTaggedValues) return plain_.Open(in, count, limit);
  uint8_t tag = 0;
  if (!in.ReadByte(tag)) return false;
  if (tag == kDictionaryTag) return OpenDictionary(in, count, limit);
  if (tag == kSparseTag) return OpenSparse(in, count, limit);
  return plain_.OpenTagged(in, tag, count, limit);
}

bool PackedColumnReader::OpenDictionary(ByteReader& in, size_t count, uint64_t limit) {
  uint64_t size = 0;
  if (!in.ReadVarint(size) || size < 2 || size > kMaxDictionary || size > count) return false;
  Plain distinct;
  std::vector<uint64_t> values(size);
  if (!distinct.Open(in, size, limit) || !distinct.Read(values.data(), size)) return false;
  // Strictly increasing: each value once, one form for each dictionary.
  if (std::adjacent_find(values.begin(), values.end(), std::greater_equal<>()) != values.end()) {
    return false;
  }
  dictionary_ = std::move(values);
  return plain_.Open(in, count, size - 1);
}

// Leaves `gap` and `value` as they are: Fetch fills what is read of them.
PackedColumnReader::Others::Others() = default;

bool PackedColumnReader::OpenSparse(ByteReader& in, size_t count, uint64_t limit) {
  plain_.limit = limit;
  uint64_t others = 0;
  if (!in.ReadVarint(plain_.base) || plain_.base > limit) return false;
  if (!in.ReadVarint(others) || others == 0 || others >= count) return false;
  others_.emplace();
  others_->count = count;
  others_->unread = others;
  return others_->gaps.Open(in, others, count - others) &&
         others_->values.Open(in, others, limit) && others_->Fetch();
}

// Reads some more of both columns.
bool PackedColumnReader::Others::Fetch() {
  ready = std::min<uint64_t>(unread, gap.size());
  next_ready = 0;
  unread -= ready;
  return gaps.Read(gap.data(), ready) && values.Read(value.data(), ready);
}

// Puts the others in their places among `batch` common values. False where one would lie behind the
// column's end, or is the common value itself.
bool PackedColumnReader::Others::Apply(uint64_t common, uint64_t* out, size_t batch) {
  const uint64_t end = position + batch;
  while (ready > 0) {
    const uint64_t place = expected + gap[next_ready];
    if (place >= count) return false;
    if (place >= end) break;
    if (value[next_ready] == common) return false;
    out[place - position] = value[next_ready];
    expected = place + 1;
    if (++next_ready == ready && !Fetch()) return false;
  }
  position = end;
  return true;
}

bool PackedColumnReader::Plain::Open(ByteReader& in, size_t count, uint64_t value_limit) {
  uint8_t tag = 0;
  if (count >= kMinTaggedValues) {
    return in.ReadByte(tag) && OpenTagged(in, tag, count, value_limit);
  }
  // One or two varints: the same as a base and one exception.
  limit = value_limit;
  if (count == 0) return true;
  uint64_t second = 0;
  if (!in.ReadVarint(base) || base > limit) return false;
  if (count == 1) return true;
  if (!in.ReadVarint(second) || second > limit) return false;
  if (second != base) {
    exceptions_left = 1;
    next_exception = 1;
    next_high_bits = second - base;  // may wrap, and wraps back when the base is added
  }
  return true;
}

bool PackedColumnReader::Plain::OpenTagged(ByteReader& in, uint8_t tag, size_t count,
                                           uint64_t value_limit) {
  limit = value_limit;
  const bool extended = (tag & kExtendedTag) != 0;
  width = tag & static_cast<uint8_t>(~kExtendedTag);
  if (width > kMaxWidth || !in.ReadVarint(base) || base > limit) return false;
  if (extended && !OpenExceptions(in, count)) return false;
  if (width + shift > 64) return false;
  if (width != 0 && count > (SIZE_MAX - 7) / width) return false;
  if (!in.ReadBytes((count * width + 7) / 8, bits)) return false;
  const uint64_t widest = width == 0 ? 0 : (~uint64_t{0} >> (64 - width)) << shift;
  check_limit = widest > limit - base || exceptions_left != 0;
  return true;
}

// Walks the exceptions once to check them and to find their end.
bool PackedColumnReader::Plain::OpenExceptions(ByteReader& in, size_t count) {
  uint64_t claimed_shift = 0;
  uint64_t claimed = 0;
  if (!in.ReadVarint(claimed_shift) || claimed_shift > 63 || !in.ReadVarint(claimed)) return false;
  if (claimed > count) return false;
  shift = static_cast<unsigned>(claimed_shift);
  exceptions = in;
  uint64_t expected = 0;
  for (uint64_t i = 0; i < claimed; ++i) {
    uint64_t gap = 0;
    uint64_t high = 0;
    if (!in.ReadVarint(gap) || !in.ReadVarint(high) || high == 0) return false;
    if (gap >= count || expected + gap >= count) return false;
    if (static_cast<unsigned>(std::bit_width(high)) + width + shift > 64) return false;
    expected += gap + 1;
  }
  exceptions_left = claimed;
  if (claimed > 0) {
    next_exception = 0;
    StepException();
  }
  return true;
}

// Reads the exception at the front of `exceptions`; `next_exception` is where a gap of 0 points.
void PackedColumnReader::Plain::StepException() {
  uint64_t gap = 0;
  if (!exceptions.ReadVarint(gap) || !exceptions.ReadVarint(next_high_bits)) {
    exceptions_left = 0;  // cannot be: Open has read them all
    return;
  }
  next_exception += gap;
}

void PackedColumnReader::Plain::ApplyExceptions(uint64_t* out, size_t count) {
  while (exceptions_left > 0 && next_exception < position + count) {
    const uint64_t high = width < 64 ? next_high_bits << width : 0;
    out[next_exception - position] |= high;
    if (--exceptions_left == 0) return;
    ++next_exception;
    StepException();
  }
}

bool PackedColumnReader::Plain::Read(uint64_t* out, size_t count) {
  if (width == 0) {
    std::fill_n(out, count, uint64_t{0});
  } else {
    UnpackBits(bits, position, width, count, out);
  }
  if (exceptions_left > 0) ApplyExceptions(out, count);
  position += count;
  if (bits.empty() && !check_limit) {  // constant, or one or two varints
    for (size_t i = 0; i < count; ++i) out[i] += base;
    return true;
  }
  const uint64_t highest = limit - base;
  bool within = true;
  if (check_limit) {
    for (size_t i = 0; i < count; ++i) within &= out[i] << shift <= highest;
  }
  for (size_t i = 0; i < count; ++i) out[i] = (out[i] << shift) + base;
  return within;
}

bool PackedColumnReader::is_constant() const {
  return dictionary_.empty() && !others_ && plain_.width == 0 && plain_.exceptions_left == 0;
}

uint64_t PackedColumnReader::LeastPossible() const {
  if (others_) return 0;
  if (!dictionary_.empty()) return dictionary_.front();
  // A second varint may be below the first.
  return plain_.exceptions_left != 0 && plain_.bits.empty() && !plain_.check_limit ? 0
                                                                                   : plain_.base;
}

bool PackedColumnReader::Read(uint64_t* out, size_t count) {
  if (others_) {
    std::fill_n(out, count, plain_.base);
    return others_->Apply(plain_.base, out, count);
  }
  if (!plain_.Read(out, count)) return false;
  if (dictionary_.empty()) return true;
  for (size_t i = 0; i < count; ++i) out[i] = dictionary_[out[i]];
  return true;
}

}  // namespace switchback
