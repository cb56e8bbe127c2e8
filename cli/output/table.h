// Rows in aligned columns. Rows are laid out in blocks, so that a history of any length streams;
// a column never gets narrower from one block to the next. A column without any text takes no room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/output/output.h"
#include "cli/output/terminal.h"

namespace switchback::cli {

struct Cell {
  std::string text;  // without control characters
  Ink ink = Ink::kPlain;
};

// How much of a row an ID may take, so that the columns after it fit; all where output is no
// terminal.
[[nodiscard]] size_t IdWidth(const Terminal& terminal);

enum class Align : uint8_t { kLeft, kRight };

class Table {
 public:
  // The last column is clipped to what is left of the terminal's width, if there is one.
  Table(std::vector<Align> columns, const Terminal& terminal, Output& out);

  // REQUIRES: a cell for each column.
  void Add(std::vector<Cell> row);
  // Prints what is waiting. Call it after the last row.
  void Flush();

 private:
  static constexpr size_t kBlockRows = 512;

  void Print(const std::vector<Cell>& row);
  void PrintLast(const Cell& cell, size_t used);

  std::vector<Align> columns_;
  std::vector<size_t> widths_;
  Terminal terminal_;
  Output& out_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace switchback::cli
