// Writing packed columns: choosing the form that takes the fewest bytes.

#include "codec/packed_column.h"

#include <algorithm>
#include <array>
#include <bit>

#include "codec/packed_format.h"

namespace switchback {
namespace {

constexpr size_t kTryBothBases = 64;  // columns up to this size also try base 0

// How a plain column would be written, and what it takes.
struct Plan {
  uint64_t base = 0;
  unsigned width = 0;
  unsigned shift = 0;
  size_t exceptions = 0;
  size_t bytes = 0;  // estimated: exceptions are counted by the width of their high bits
};

using Histogram = std::array<size_t, 65>;  // values by the bits they need

// Bytes of the exceptions that a width leaves, and how many they are.
size_t ExceptionBytes(const Histogram& histogram, unsigned width, unsigned widest, size_t count,
                      Plan& plan) {
  const size_t position_bytes = count <= 128 ? 1 : 2;
  size_t bytes = 0;
  plan.exceptions = 0;
  for (unsigned bits = width + 1; bits <= widest; ++bits) {
    plan.exceptions += histogram[bits];
    bytes += histogram[bits] * (position_bytes + (bits - width + 6) / 7);
  }
  return bytes;
}

// Tries the widths that some value needs exactly: between two of them the exceptions are the same
// ones, and the narrower saves bits on all others.
Plan PlanForBase(std::span<const uint64_t> values, uint64_t base) {
  uint64_t all_bits = 0;
  for (const uint64_t value : values) all_bits |= value - base;
  Plan plan;
  plan.base = base;
  plan.shift = all_bits == 0 ? 0 : static_cast<unsigned>(std::countr_zero(all_bits));
  Histogram histogram = {};
  for (const uint64_t value : values) ++histogram[std::bit_width((value - base) >> plan.shift)];
  const auto widest = static_cast<unsigned>(std::bit_width(all_bits >> plan.shift));
  Plan best;
  best.bytes = SIZE_MAX;
  for (unsigned width = 0; width <= widest; ++width) {
    if (histogram[width] == 0) continue;
    plan.width = width;
    plan.bytes = 1 + VarintBytes(base) + (values.size() * width + 7) / 8 +
                 ExceptionBytes(histogram, width, widest, values.size(), plan);
    if (plan.shift != 0 || plan.exceptions != 0) plan.bytes += 1 + VarintBytes(plan.exceptions);
    if (plan.bytes < best.bytes) best = plan;
  }
  return best;
}

Plan PlanPlain(std::span<const uint64_t> values) {
  const uint64_t least = *std::min_element(values.begin(), values.end());
  Plan best = PlanForBase(values, least);
  if (least != 0 && values.size() <= kTryBothBases) {
    const Plan from_zero = PlanForBase(values, 0);
    if (from_zero.bytes < best.bytes) best = from_zero;
  }
  return best;
}

void AppendExceptions(const std::vector<uint64_t>& distances, const Plan& plan, std::string& out) {
  size_t expected = 0;  // the position that a gap of 0 means
  for (size_t i = 0; i < distances.size(); ++i) {
    if (static_cast<unsigned>(std::bit_width(distances[i])) <= plan.width) continue;
    AppendVarint(i - expected, out);
    AppendVarint(distances[i] >> plan.width, out);
    expected = i + 1;
  }
}

void AppendPlain(std::span<const uint64_t> values, const Plan& plan, std::string& out) {
  std::vector<uint64_t> distances(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    distances[i] = (values[i] - plan.base) >> plan.shift;
  }
  const bool extended = plan.shift != 0 || plan.exceptions != 0;
  out.push_back(static_cast<char>(plan.width | (extended ? kExtendedTag : 0)));
  AppendVarint(plan.base, out);
  if (extended) {
    AppendVarint(plan.shift, out);
    AppendVarint(plan.exceptions, out);
    AppendExceptions(distances, plan, out);
  }
  AppendPackedBits(distances, plan.width, out);
}

// Values below this are looked up in a table: prefix lengths, weights and attributes mostly are.
constexpr uint64_t kSmallValues = 256;

// Values to their places in the dictionary.
class Places {
 public:
  explicit Places(const std::vector<uint64_t>& distinct) : distinct_(distinct) {
    for (size_t i = 0; i < distinct.size() && distinct[i] < kSmallValues; ++i) {
      small_[distinct[i]] = static_cast<uint16_t>(i);
    }
  }
  // REQUIRES: the value is in the dictionary.
  [[nodiscard]] uint64_t Of(uint64_t value) const {
    if (value < kSmallValues) return small_[value];
    const auto place = std::lower_bound(distinct_.begin(), distinct_.end(), value);
    return static_cast<uint64_t>(place - distinct_.begin());
  }

