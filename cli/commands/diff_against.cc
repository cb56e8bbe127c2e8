#include "cli/commands/diff_against.h"

#include <fmt/format.h>

#include <utility>

#include "cli/input/byte_source.h"
#include "cli/input/table_file.h"
#include "cli/output/text_format.h"
#include "cli/session.h"
#include "switchback/text.h"

namespace switchback::cli {
namespace {

DiffSide FileSide(BusinessId id, const std::string& file, const EndpointList* list) {
  DiffSide side{.id = std::move(id), .version = {}, .revision = {}, .digest = {}, .file = file};
  side.exists = list != nullptr;
  if (list == nullptr) return side;
  side.count = list->size();
  side.digest = list->digest();
  return side;
}

// From a version, which may be none or a deletion, to what the file has; null: no such ID.
Outcome<DiffReport> DiffToFile(const View& view, const VersionRef& from, const std::string& file,
                               const EndpointList* list, bool with_digest) {
  ASSIGN_OR_FAIL(DiffSide from_side, LoadSide(view, from, with_digest));
  DiffSide to_side = FileSide(from.id, file, list);
  if (list == nullptr) {
    ASSIGN_OR_FAIL(ListDiff gone, view.Diff(from, {from.id, Version{0}}));
    return DiffReport{std::move(from_side), std::move(to_side), std::move(gone)};
  }
  if (!from_side.exists) {
    return DiffReport{std::move(from_side), std::move(to_side), Diff(EndpointList(), *list)};
  }
  ASSIGN_OR_FAIL(const ListHandle before, view.Read(from.id, from.version));
  return DiffReport{std::move(from_side), std::move(to_side), Diff(*before->list, *list)};
}

// Merges the IDs of the store with those of the file.
class TableComparison {
 public:
  TableComparison(const Context& context, const View& view, TableFile& table, DiffPrinter& printer)
      : view_(view), table_(table), printer_(printer), with_digest_(context.json()) {}

  Outcome<void> Run(Revision at) {
    ASSIGN_OR_FAIL(entries_, view_.Table(at));
    FAIL_IF_ERROR(table_.Rewind());
    FAIL_IF_ERROR(NextEntry());
    ASSIGN_OR_FAIL(row_, table_.Next());
    while (entry_ || row_) {
      const bool in_store = entry_ && (!row_ || entry_->id <= row_->id);
      const bool in_file = row_ && (!entry_ || row_->id <= entry_->id);
      FAIL_IF_ERROR(Compare(in_store, in_file));
      if (in_store) FAIL_IF_ERROR(NextEntry());
      if (in_file) {
        ASSIGN_OR_FAIL(row_, table_.Next());
      }
    }
    return {};
  }

 private:
  Outcome<void> NextEntry() {
    do {
      ASSIGN_OR_FAIL(entry_, entries_->Next());
    } while (entry_ && !table_.Covers(entry_->id));
    return {};
  }

  Outcome<void> Compare(bool in_store, bool in_file) {
    if (in_store && in_file) {
      ASSIGN_OR_FAIL(const VersionSummary summary, view_.Summarize(entry_->id, entry_->version));
      if (summary.digest == row_->list.digest()) return {};
    }
    const VersionRef from =
        in_store ? VersionRef{entry_->id, entry_->version} : VersionRef{row_->id, Version{0}};
    ASSIGN_OR_FAIL(DiffReport report, DiffToFile(view_, from, table_.name(),
                                                 in_file ? &row_->list : nullptr, with_digest_));
    return printer_.Add(std::move(report), /*always=*/false);
  }

  const View& view_;
  TableFile& table_;
  DiffPrinter& printer_;
  const bool with_digest_;
  std::unique_ptr<Cursor<TableEntry>> entries_;
  std::optional<TableEntry> entry_;  // the next one of the store
  std::optional<TableRow> row_;      // the next one of the file
};

}  // namespace

Outcome<void> DiffAgainstList(Context& context, DiffPrinter& printer) {
  if (context.arguments.size() != 1 || context.Has("ids")) {
    return UsageFailure("usage: switchback diff ID[@SELECTOR] --against FILE");
  }
  ASSIGN_OR_FAIL(const InputText input, ReadInput(*context.Text("against")));
  ASSIGN_OR_FAIL(const ParsedList parsed, ParseEndpointList(input.text, input.name));
  if (parsed.duplicates > 0) {
    context.Note(fmt::format("{} collapsed", Counted(parsed.duplicates, "exact duplicate")));
  }
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  ASSIGN_OR_FAIL(const Address address,
                 ResolveAddress(context, *reading.view, context.arguments[0]));
  NoteResolved(context, *reading.view, address);
  ASSIGN_OR_FAIL(DiffReport report, DiffToFile(*reading.view, address.ref(), input.name,
                                               &parsed.list, context.json()));
  return printer.Add(std::move(report), /*always=*/true);
}

Outcome<void> DiffAgainstTable(Context& context, DiffPrinter& printer) {
  if (context.arguments.size() > 1) {
    return UsageFailure("usage: switchback diff --all [SELECTOR] --against TABLE [--ids GLOB]");
  }
  // The input first: what it is compared with is the table as it is then.
  ASSIGN_OR_FAIL(const auto table, TableFile::Open(*context.Text("against"), context.Text("ids")));
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  const View& view = *reading.view;
  const std::string& environment = reading.store->identity().environment;
  if (table->header().environment != environment) {
    context.Note(fmt::format("{} is a table of '{}', the store's environment is '{}'",
                             table->name(), table->header().environment, environment));
  }
  Revision at = view.revision();
  if (!context.arguments.empty()) {
    ASSIGN_OR_FAIL(at, ResolveTableSelector(context, view, context.arguments[0]));
  }
  return TableComparison(context, view, *table, printer).Run(at);
}

}  // namespace switchback::cli
