// Collects the bad lines of an input that is refused whole: the first twenty, and how many.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/failure.h"
#include "cli/input/faults.h"

namespace switchback::cli {

class BadLines {
 public:
  explicit BadLines(std::string source) : source_(std::move(source)) {}

  void Add(uint64_t line, std::string_view text, std::string_view reason);
  [[nodiscard]] bool empty() const { return faults_.empty(); }
  // REQUIRES: not empty.
  [[nodiscard]] std::unexpected<Failure> ToFailure() const {
    return faults_.ToFailure(source_, "bad line");
  }

 private:
  static constexpr size_t kShownBytes = 120;

  std::string source_;
  Faults faults_;
};

}  // namespace switchback::cli
