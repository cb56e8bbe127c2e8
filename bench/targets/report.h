// What a run of `targets` finds: one row a target, with the floor it was measured against.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace switchback::targets {

struct Floor {
  std::string what;
  double value = 0;  // in the row's unit
};

struct Row {
  std::string name;    // a word, for --only
  std::string what;    // in words
  std::string target;  // as the design says it
  double measured = 0;
  std::string unit;
  std::optional<Floor> floor;
  double ratio = 0;  // measured / floor, where there is one
  bool met = false;
  std::string note;
};

// Fills in the ratio.
[[nodiscard]] Row MakeRow(std::string name, std::string what, std::string target, double measured,
                          std::string unit, std::optional<Floor> floor);

[[nodiscard]] std::string ToJson(const std::vector<Row>& rows, bool quick);
// Without `note`s; for a terminal.
[[nodiscard]] std::string ToTable(const std::vector<Row>& rows);

}  // namespace switchback::targets
