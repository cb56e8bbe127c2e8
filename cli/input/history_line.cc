#include "cli/input/history_line.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/input/history_handler.h"
#include "cli/output/text_format.h"

namespace switchback::cli {

std::expected<HistoryLine, Faults> ParseHistoryLine(std::string_view text, LineForm form) {
  HistoryHandler handler(form);
  nlohmann::json::sax_parse(text.begin(), text.end(), &handler);
  if (!handler.faults().empty()) return std::unexpected(handler.faults());
  return handler.TakeLine();
}

}  // namespace switchback::cli
