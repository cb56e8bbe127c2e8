#include "cli/output/table.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

constexpr size_t kGap = 2;
// Less than this of the last column says nothing any more: then the line may wrap.
constexpr size_t kLeastLastWidth = 8;
// What the columns beside an ID take: versions, counts and a time.
constexpr size_t kBesideIdWidth = 60;
constexpr size_t kLeastIdWidth = 20;

}  // namespace

size_t IdWidth(const Terminal& terminal) {
  if (!terminal.width) return std::numeric_limits<size_t>::max();
  return std::max(kLeastIdWidth, *terminal.width - std::min(*terminal.width, kBesideIdWidth));
}

Table::Table(std::vector<Align> columns, const Terminal& terminal, Output& out)
    : columns_(std::move(columns)), widths_(columns_.size(), 0), terminal_(terminal), out_(out) {}

void Table::Add(std::vector<Cell> row) {
  rows_.push_back(std::move(row));
  if (rows_.size() >= kBlockRows) Flush();
}

void Table::Flush() {
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths_[i] = std::max(widths_[i], DisplayWidth(row[i].text));
    }
  }
  for (const auto& row : rows_) Print(row);
  rows_.clear();
}

void Table::Print(const std::vector<Cell>& row) {
  std::string& out = out_.buffer();
  size_t used = 0;
  // Blanks wait until something follows them: no line ends in blanks.
  size_t blanks = 0;
  for (size_t i = 0; i < row.size(); ++i) {
    if (widths_[i] == 0) continue;
    if (used > 0) {
      blanks += kGap;
      used += kGap;
    }
    if (i + 1 == row.size()) {
      if (!row[i].text.empty()) out.append(blanks, ' ');
      PrintLast(row[i], used);
      break;
    }
    const size_t padding = widths_[i] - DisplayWidth(row[i].text);
    used += widths_[i];
    if (columns_[i] == Align::kRight || row[i].text.empty()) blanks += padding;
    if (row[i].text.empty()) continue;
    out.append(std::exchange(blanks, 0), ' ');
    Paint(out, terminal_.color, row[i].ink, row[i].text);
    if (columns_[i] == Align::kLeft) blanks = padding;
  }
  out += '\n';
}

void Table::PrintLast(const Cell& cell, size_t used) {
  if (!terminal_.width) {
    Paint(out_.buffer(), terminal_.color, cell.ink, cell.text);
    return;
  }
  const size_t left = *terminal_.width > used ? *terminal_.width - used : 0;
  Paint(out_.buffer(), terminal_.color, cell.ink, Clip(cell.text, std::max(left, kLeastLastWidth)));
}

}  // namespace switchback::cli
