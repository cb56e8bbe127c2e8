// Value columns: weights and attributes, written and read.

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "list/column_reading.h"
#include "list/columns.h"
#include "switchback/limits.h"

namespace switchback {
namespace {

constexpr uint64_t kMaxStoredWeight = uint64_t{1} << 32;  // weight + 1

// Numbers texts in the order of their first use. Endpoints of one list share the text of a set in
// memory, so the place of its bytes is looked up: that costs a fraction of comparing them.
class TextNumbers {
 public:
  size_t Number(std::string_view text) {
    const auto [place, fresh] = by_place_.try_emplace(text.data(), texts_.size());
    if (!fresh && texts_[place->second].size() == text.size()) return place->second;
    place->second = texts_.size();
    texts_.push_back(text);
    return place->second;
  }
  [[nodiscard]] const std::vector<std::string_view>& texts() const { return texts_; }

 private:
  std::unordered_map<const char*, size_t> by_place_;
  std::vector<std::string_view> texts_;  // equal ones too, where their places differ
};

void EncodeAttributes(const std::vector<std::string_view>& attributes, std::string& out) {
  TextNumbers numbers;
  std::vector<uint64_t> indices(attributes.size());
  for (size_t i = 0; i < indices.size(); ++i) {
    if (!attributes[i].empty()) indices[i] = numbers.Number(attributes[i]) + 1;
  }
  std::vector<std::string_view> sorted = numbers.texts();
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::vector<uint64_t> places = {0};  // in `sorted`, from 1 on, by number + 1
  for (const std::string_view text : numbers.texts()) {
    const auto place = std::ranges::lower_bound(sorted, text);
    places.push_back(static_cast<uint64_t>(place - sorted.begin()) + 1);
  }
  for (uint64_t& index : indices) index = places[index];
  AppendVarint(sorted.size(), out);
  for (const std::string_view text : sorted) AppendLengthPrefixed(text, out);
  AppendPackedColumn(indices, ColumnShape::kNumbers, out);
}

Result<void> DecodeWeights(ByteReader& in, size_t count, bool stored, Column<uint64_t>& out) {
  if (!stored) {
    out.AppendRun(0, count);
    return {};
  }
  const auto make = [](uint64_t weight) { return weight; };
  if (!ReadColumn(in, count, kMaxStoredWeight, make, out)) {
    return Damaged(fmt::format("the weight column is not a valid column of {} values", count));
  }
  return {};
}

Result<void> DecodeTexts(ByteReader& in, size_t count, std::vector<std::string_view>& texts) {
  uint64_t distinct = 0;
  if (!in.ReadVarint(distinct) || distinct == 0 || distinct > count) {
    return Damaged("the number of attribute sets makes no sense");
  }
  for (uint64_t i = 0; i < distinct; ++i) {
    std::string_view text;
    if (!in.ReadLengthPrefixed(text)) return Damaged("an attribute set is cut off");
    if (text <= texts.back()) return Damaged("the attribute sets are out of order");
    if (!IsCanonicalAttributes(text)) return Damaged("an attribute set is not in canonical form");
    texts.push_back(text);
  }
  return {};
}

}  // namespace

EndpointValue ValueColumns::operator[](size_t i) const {
  EndpointValue value;
  const uint64_t weight = weights[i];
  if (weight != 0) value.weight = static_cast<uint32_t>(weight - 1);
  value.attributes = texts[attributes[i]];
  return value;
}

GatheredValues GatherValues(const EndpointList& list, size_t begin, size_t end) {
  GatheredValues values;
  const Column<uint64_t>& weights = list.weights();
  if (!weights.is_constant()) {
    values.weights.assign(weights.data() + begin, weights.data() + end);
    const bool none =
        std::ranges::all_of(values.weights, [](uint64_t weight) { return weight == 0; });
    if (none) values.weights.clear();
  } else if (weights[begin] != 0) {
    values.weights.assign(end - begin, weights[begin]);
  }
  const Column<uint32_t>& ids = list.attribute_ids();
  if (ids.is_constant() && ids[begin] == 0) return values;
  bool any = false;
  values.attributes.reserve(end - begin);
  for (size_t i = begin; i < end; ++i) {
    values.attributes.push_back(list.attributes().Text(ids[i]));
    any |= ids[i] != 0;
  }
  if (!any) values.attributes.clear();
  return values;
}

uint8_t ValueFlags(const GatheredValues& values) {
  return static_cast<uint8_t>((values.weights.empty() ? 0 : kHasWeights) |
                              (values.attributes.empty() ? 0 : kHasAttributes));
}

void EncodeValues(const GatheredValues& values, std::string& out) {
  if (!values.weights.empty()) AppendPackedColumn(values.weights, ColumnShape::kRepeating, out);
  if (!values.attributes.empty()) EncodeAttributes(values.attributes, out);
}

Result<void> DecodeValues(ByteReader& in, size_t count, uint8_t flags, ValueColumns& values) {
  values.texts.assign(1, std::string_view());
  auto done = DecodeWeights(in, count, (flags & kHasWeights) != 0, values.weights);
  if (!done) return done;
  if ((flags & kHasAttributes) == 0) {
    values.attributes.AppendRun(0, count);
    return {};
  }
  done = DecodeTexts(in, count, values.texts);
  if (!done) return done;
  const auto make = [](uint64_t index) { return static_cast<uint32_t>(index); };
  if (!ReadColumn(in, count, values.texts.size() - 1, make, values.attributes)) {
    return Damaged(fmt::format("the attribute column is not a valid column of {} values", count));
  }
  return {};
}

}  // namespace switchback
