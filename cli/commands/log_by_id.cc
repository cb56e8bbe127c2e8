#include "cli/commands/log_by_id.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "cli/output/diff_text.h"
#include "cli/output/json_writer.h"
#include "cli/output/table.h"
#include "cli/output/text_format.h"
#include "cli/revision_search.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

constexpr uint64_t kWhole = 100;  // percent

// A net change without its diff: all of them are held, to be sorted.
struct NetLine {
  BusinessId id;
  Version from;
  Version to;
  bool existed = false;
  bool exists = false;
  uint64_t count_before = 0;
  uint64_t count = 0;
  uint64_t added = 0;
  uint64_t removed = 0;
  uint64_t changed = 0;
  std::vector<std::string> authors;
  uint64_t revisions = 0;
  Revision first;
  Revision last;

  // Others may have brought in, meanwhile, what these revisions took away.
  [[nodiscard]] uint64_t kept() const { return count_before - std::min(removed, count_before); }
  [[nodiscard]] bool is_big_loss() const { return IsBigLoss(count_before, removed, count); }
};

struct Thresholds {
  uint64_t removed = 0;
  uint64_t percent = 0;  // of the list before

  [[nodiscard]] bool Pass(const NetLine& line) const {
    return line.removed >= removed &&
           (percent == 0 ||
            (line.count_before > 0 && line.removed * kWhole >= percent * line.count_before));
  }
};

Outcome<uint64_t> ReadNumber(const Context& context, const std::string& option, uint64_t most) {
  const auto text = context.Text(option);
  if (!text) return 0;
  uint64_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [stop, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc() || stop != end || number > most) {
    return UsageFailure(
        fmt::format("--{} {}: a number from 0 to {} is expected", option, *text, most));
  }
  return number;
}

Outcome<Thresholds> ReadThresholds(const Context& context) {
  Thresholds thresholds;
  ASSIGN_OR_FAIL(thresholds.removed, ReadNumber(context, "min-removed", UINT64_MAX));
  ASSIGN_OR_FAIL(thresholds.percent, ReadNumber(context, "min-removed-percent", kWhole));
  return thresholds;
}

NetLine ToLine(const NetChange& change, const ChosenRevisions& chosen) {
  return {.id = change.id,
          .from = change.from(),
          .to = change.to(),
          .existed = change.existed,
          .exists = change.exists,
          .count_before = change.count_before,
          .count = change.count,
          .added = change.diff.added.size(),
          .removed = change.diff.removed.size(),
          .changed = change.diff.changed_to.size(),
          .authors = chosen.AuthorsOf(change.versions),
          .revisions = change.versions.size(),
          .first = change.versions.front().revision,
          .last = change.versions.back().revision};
}

Outcome<std::vector<NetLine>> ReadLines(const View& view, const ChosenRevisions& chosen,
                                        const Thresholds& thresholds) {
  std::vector<NetLine> lines;
  ASSIGN_OR_FAIL(const auto changes, view.NetChanges(chosen.choice()));
  for (;;) {
    ASSIGN_OR_FAIL(const auto change, changes->Next());
    if (!change) break;
    NetLine line = ToLine(*change, chosen);
    if (thresholds.Pass(line)) lines.push_back(std::move(line));
  }
  // IDs come in order, and stay so where they lost as much.
  std::ranges::stable_sort(lines, std::ranges::greater(), &NetLine::removed);
  return lines;
}

std::string VersionsText(const NetLine& line) {
  const std::string from = line.from.value == 0 ? "none" : fmt::format("@{}", line.from.value);
  return fmt::format("{} -> @{}", from, line.to.value);
}

std::string KeptText(const NetLine& line) {
  if (line.removed == 0) return "";
  return fmt::format("{} kept{}", Percent(line.kept(), line.count_before),
                     line.is_big_loss() ? " !" : "");
}

std::string RevisionsText(const NetLine& line) {
  if (line.revisions == 1) return fmt::format("r{}", line.first.value);
  return fmt::format("r{}..r{} ({})", line.first.value, line.last.value, Grouped(line.revisions));
}

std::string AuthorsText(const NetLine& line) {
  std::string text;
  for (const std::string& author : line.authors) {
    text += (text.empty() ? "" : ", ") + OneLine(author);
  }
  return text;
}

void AddRow(const NetLine& line, const Context& context, Table& table) {
  const Ink loss = line.is_big_loss() ? Ink::kRed : Ink::kPlain;
  table.Add({{Clip(line.id.text(), IdWidth(context.terminal)), Ink::kBold},
             {VersionsText(line)},
             {CountsText(line.existed, line.count_before, line.exists, line.count)},
             {Delta(line.added, line.removed, line.changed), loss},
             {KeptText(line), loss},
             {RevisionsText(line)},
             {AuthorsText(line)}});
}

void AddJson(const NetLine& line, std::string& out) {
  JsonWriter json(out);
  json.BeginObject().Field("id", line.id.text());
  json.Field("from_version", line.from.value).Field("to_version", line.to.value);
  json.Flag("existed", line.existed).Flag("exists", line.exists);
  json.Field("count_before", line.count_before).Field("count", line.count);
  json.Field("added", line.added).Field("removed", line.removed).Field("changed", line.changed);
  json.Field("kept", line.kept()).Flag("big_loss", line.is_big_loss());
  json.Key("authors").BeginArray();
  for (const std::string& author : line.authors) json.String(author);
  json.EndArray().Field("revisions", line.revisions);
  json.Field("first_revision", line.first.value).Field("last_revision", line.last.value);
  json.EndObject().EndLine();
}

}  // namespace

void AddByIdOptions(po::options_description& options) {
  auto add = options.add_options();
  const auto number = [] { return po::value<std::string>()->value_name("N"); };
  add("by-id", po::bool_switch(),
      "one line an ID: what these revisions did to it, net, the biggest loss first; --limit is "
      "the number of lines then");
  add("min-removed", number(), "with --by-id: that lost at least N endpoints");
  add("min-removed-percent", number(), "with --by-id: that lost at least N percent of its list");
}

bool HasByIdOptions(const Context& context) {
  return context.Has("min-removed") || context.Has("min-removed-percent");
}

Outcome<void> LogById(Context& context, const View& view, RevisionFilter filter) {
  const std::optional<uint64_t> limit = std::exchange(filter.limit, std::nullopt);
  ASSIGN_OR_FAIL(const Thresholds thresholds, ReadThresholds(context));
  ASSIGN_OR_FAIL(const ChosenRevisions chosen, ChooseRevisions(view, filter));
  ASSIGN_OR_FAIL(const auto lines, ReadLines(view, chosen, thresholds));
  Table table({Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft, Align::kRight, Align::kLeft,
               Align::kLeft},
              context.terminal, context.out);
  uint64_t printed = 0;
  for (const NetLine& line : lines) {
    if (limit && printed == *limit) break;
    ++printed;
    if (context.json()) {
      AddJson(line, context.out.buffer());
    } else {
      AddRow(line, context, table);
    }
    FAIL_IF_ERROR(context.out.Drain());
  }
  table.Flush();
  return {};
}

}  // namespace switchback::cli
