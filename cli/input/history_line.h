// One line of a routing history (JSON lines, doc/cli.md): a revision as import reads it.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "cli/failure.h"
#include "cli/input/expected_versions.h"
#include "cli/input/faults.h"
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
  PackedChanges changes;      // sorted
  ExpectedVersions expected;  // sorted; of IDs that it changes
};

// Whether a line may say which versions it expects: what happened, as import takes it in, does not.
enum class LineForm : uint8_t { kImport, kApply };

// Strict: an unknown field, a field given twice, or a value of a wrong type is refused by name.
// Errors: everything that is wrong with it (the caller knows the line).
[[nodiscard]] std::expected<HistoryLine, Faults> ParseHistoryLine(std::string_view text,
                                                                  LineForm form);

}  // namespace switchback::cli
