// One line of a routing history (JSON lines, doc/cli.md): a revision as import reads it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cli/failure.h"
#include "cli/input/packed_changes.h"
#include "switchback/types.h"

namespace switchback::cli {

struct HistoryLine {
  std::optional<Timestamp> time;
  std::optional<Timestamp> original_time;
  std::optional<std::string> author;
  std::optional<std::string> message;
  std::optional<std::string> ticket;
  std::optional<std::string> source;
  PackedChanges changes;  // sorted
};

// Strict: an unknown field, a field given twice, or a value of a wrong type is refused by name.
// Errors: kInvalidArgument, what is wrong with it (the caller knows the line); kLimitExceeded.
[[nodiscard]] Outcome<HistoryLine> ParseHistoryLine(std::string_view text);

}  // namespace switchback::cli
