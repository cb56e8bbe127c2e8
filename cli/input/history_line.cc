#include "cli/input/history_line.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/input/history_handler.h"
#include "cli/output/text_format.h"

namespace switchback::cli {

Outcome<HistoryLine> ParseHistoryLine(std::string_view text) {
  HistoryHandler handler;
  const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &handler);
  if (!parsed) return std::unexpected(handler.TakeError());
  return handler.TakeLine();
}

}  // namespace switchback::cli
