#include "cli/input/bad_lines.h"

#include <fmt/format.h>

#include "cli/output/text_format.h"

namespace switchback::cli {

void BadLines::Add(uint64_t line, std::string_view text, std::string_view reason) {
  ++count_;
  if (items_.size() == kShown) return;
  items_.push_back(
      fmt::format("{}:{}: {}: {}", source_, line, Clip(OneLine(text), kShownBytes), reason));
}

std::unexpected<Failure> BadLines::ToFailure() const {
  Error error{ErrorCode::kInvalidArgument,
              fmt::format("{}: {}; nothing was written", source_, Counted(count_, "bad line")),
              items_, count_};
  return std::unexpected<Failure>(Failure(std::move(error)));
}

}  // namespace switchback::cli