 private:
  const std::vector<uint64_t>& distinct_;
  std::array<uint16_t, kSmallValues> small_;
};

// The distinct values in order; empty where there are more than a dictionary may have.
std::vector<uint64_t> DistinctValues(std::span<const uint64_t> values) {
  std::vector<uint64_t> distinct;
  std::array<bool, kSmallValues> seen = {};
  uint64_t last = ~values.front();
  for (const uint64_t value : values) {
    if (value == last || (value < kSmallValues && seen[value])) continue;
    last = value;
    if (value < kSmallValues) seen[value] = true;
    const auto place = std::lower_bound(distinct.begin(), distinct.end(), value);
    if (place != distinct.end() && *place == value) continue;
    if (distinct.size() == kMaxDictionary) return {};
    distinct.insert(place, value);
  }
  return distinct;
}

// The dictionary form; empty where it is not below `bytes`.
std::string DictionaryColumn(std::span<const uint64_t> values, size_t bytes) {
  const std::vector<uint64_t> distinct = DistinctValues(values);
  if (distinct.size() < 2) return {};
  std::vector<uint64_t> indices(values.size());
  const Places places(distinct);
  std::ranges::transform(values, indices.begin(),
                         [&places](uint64_t value) { return places.Of(value); });
  std::string column;
  column.push_back(static_cast<char>(kDictionaryTag));
  AppendVarint(distinct.size(), column);
  AppendPackedColumn(distinct, ColumnShape::kNumbers, column);
  const Plan plan = PlanPlain(indices);
  if (column.size() + plan.bytes >= bytes) return {};
  AppendPlain(indices, plan, column);
  return column;
}

// The only value that can be more than half of all (Boyer and Moore's vote); 0 others otherwise.
struct Majority {
  uint64_t value = 0;
  size_t others = 0;
};
Majority FindMajority(std::span<const uint64_t> values) {
  Majority found;
  size_t votes = 0;
  for (const uint64_t value : values) {
    if (votes == 0) found.value = value;
    votes = value == found.value ? votes + 1 : votes - 1;
  }
  found.others = values.size() - static_cast<size_t>(std::ranges::count(values, found.value));
  return found;
}

// The sparse form; empty where it can't be below `bytes`.
std::string SparseColumn(std::span<const uint64_t> values, size_t bytes) {
  const Majority common = FindMajority(values);
  std::string column;
  // Each other value takes half a byte of place at the least, and as much again of value.
  if (common.others == 0 || common.others > std::min(values.size() / 2, bytes)) return column;
  std::vector<uint64_t> gaps;
  std::vector<uint64_t> others;
  size_t expected = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] == common.value) continue;
    gaps.push_back(i - expected);
    others.push_back(values[i]);
    expected = i + 1;
  }
  column.push_back(static_cast<char>(kSparseTag));
  AppendVarint(common.value, column);
  AppendVarint(others.size(), column);
  AppendPackedColumn(gaps, ColumnShape::kNumbers, column);
  AppendPackedColumn(others, ColumnShape::kNumbers, column);
  return column.size() < bytes ? column : std::string();
}

}  // namespace

void AppendPackedColumn(std::span<const uint64_t> values, ColumnShape shape, std::string& out) {
  if (values.size() < kMinTaggedValues) {
    for (const uint64_t value : values) AppendVarint(value, out);
    return;
  }
  const Plan plan = PlanPlain(values);
  if (shape == ColumnShape::kRepeating && plan.width + plan.exceptions != 0) {
    std::string best = SparseColumn(values, plan.bytes);
    std::string dictionary = DictionaryColumn(values, best.empty() ? plan.bytes : best.size());
    if (!dictionary.empty()) best = std::move(dictionary);
    if (!best.empty()) {
      out += best;
      return;
    }
  }
  AppendPlain(values, plan, out);
}

}  // namespace switchback
