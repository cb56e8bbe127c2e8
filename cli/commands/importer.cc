#include "cli/commands/importer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

// What a power loss may take back of an import; it is made again by running it again.
constexpr std::chrono::seconds kSyncInterval(1);

double SecondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Whether these edits can leave a list as it is: there are none, or what is removed comes back. One
// remove tells, since all would have to.
bool MayChangeNothing(const IdChange& change) {
  const auto* action = std::get_if<EditEndpoints>(&change.action);
  if (action == nullptr) return false;
  const auto& edits = action->edits;
  const auto removed = std::ranges::find(edits, EditKind::kRemove, &EndpointEdit::kind);
  if (removed == edits.end()) return edits.empty();
  return std::ranges::any_of(edits, [&](const EndpointEdit& edit) {
    return edit.kind == EditKind::kAdd && edit.endpoint.view() == removed->endpoint.view();
  });
}

// What a commit says of a line: a delete of what is not there does not fit, as an edit may not, and
// there are lines before it that were written.
Error AboutLine(Error error) {
  const auto drop = [&error](std::string_view part) {
    const size_t at = error.message.find(part);
    if (at != std::string::npos) error.message.erase(at, part.size());
  };
  drop("; nothing was written");
  if (error.code == ErrorCode::kNotFound) {
    error.code = ErrorCode::kConflict;
    drop("; restore an earlier version to bring it back");
  }
  return error;
}

bool MayChangeNothing(const PackedChanges& changes) {
  for (size_t i = 0; i < changes.size(); ++i) {
    if (!MayChangeNothing(changes[i])) return false;
  }
  return true;
}

bool IsBlank(std::string_view text) {
  return text.find_first_not_of(" \t") == std::string_view::npos;
}

}  // namespace

Importer::Importer(const Context& context, Store& store, const WriteOptions& write,
                   std::string path)
    : context_(context),
      store_(store),
      write_(write),
      path_(std::move(path)),
      progress_(context.terminal) {}

Outcome<ImportSummary> Importer::Run() {
  FAIL_IF_ERROR(Open());
  FAIL_IF_ERROR(Resume());
  Outcome<void> imported = ImportLines();
  progress_.Clear();
  // What is kept is kept for good, after a bad line too.
  if (summary_.revisions > 0 && !write_.dry_run) {
    if (auto synced = store_.Sync(); !synced && imported) {
      Failure failure(std::move(synced).error());
      failure.committed = Committed::kUnknown;
      imported = std::unexpected(std::move(failure));
    }
  }
  if (!imported) return std::unexpected(Explain(std::move(imported).error()));
  summary_.seconds = SecondsSince(started_);
  return summary_;
}

Outcome<void> Importer::Open() {
  ASSIGN_OR_FAIL(source_, OpenSource(path_));
  lines_ = std::make_unique<LineReader>(source_);
  return {};
}

Outcome<void> Importer::Resume() {
  ASSIGN_OR_FAIL(const auto view, store_.NewView());
  head_ = view->revision();
  summary_.state.began_empty = head_.value == 0;
  ASSIGN_OR_FAIL(first_, lines_->Next());
  if (!first_) return {};
  LineHash hash;
  hash.Add(*first_);
  ASSIGN_OR_FAIL(const auto bookmark, store_.ReadBookmark(ImportBookmark::NameFor(hash.value())));
  if (!bookmark) return {};
  ASSIGN_OR_FAIL(const ImportBookmark saved, ImportBookmark::Decode(*bookmark));
  FAIL_IF_ERROR(PassOver(saved, hash));
  first_.reset();
  summary_.state = saved;
  summary_.passed_lines = saved.lines;
  return {};
}

// Leaves the input after the lines that the bookmark tells of; `hash` is that of the first one.
// Errors: kConflict, it does not begin with them.
Outcome<void> Importer::PassOver(const ImportBookmark& saved, LineHash hash) {
  const auto refuse = [&](const std::string& how) {
    return Fail(ErrorCode::kConflict,
                fmt::format("{}: {} of a history that begins with the same line were taken in "
                            "before; this file {}: nothing was written",
                            source_.name, Counted(saved.lines, "line"), how));
  };
  for (uint64_t line = 2; line <= saved.lines; ++line) {
    ASSIGN_OR_FAIL(const auto text, lines_->Next());
    if (!text) return refuse(fmt::format("has only {}", Counted(line - 1, "line")));
    hash.Add(*text);
  }
  if (hash.value() == saved.hash) return {};
  return refuse(fmt::format("differs from it at or before line {}", saved.lines));
}

