// The lines of a change, in the form of a routing history: what apply makes one revision of.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/failure.h"
#include "cli/input/byte_source.h"
#include "cli/input/history_line.h"

namespace switchback::cli {

struct ChangeLine {
  uint64_t number = 0;  // in the file, from 1
  PackedChanges changes;
  ExpectedVersions expected;
};

// A text that lines give: the first one that was given, and where another one differs from it.
struct GivenText {
  std::optional<std::string> text;
  uint64_t line = 0;
  std::optional<uint64_t> differs_in;
};

struct ChangeLines {
  std::vector<ChangeLine> lines;  // at least one
  GivenText author;
  GivenText message;
  GivenText ticket;
  GivenText source;
  // Of the last line that has one: the state afterwards is that of then.
  std::optional<Timestamp> original_time;
};

// All of `source`; blank lines are skipped. In memory are the lines, packed, and the text of one.
// Errors: kInvalidArgument: every fault of every line; no line at all; usage, a second line without
// `fold`.
[[nodiscard]] Outcome<ChangeLines> ReadChangeLines(OpenedSource& source, bool fold);

}  // namespace switchback::cli
