#include "cli/input/history_line.h"

#include "cli/input/history_handler.h"

namespace switchback::cli {

std::expected<HistoryLine, Faults> ParseHistoryLine(std::string_view text, LineForm form) {
  HistoryHandler handler(form);
  handler.Parse(text);
  if (!handler.faults().empty()) return std::unexpected(handler.faults());
  return handler.TakeLine();
}

}  // namespace switchback::cli
