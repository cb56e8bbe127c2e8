#include "cli/parse/filter_options.h"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

#include "cli/input/bad_lines.h"
#include "cli/input/line_reader.h"
#include "switchback/selector.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

bool TextMatches(const std::optional<std::string>& wanted, const std::string& text) {
  return !wanted || *wanted == text || GlobMatches(*wanted, text);
}

Outcome<std::optional<Timestamp>> ReadTime(const Context& context, const std::string& option) {
  const auto text = context.Text(option);
  if (!text) return std::nullopt;
  auto time = ParseTimeSelector(*text, context.clock);
  if (!time) return UsageFailure(fmt::format("--{}: {}", option, time.error().message));
  return *time;
}

// Digits only: a conversion of its own would take -1 for the greatest number there is.
Outcome<std::optional<uint64_t>> ReadLimit(const Context& context) {
  const auto text = context.Text("limit");
  if (!text) return std::nullopt;
  uint64_t limit = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, limit);
  if (error != std::errc() || stop != end) {
    return UsageFailure(
        fmt::format("--limit {}: a number of lines is expected, such as 20", *text));
  }
  return limit;
}

std::string_view Trim(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t");
  if (start == std::string_view::npos) return "";
  return text.substr(start, text.find_last_not_of(" \t") - start + 1);
}

Outcome<std::unordered_set<BusinessId>> ReadIds(const std::string& path) {
  ASSIGN_OR_FAIL(OpenedSource source, OpenSource(path));
  LineReader lines(source);
  BadLines bad(source.name);
  std::unordered_set<BusinessId> ids;
  for (;;) {
    ASSIGN_OR_FAIL(const auto line, lines.Next());
    if (!line) break;
    const std::string_view text = Trim(*line);
    if (text.empty() || text.starts_with('#')) continue;
    auto id = BusinessId::Parse(text);
    if (id) {
      ids.insert(*std::move(id));
    } else {
      bad.Add(lines.line(), text, id.error().message);
    }
  }
  if (!bad.empty()) return bad.ToFailure();
  return ids;
}

}  // namespace

bool RevisionFilter::Matches(const RevisionInfo& info) const {
  return !IsPast(info) && (!until || info.effective_time <= *until) &&
         TextMatches(author, info.author) && TextMatches(source, info.source) &&
         TextMatches(ticket, info.ticket);
}

bool RevisionFilter::MatchesId(const BusinessId& id) const {
  return (!ids || GlobMatches(*ids, id.text())) && (!id_set || id_set->contains(id));
}

void AddFilterOptions(po::options_description& options) {
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("since", text("TIME"), "not before this time (2026-11-22T11:45:00+08:00, 11:45, 2h)");
  add("until", text("TIME"), "not after this time");
  add("author", text("GLOB"), "by this author");
  add("source", text("GLOB"), "from this source");
  add("ticket", text("GLOB"), "with this ticket");
  add("ids", text("GLOB"), "that touch such an ID");
  add("ids-from", text("FILE"), "that touch an ID of the file, one a line");
  add("limit", text("N"), "the newest N of them");
}

Outcome<RevisionFilter> ReadFilterOptions(const Context& context) {
  RevisionFilter filter;
  ASSIGN_OR_FAIL(filter.since, ReadTime(context, "since"));
  ASSIGN_OR_FAIL(filter.until, ReadTime(context, "until"));
  filter.author = context.Text("author");
  filter.source = context.Text("source");
  filter.ticket = context.Text("ticket");
  filter.ids = context.Text("ids");
  if (const auto path = context.Text("ids-from")) {
    ASSIGN_OR_FAIL(filter.id_set, ReadIds(*path));
  }
  ASSIGN_OR_FAIL(filter.limit, ReadLimit(context));
  return filter;
}

}  // namespace switchback::cli
