// Reads a routing history line by line and commits each line as one revision. Memory is bounded by
// the longest line: its text while it is parsed, then what it says, packed. A line is in the store
// wholly or not at all, together with the note of how far the import is; so an import that was
// interrupted is run again and goes on.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/command.h"
#include "cli/input/history_line.h"
#include "cli/input/import_bookmark.h"
#include "cli/input/line_reader.h"
#include "cli/output/progress.h"
#include "cli/parse/write_options.h"
#include "switchback/store.h"

namespace switchback::cli {

struct ImportSummary {
  ImportBookmark state;       // at the end
  uint64_t passed_lines = 0;  // that an earlier run had imported
  uint64_t revisions = 0;     // made by this run
  double seconds = 0;
};

class Importer {
 public:
  // With write.dry_run, lines are parsed only. `path`: - is standard input.
  Importer(const Context& context, Store& store, const WriteOptions& write, std::string path);

  // Errors name the line. Lines before a bad one are kept, and made durable.
  [[nodiscard]] Outcome<ImportSummary> Run();

 private:
  using SteadyClock = std::chrono::steady_clock;

  Outcome<void> Open();
  Outcome<void> Resume();
  Outcome<void> PassOver(const ImportBookmark& saved, LineHash hash);
  Outcome<void> ImportLines();
  Outcome<void> ImportLine(std::string_view text);
  Outcome<void> RefuseIfNothing(const HistoryLine& line, CommitOptions options);
  Outcome<void> CommitLine(const HistoryLine& line, const ImportBookmark& next);
  [[nodiscard]] CommitOptions OptionsFor(const HistoryLine& line, const ImportBookmark& next) const;
  Outcome<void> SyncNowAndThen();
  void ShowProgress();
  [[nodiscard]] Failure Explain(Failure failure) const;

  const Context& context_;
  Store& store_;
  const WriteOptions& write_;
  std::string path_;
  OpenedSource source_;
  std::unique_ptr<LineReader> lines_;
  // The first line, read to find its history's bookmark and not imported yet; of lines_.
  std::optional<std::string_view> first_;
  uint64_t line_ = 0;  // number of the line under way
  Revision head_;      // newest revision of the store
  ImportSummary summary_;
  Progress progress_;
  SteadyClock::time_point started_ = SteadyClock::now();
  SteadyClock::time_point synced_ = SteadyClock::now();
};

}  // namespace switchback::cli
