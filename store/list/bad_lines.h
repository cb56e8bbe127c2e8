// The bad lines of one file: the first 20 in full, and how many there are. Line numbers are looked
// up only at the end, so good lines pay nothing for them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "switchback/error.h"
#include "types/excerpt.h"

namespace switchback {

inline constexpr size_t kMaxBadLinesNamed = 20;

// The line at `offset` of `text`, without its LF or CRLF.
[[nodiscard]] inline std::string_view LineAt(std::string_view text, uint64_t offset) {
  std::string_view line = text.substr(offset, text.find('\n', offset) - offset);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

class BadLines {
 public:
  explicit BadLines(std::string_view text) : text_(text) {}

  [[nodiscard]] bool empty() const { return count_ == 0; }
  // Whether a line at `offset` would be among those named: asked before a reason is made up.
  [[nodiscard]] bool Names(uint64_t offset) const {
    return first_.size() < kMaxBadLinesNamed || offset < first_.back().offset;
  }
  void Add(uint64_t offset, std::string reason) { Insert({offset, std::move(reason), {}}); }
  // The line at `offset` gives the key of an earlier one another value.
  void AddConflict(uint64_t offset, uint64_t earlier) { Insert({offset, {}, earlier}); }
  // Counts a line that Names would not have kept.
  void AddUnnamed() { ++count_; }

  // REQUIRES: !empty().
  [[nodiscard]] Error ToError(std::string_view source, uint64_t lines) const {
    Error error{ErrorCode::kInvalidArgument,
                fmt::format("{} of {} lines of {} {} bad: nothing was written", count_, lines,
                            source, count_ == 1 ? "is" : "are"),
                {},
                count_};
    LineCounter here(text_);
    for (const BadLine& bad : first_) {
      std::string reason = bad.reason;
      if (bad.earlier.has_value()) {
        reason = fmt::format("the same endpoint with another value is on line {} ({})",
                             LineCounter(text_).LineNumber(*bad.earlier),
                             Excerpt(LineAt(text_, *bad.earlier)));
      }
      error.items.push_back(fmt::format("{}:{}: {}: {}", source, here.LineNumber(bad.offset),
                                        Excerpt(LineAt(text_, bad.offset)), reason));
    }
    return error;
  }

 private:
  struct BadLine {
    uint64_t offset = 0;
    std::string reason;
    std::optional<uint64_t> earlier;  // of a conflict, whose reason is made at the end
  };

  // Numbers of lines by offset, asked in ascending order: one pass over the text in all.
  class LineCounter {
   public:
    explicit LineCounter(std::string_view text) : text_(text) {}
    uint64_t LineNumber(uint64_t offset) {
      const std::string_view passed = text_.substr(counted_, offset - counted_);
      line_ += static_cast<uint64_t>(std::ranges::count(passed, '\n'));
      counted_ = offset;
      return line_;
    }

   private:
    std::string_view text_;
    uint64_t counted_ = 0;
    uint64_t line_ = 1;
  };

  void Insert(BadLine bad) {
    ++count_;
    if (!Names(bad.offset)) return;
    const auto place = std::ranges::upper_bound(first_, bad.offset, {}, &BadLine::offset);
    first_.insert(place, std::move(bad));
    if (first_.size() > kMaxBadLinesNamed) first_.pop_back();
  }

  std::string_view text_;
  std::vector<BadLine> first_;  // by offset
  uint64_t count_ = 0;
};

}  // namespace switchback
