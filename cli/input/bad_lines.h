// Collects the bad lines of an input that is refused whole: the first twenty, and how many.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.h"

namespace switchback::cli {

class BadLines {
 public:
  explicit BadLines(std::string source) : source_(std::move(source)) {}

  void Add(uint64_t line, std::string_view text, std::string_view reason);
  [[nodiscard]] bool empty() const { return count_ == 0; }
  // REQUIRES: not empty.
  [[nodiscard]] std::unexpected<Failure> ToFailure() const;

 private:
  static constexpr size_t kShown = 20;
  static constexpr size_t kShownBytes = 120;

  std::string source_;
  std::vector<std::string> items_;
  uint64_t count_ = 0;
};

}  // namespace switchback::cli
