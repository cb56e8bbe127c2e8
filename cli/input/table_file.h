// A file with a table in its text form: checked whole when it is opened, then read again, one list
// at a time, as often as it is needed. Memory is that of its longest line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/failure.h"
#include "cli/input/import_bookmark.h"
#include "cli/input/line_reader.h"
#include "cli/input/rereadable_input.h"
#include "cli/input/table_line.h"
#include "cli/table_header.h"
#include "switchback/change.h"

namespace switchback::cli {

class TableFile {
 public:
  // "-" is standard input. Of its IDs those that `glob` matches are looked at, if one is given, and
  // the header's glob.
  // Errors: kInvalidArgument: every fault of every line; IDs that are not in order; another number
  // of them than the header says; none, without its saying so.
  [[nodiscard]] static Outcome<std::unique_ptr<TableFile>> Open(const std::string& path,
                                                                std::optional<std::string> glob);

  [[nodiscard]] const std::string& name() const { return input_->name(); }
  [[nodiscard]] const TableHeader& header() const { return header_; }
  // An ID is looked at if all of them match it; none: every ID.
  [[nodiscard]] const std::vector<std::string>& globs() const { return globs_; }
  [[nodiscard]] bool Covers(const BusinessId& id) const;
  // That are looked at.
  [[nodiscard]] uint64_t ids() const { return ids_; }
  [[nodiscard]] uint64_t duplicates() const { return duplicates_; }

  // To the first ID. To be called before Next.
  [[nodiscard]] Outcome<void> Rewind();
  // The next one that is looked at, in order; nothing at the end. Errors: kInvalidArgument, the
  // file is no longer what was checked.
  [[nodiscard]] Outcome<std::optional<TableRow>> Next();

 private:
  explicit TableFile(std::unique_ptr<RereadableInput> input) : input_(std::move(input)) {}

  [[nodiscard]] Outcome<void> Start();
  [[nodiscard]] Outcome<std::optional<std::string_view>> NextLine();
  [[nodiscard]] Outcome<void> Check();
  void CheckHeader(std::string_view text, Faults& faults);
  void CheckRow(std::string_view text, Faults& faults);
  void CheckCount(Faults& faults) const;
  [[nodiscard]] std::unexpected<Failure> Changed() const;
  [[nodiscard]] std::string Where() const;  // "FILE:7: "

  std::unique_ptr<RereadableInput> input_;
  OpenedSource source_;
  std::unique_ptr<LineReader> lines_;
  LineHash hash_;  // of the lines of this pass
  TableHeader header_;
  std::vector<std::string> globs_;
  // Of the first pass.
  LineHash checked_hash_;
  uint64_t rows_ = 0;
  uint64_t ids_ = 0;
  uint64_t duplicates_ = 0;
  std::optional<BusinessId> previous_;
  uint64_t previous_line_ = 0;
};

// Hands its lists to a commit.
class TableFileReader final : public ChangeReader {
 public:
  explicit TableFileReader(TableFile& table) : table_(table) {}

  [[nodiscard]] Result<void> Rewind() override;
  [[nodiscard]] Result<std::optional<IdChange>> Next() override;
  [[nodiscard]] size_t size_hint() const override { return table_.ids(); }

 private:
  TableFile& table_;
};

}  // namespace switchback::cli
