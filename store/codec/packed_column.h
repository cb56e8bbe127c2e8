// Packed columns: the one encoding of a column of integers (doc/format-lists.md, "Packed column").
// Values are stored as their distance from a base in as many bits as most of them need; the few
// that need more are exceptions; a column with few distinct values can be a dictionary instead, one
// that is mostly one value a list of the others.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "codec/bytes.h"

namespace switchback {

// Whether a dictionary and the sparse form are tried: for columns whose values repeat (ports,
// weights), since looking for distinct values costs time.
enum class ColumnShape : uint8_t { kNumbers, kRepeating };

void AppendPackedColumn(std::span<const uint64_t> values, ColumnShape shape, std::string& out);

// Reads one column, some values at a time, so that nothing is allocated by a claimed count.
class PackedColumnReader {
 public:
  // Reads the header and steps `in` over the whole column, which must lie within it. Every value
  // must be at most `limit`. False where the bytes are no such column.
  [[nodiscard]] bool Open(ByteReader& in, size_t count, uint64_t limit);

  // Before the first Read: all values are equal; then Constant() is the value.
  [[nodiscard]] bool is_constant() const;
  [[nodiscard]] uint64_t Constant() const { return plain_.base; }
  // Before the first Read: no value is below this.
  [[nodiscard]] uint64_t LeastPossible() const;

  // The next `count` values; not more than are left. False for a value over the limit.
  [[nodiscard]] bool Read(uint64_t* out, size_t count);

 private:
  // A column without a dictionary.
  struct Plain {
    uint64_t base = 0;
    unsigned width = 0;
    unsigned shift = 0;
    uint64_t limit = 0;
    bool check_limit = false;  // the widest value that the bits can say is above the limit
    std::string_view bits;
    size_t position = 0;
    ByteReader exceptions{std::string_view()};
    uint64_t exceptions_left = 0;
    uint64_t next_exception = 0;  // position of the first one not yet applied
    uint64_t next_high_bits = 0;

    bool Open(ByteReader& in, size_t count, uint64_t value_limit);
    bool OpenTagged(ByteReader& in, uint8_t tag, size_t count, uint64_t value_limit);
    bool OpenExceptions(ByteReader& in, size_t count);
    void StepException();
    bool Read(uint64_t* out, size_t count);
    void ApplyExceptions(uint64_t* out, size_t count);
  };
  // What a sparse column holds beside its common value, which is `plain_`'s base.
  struct Others {
    Others();
    Plain gaps;
    Plain values;
    uint64_t unread = 0;  // of both columns
    size_t ready = 0;     // read, from `next_ready` on
    size_t next_ready = 0;
    uint64_t expected = 0;  // the position that a gap of 0 means
    uint64_t position = 0;  // in the column, of what Read gives next
    size_t count = 0;       // values in the whole column
    std::array<uint64_t, 64> gap;
    std::array<uint64_t, 64> value;

    bool Fetch();
    bool Apply(uint64_t common, uint64_t* out, size_t count);
  };
  bool OpenDictionary(ByteReader& in, size_t count, uint64_t limit);
  bool OpenSparse(ByteReader& in, size_t count, uint64_t limit);

  Plain plain_;  // the values, or the indices into the dictionary
  std::vector<uint64_t> dictionary_;
  std::optional<Others> others_;
};

// Bits of `width` each, low first, packed without gaps. Reads `count` of them from bit
// `first * width` on. REQUIRES: they lie within `bytes`, width <= 64.
void UnpackBits(std::string_view bytes, size_t first, unsigned width, size_t count, uint64_t* out);
void AppendPackedBits(std::span<const uint64_t> values, unsigned width, std::string& out);

}  // namespace switchback
