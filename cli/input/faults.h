// Gathers what is wrong with an input that is refused whole: the first twenty faults, and how many.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.h"

namespace switchback::cli {

class Faults {
 public:
  void Add(std::string text, ErrorCode code = ErrorCode::kInvalidArgument);
  // Those of a part of the input, with `where` before each.
  void AddAll(std::string_view where, const Faults& part);

  [[nodiscard]] bool empty() const { return count_ == 0; }
  [[nodiscard]] uint64_t count() const { return count_; }
  // The first twenty.
  [[nodiscard]] const std::vector<std::string>& items() const { return items_; }
  // Of a part of the input: one fault by itself; several with the first in the message, and each as
  // an item. REQUIRES: not empty.
  [[nodiscard]] Error ToError() const;
  // Of a whole input: `what` they are ("bad line"), and that nothing was written; each as an item.
  // REQUIRES: not empty.
  [[nodiscard]] std::unexpected<Failure> ToFailure(std::string_view source,
                                                   std::string_view what) const;

 private:
  static constexpr size_t kShown = 20;

  std::vector<std::string> items_;
  uint64_t count_ = 0;
  ErrorCode code_ = ErrorCode::kInvalidArgument;  // of the first one
};

}  // namespace switchback::cli