Outcome<void> Importer::ImportLines() {
  if (first_) {
    line_ = 1;
    FAIL_IF_ERROR(ImportLine(*first_));
  }
  for (;;) {
    line_ = lines_->line() + 1;
    ASSIGN_OR_FAIL(const auto text, lines_->Next());
    if (!text) return {};
    FAIL_IF_ERROR(ImportLine(*text));
    FAIL_IF_ERROR(SyncNowAndThen());
    ShowProgress();
  }
}

Outcome<void> Importer::ImportLine(std::string_view text) {
  ImportBookmark next = summary_.state;
  LineHash hash(next.hash);
  hash.Add(text);
  next.hash = hash.value();
  next.lines = line_;
  if (line_ == 1) next.first_hash = next.hash;
  if (!IsBlank(text)) {
    const auto line = ParseHistoryLine(text, LineForm::kImport);
    if (!line) return std::unexpected(Failure(line.error().ToError()));
    lines_->DropLine();
    if (write_.dry_run) {
      ++summary_.revisions;
    } else {
      // The revision that this commit gets: an import has the store for itself.
      next.last_revision = head_.Next();
      if (next.first_revision.value == 0) next.first_revision = next.last_revision;
      FAIL_IF_ERROR(CommitLine(*line, next));
    }
  }
  summary_.state = next;
  return {};
}

// A line that changes nothing would make no revision, and the ones after it the wrong ones. It is
// found before the commit, which would take note of the line as imported.
Outcome<void> Importer::RefuseIfNothing(const HistoryLine& line, CommitOptions options) {
  if (!MayChangeNothing(line.changes)) return {};
  options.dry_run = true;
  PackedChangesReader changes(line.changes);
  ASSIGN_OR_FAIL(const CommitResult result, store_.Commit(changes, options));
  if (!result.changes.empty()) return {};
  return Fail(ErrorCode::kConflict,
              fmt::format("changes nothing: what it says of {} is so already",
                          line.changes.size() == 1 ? line.changes[0].id.text()
                                                   : Counted(line.changes.size(), "ID")));
}

Outcome<void> Importer::CommitLine(const HistoryLine& line, const ImportBookmark& next) {
  const CommitOptions options = OptionsFor(line, next);
  FAIL_IF_ERROR(RefuseIfNothing(line, options));
  PackedChangesReader changes(line.changes);
  auto result = store_.Commit(changes, options);
  if (!result) return std::unexpected(AboutLine(std::move(result).error()));
  head_ = result->revision.value_or(head_);
  ++summary_.revisions;
  return {};
}

CommitOptions Importer::OptionsFor(const HistoryLine& line, const ImportBookmark& next) const {
  CommitOptions options;
  options.operation = Operation::kImport;
  // A history without authors stays without: the origin tells who imported it.
  options.author = line.author.value_or(write_.author_given ? write_.author : "");
  options.message = line.message.value_or(write_.message);
  options.ticket = line.ticket.value_or(write_.ticket);
  options.source = line.source.value_or(write_.source);
  options.durability = Durability::kBuffered;
  options.original_time = line.original_time;
  if (next.began_empty) {
    options.time = line.time;
  } else if (!line.original_time) {
    options.original_time = line.time;
  }
  options.bookmark = Bookmark{ImportBookmark::NameFor(next.first_hash), next.Encode()};
  return options;
}

Outcome<void> Importer::SyncNowAndThen() {
  if (write_.dry_run || SteadyClock::now() - synced_ < kSyncInterval) return {};
  FAIL_IF_ERROR(store_.Sync());
  synced_ = SteadyClock::now();
  return {};
}

void Importer::ShowProgress() {
  if (!progress_.Due()) return;
  const std::string share =
      source_.file_bytes == 0 ? "" : Percent(source_.bytes->consumed(), source_.file_bytes) + ", ";
  const double rate = static_cast<double>(summary_.revisions) / SecondsSince(started_);
  progress_.Show(fmt::format("importing: {}line {}, {} revisions/s", share,
                             Grouped(summary_.state.lines), Grouped(static_cast<uint64_t>(rate))));
}

Failure Importer::Explain(Failure failure) const {
  std::string kept = "no line was imported";
  if (summary_.state.lines > 0) {
    kept = fmt::format(
        "{} before it {} kept (the last is r{}); correct it and run the import "
        "again, it goes on from there",
        Counted(summary_.state.lines, "line"), summary_.state.lines == 1 ? "is" : "are",
        summary_.state.last_revision.value);
    if (failure.committed == Committed::kNo) failure.committed = Committed::kPartial;
    failure.last_revision = summary_.state.last_revision;
  }
  if (write_.dry_run) {
    kept = "nothing was written";
    failure.committed = Committed::kNo;
  }
  failure.error.message =
      fmt::format("{}, line {}: {}; {}", source_.name, line_, failure.error.message, kept);
  return failure;
}

}  // namespace switchback::cli
