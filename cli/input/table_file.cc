#include "cli/input/table_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/output/text_format.h"
#include "switchback/selector.h"

namespace switchback::cli {
namespace {

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

Outcome<std::unique_ptr<TableFile>> TableFile::Open(const std::string& path,
                                                    std::optional<std::string> glob) {
  ASSIGN_OR_FAIL(auto input, RereadableInput::Open(path));
  std::unique_ptr<TableFile> table(new TableFile(std::move(input)));
  if (glob) table->globs_.push_back(*std::move(glob));
  FAIL_IF_ERROR(table->Check());
  return table;
}

bool TableFile::Covers(const BusinessId& id) const {
  return std::ranges::all_of(
      globs_, [&id](const std::string& glob) { return GlobMatches(glob, id.text()); });
}

std::string TableFile::Where() const {
  return fmt::format("{}:{}: ", name(), lines_->line());
}

Outcome<void> TableFile::Start() {
  lines_.reset();
  ASSIGN_OR_FAIL(source_, input_->Start());
  lines_ = std::make_unique<LineReader>(source_);
  hash_ = LineHash();
  return {};
}

Outcome<std::optional<std::string_view>> TableFile::NextLine() {
  for (;;) {
    lines_->DropLine();
    ASSIGN_OR_FAIL(const auto text, lines_->Next());
    if (!text) return std::nullopt;
    hash_.Add(*text);
    if (!IsBlank(*text)) return text;
  }
}

Outcome<void> TableFile::Check() {
  FAIL_IF_ERROR(Start());
  Faults faults;
  ASSIGN_OR_FAIL(auto text, NextLine());
  if (!text) {
    return Fail(ErrorCode::kInvalidArgument,
                fmt::format("{} is empty: not even the header of a table is there", name()));
  }
  CheckHeader(*text, faults);
  for (;;) {
    ASSIGN_OR_FAIL(text, NextLine());
    if (!text) break;
    CheckRow(*text, faults);
  }
  CheckCount(faults);
  checked_hash_ = hash_;
  if (!faults.empty()) return faults.ToFailure(name(), "fault");
  return {};
}

void TableFile::CheckHeader(std::string_view text, Faults& faults) {
  auto header = ParseTableHeader(text);
  if (!header) return faults.AddAll(Where(), header.error());
  header_ = *std::move(header);
  if (header_.glob) globs_.push_back(*header_.glob);
}

void TableFile::CheckRow(std::string_view text, Faults& faults) {
  ++rows_;
  const auto row = ParseTableRow(text);
  if (!row) return faults.AddAll(Where(), row.error());
  const BusinessId& id = row->id;
  if (previous_ && id <= *previous_) {
    faults.Add(fmt::format(
        "{}ID {} stands after {} of line {}: each ID stands once, in order of their bytes (as "
        "LC_ALL=C sort puts them)",
        Where(), id.text(), previous_->text(), previous_line_));
  }
  previous_ = id;
  previous_line_ = lines_->line();
  if (header_.glob && !GlobMatches(*header_.glob, id.text())) {
    faults.Add(fmt::format("{}ID {} is none that the header's glob '{}' matches", Where(),
                           id.text(), OneLine(*header_.glob)));
  }
  if (!Covers(id)) return;
  ++ids_;
  duplicates_ += row->duplicates;
}

// The lines are counted whatever is in them.
void TableFile::CheckCount(Faults& faults) const {
  if (header_.ids && *header_.ids != rows_) {
    faults.Add(fmt::format("{}: its header says {}, {} there: it was cut off, or changed by hand",
                           name(), Counted(*header_.ids, "ID"),
                           rows_ == 1 ? "1 is" : fmt::format("{} are", Grouped(rows_))));
  } else if (!header_.ids && rows_ == 0) {
    faults.Add(
        fmt::format("{} has no ID, and its header does not say so: it may have been cut "
                    "off. If the table is empty, write \"ids\":0 in its header",
                    name()));
  }
}

Outcome<void> TableFile::Rewind() {
  FAIL_IF_ERROR(Start());
  ASSIGN_OR_FAIL(const auto header, NextLine());
  if (!header) return Changed();
  return {};
}

Outcome<std::optional<TableRow>> TableFile::Next() {
  for (;;) {
    ASSIGN_OR_FAIL(const auto text, NextLine());
    if (!text) break;
    auto row = ParseTableRow(*text);
    if (!row) return Changed();
    if (Covers(row->id)) return *std::move(row);
  }
  if (hash_.value() != checked_hash_.value()) return Changed();
  return std::nullopt;
}

std::unexpected<Failure> TableFile::Changed() const {
  return std::unexpected(
      Failure(Error{ErrorCode::kInvalidArgument,
                    fmt::format("{} was changed while it was read; nothing was written", name()),
                    {},
                    0}));
}

Result<void> TableFileReader::Rewind() {
  auto rewound = table_.Rewind();
  if (!rewound) return std::unexpected(std::move(rewound).error().error);
  return {};
}

Result<std::optional<IdChange>> TableFileReader::Next() {
  auto row = table_.Next();
  if (!row) return std::unexpected(std::move(row).error().error);
  if (!*row) return std::nullopt;
  return IdChange{std::move((*row)->id), Replace{std::move((*row)->list)}};
}

}  // namespace switchback::cli
