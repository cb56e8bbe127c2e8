// Packed columns. Front: a byte of what is asked, the count (2 bytes); then a column as bytes, or
// the values of one that is written first.
#include <algorithm>
#include <array>
#include <vector>

#include "codec/packed_column.h"
#include "fuzz/drawn.h"
#include "fuzz/fuzz_target.h"

namespace switchback {
namespace {

constexpr size_t kMaxValues = 2000;
constexpr std::array<uint64_t, 8> kLimits = {UINT64_MAX, UINT32_MAX, 65535, 1024, 128, 32, 1, 0};

// All values, a drawn number at a time; nothing where the bytes are no such column.
bool ReadColumn(std::string_view bytes, size_t count, uint64_t limit, size_t step,
                std::vector<uint64_t>& values, size_t& used) {
  ByteReader in(bytes);
  PackedColumnReader reader;
  if (!reader.Open(in, count, limit)) return false;
  used = bytes.size() - in.rest().size();
  const bool is_constant = reader.is_constant();
  const uint64_t least_possible = reader.LeastPossible();
  values.assign(count, 0);
  for (size_t i = 0; i < count; i += step) {
    if (!reader.Read(values.data() + i, std::min(step, count - i))) return false;
  }
  const auto [least, most] = std::ranges::minmax_element(values);
  if (count == 0) return true;
  Require(*most <= limit, "a value is above the limit");
  Require(*least >= least_possible, "a value is below the least possible one");
  Require(!is_constant || (*least == *most && *least == reader.Constant()),
          "a column that says it is constant is not");
  return true;
}

void RequireWritable(const std::vector<uint64_t>& values, ColumnShape shape, uint64_t limit,
                     size_t step) {
  std::string bytes;
  AppendPackedColumn(values, shape, bytes);
  std::vector<uint64_t> again;
  size_t used = 0;
  Require(ReadColumn(bytes, values.size(), limit, step, again, used),
          "a column that was just written is refused");
  Require(again == values, "a column is another one read again");
  Require(used == bytes.size(), "a reader leaves bytes of a column");
}

void Try(std::string_view bytes) {
  Drawn in(bytes);
  const uint8_t form = in.Byte();
  const uint64_t limit = kLimits[form & 7];
  const auto shape = (form & 8) != 0 ? ColumnShape::kRepeating : ColumnShape::kNumbers;
  const size_t count = in.Number(2) % (kMaxValues + 1);
  const size_t step = (form & 32) != 0 ? 1 + in.Byte() : kMaxValues;
  std::vector<uint64_t> values;
  if ((form & 16) != 0) {
    while (!in.empty() && values.size() < count) values.push_back(in.AnyNumber());
    return RequireWritable(values, shape, UINT64_MAX, step);
  }
  size_t used = 0;
  std::vector<uint64_t> whole;
  const bool taken = ReadColumn(in.rest(), count, limit, step, values, used);
  Require(taken == ReadColumn(in.rest(), count, limit, kMaxValues, whole, used),
          "a column is taken or not by how it is read");
  if (!taken) return;
  Require(values == whole, "a column is another one read in pieces");
  RequireWritable(values, shape, limit, step);
}

const RegisterFuzzTarget kTarget("packed_column", Try);

}  // namespace
}  // namespace switchback
