#include "cli/input/bad_lines.h"

#include <fmt/format.h>

#include "cli/output/text_format.h"

namespace switchback::cli {

void BadLines::Add(uint64_t line, std::string_view text, std::string_view reason) {
  faults_.Add(
      fmt::format("{}:{}: {}: {}", source_, line, Clip(OneLine(text), kShownBytes), reason));
}

}  // namespace switchback::cli
