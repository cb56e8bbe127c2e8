// The values of lines, small enough to stand in an entry: a weight, or a weight beside the number
// of its attributes. What doesn't fit is read again from its line, which for lines in no order is a
// miss of every cache; so what nearly all lists have must fit.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "switchback/endpoint_list.h"

namespace switchback {

enum class ValueForm : uint8_t {  // 2 bits of an entry
  kNone,
  kWeight,    // `bits` is the weight
  kNumbered,  // below: weight + 1, 0 for none; above: the number of the attributes; 16 bits each
  kInLine,    // in the line alone
};

struct LineValue {
  ValueForm form = ValueForm::kNone;
  uint32_t bits = 0;
};

// Values and their short forms. A value has one form only, whatever the order of the lines: those
// of different forms differ.
class LineValues {
 public:
  [[nodiscard]] LineValue Shorten(const EndpointValue& value) {
    if (value.attributes.empty()) {
      return value.weight ? LineValue{ValueForm::kWeight, *value.weight} : LineValue{};
    }
    constexpr uint32_t kMostWeight = UINT16_MAX - 1;
    const uint32_t number = Number(value.attributes);
    if (number > UINT16_MAX || (value.weight && *value.weight > kMostWeight)) {
      return {ValueForm::kInLine, 0};
    }
    return {ValueForm::kNumbered, number << 16 | (value.weight ? *value.weight + 1 : 0)};
  }

  // REQUIRES: not kInLine. The attributes borrow from here.
  [[nodiscard]] EndpointValue Value(const LineValue& shortened) const {
    EndpointValue value;
    if (shortened.form == ValueForm::kWeight) value.weight = shortened.bits;
    if (shortened.form == ValueForm::kNumbered) {
      const uint32_t weight = shortened.bits & UINT16_MAX;
      if (weight != 0) value.weight = weight - 1;
      value.attributes = texts_.Text(shortened.bits >> 16);
    }
    return value;
  }

 private:
  struct TextHash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  // Above UINT16_MAX where there are too many.
  uint32_t Number(std::string_view attributes) {
    const auto known = numbers_.find(attributes);
    if (known != numbers_.end()) return known->second;
    if (texts_.size() > UINT16_MAX) return UINT32_MAX;
    const uint32_t number = texts_.Append(attributes);
    numbers_.emplace(attributes, number);
    return number;
  }

  AttributeTable texts_;
  std::unordered_map<std::string, uint32_t, TextHash, std::equal_to<>> numbers_;
};

}  // namespace switchback
