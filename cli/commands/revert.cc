// switchback revert: takes back what chosen revisions did, and keeps all else.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>
#include <unordered_map>
#include <utility>

#include "cli/commands/commands.h"
#include "cli/commands/write_support.h"
#include "cli/output/text_format.h"
#include "cli/parse/filter_options.h"
#include "cli/revision_search.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

// The filters have the plain names, as wherever revisions are chosen.
const char* const kOwn = "revert-";

void AddOptions(po::options_description& options) {
  AddFilterOptions(options);
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("skip-conflicts", po::bool_switch(), "leave what others changed too as it is; say what");
  add("message,m", text("TEXT"), "why");
  add("revert-author", text("NAME"),
      "who reverts (default: SWITCHBACK_AUTHOR, else user@host); --author chooses revisions");
  add("revert-ticket", text("TEXT"), "the ticket the revert belongs to");
  add("revert-source", text("TEXT"), "the tool the revert comes from");
  AddCommitOptions(options);
}

struct RevisionRange {
  Revision first;
  Revision last;
};

std::optional<Revision> ParseRevision(std::string_view text) {
  Revision revision;
  if (!text.starts_with('r')) return std::nullopt;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + 1, end, revision.value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return revision;
}

// rN, or rA..rB with both ends.
Outcome<RevisionRange> ParseRange(const std::string& text) {
  const size_t dots = text.find("..");
  const auto first = ParseRevision(std::string_view(text).substr(0, dots));
  const auto last =
      dots == std::string::npos ? first : ParseRevision(std::string_view(text).substr(dots + 2));
  if (!first || !last) {
    return UsageFailure(
        fmt::format("'{}': revisions are named as r17, or as r17..r20 with both ends", text));
  }
  if (*first > *last) {
    return UsageFailure(fmt::format("'{}': the older revision comes first", text));
  }
  return RevisionRange{*first, *last};
}

bool HasFilters(const Context& context) {
  static constexpr auto kNames = std::to_array<const char*>(
      {"since", "until", "author", "source", "ticket", "ids", "ids-from", "limit"});
  return std::ranges::any_of(kNames, [&](const char* name) { return context.Has(name); });
}

// A revision that is named must be what the filters say too: `--author` may have been meant for
// who reverts.
Outcome<void> CheckNamed(const RevisionInfo& info, const RevisionFilter& filter) {
  if (filter.Matches(info)) return {};
  return UsageFailure(fmt::format(
      "r{} (by {}) is named but does not match the filters; who reverts, under which ticket and "
      "from which source is said by --revert-author, --revert-ticket and --revert-source",
      info.revision.value, OneLine(info.author)));
}

Outcome<ChosenRevisions> ChooseNamed(const Context& context, const View& view,
                                     const RevisionFilter& filter) {
  if (filter.limit) return UsageFailure("--limit goes with filters, not with named revisions");
  ChosenRevisions chosen;
  for (const std::string& text : context.arguments) {
    ASSIGN_OR_FAIL(const RevisionRange range, ParseRange(text));
    for (Revision at = range.first; at <= range.last; at = at.Next()) {
      ASSIGN_OR_FAIL(const RevisionInfo info, view.DescribeRevision(at));
      FAIL_IF_ERROR(CheckNamed(info, filter));
      chosen.Add(info);
    }
  }
  chosen.KeepIds(filter);
  return chosen;
}

Outcome<ChosenRevisions> Choose(const Context& context, const View& view) {
  ASSIGN_OR_FAIL(const RevisionFilter filter, ReadFilterOptions(context));
  if (!context.arguments.empty()) return ChooseNamed(context, view, filter);
  if (!HasFilters(context)) {
    return UsageFailure(
        "nothing to revert: name revisions (r17, r17..r20) or choose them by the "
        "filters of log (--since 20m --author TOOL)");
  }
  ASSIGN_OR_FAIL(ChosenRevisions chosen, ChooseRevisions(view, filter));
  if (chosen.size() > 0) return chosen;
  return Fail(ErrorCode::kNotFound, "no revision matches the filters: nothing to revert");
}

// The diffs that a dry run was told of; they are printed the biggest loss first.
class Planned {
 public:
  void Gather(CommitOptions& options) {
    options.on_planned = [this](const ChangedId& changed, const ListDiff& diff) {
      diffs_.emplace(changed.id, diff);
    };
  }
  void Report(const View& view, WriteReport& report) {
    std::ranges::stable_sort(report.result.changes, std::ranges::greater(), &ChangedId::removed);
    report.plan = [this, &view](const ChangedId& changed) {
      return PlannedDiff(view, changed, std::move(diffs_.at(changed.id)));
    };
  }

 private:
  std::unordered_map<BusinessId, ListDiff> diffs_;
};

// Conflicts of endpoints come with items; a stale --expect-head comes without.
Error WithHint(Error error) {
  if (error.code == ErrorCode::kConflict && !error.items.empty()) {
    error.message += "; --skip-conflicts takes back the rest";
  }
  return error;
}

Outcome<int> RunRevert(Context& context) {
  ASSIGN_OR_FAIL(const WriteOptions write, ReadWriteOptions(context, kOwn));
  ASSIGN_OR_FAIL(const auto store, OpenForWriting(context, write));
  ASSIGN_OR_FAIL(const auto view, store->NewView());
  ASSIGN_OR_FAIL(const ChosenRevisions chosen, Choose(context, *view));
  Planned planned;
  CommitOptions options = ToCommitOptions(write, Operation::kRevert);
  if (write.dry_run) planned.Gather(options);
  auto reverted = store->Revert(chosen.choice(), context.Flag("skip-conflicts"), options);
  if (!reverted) return std::unexpected(WithHint(std::move(reverted).error()));
  WriteReport report;
  report.result = std::move(reverted->commit);
  MarkLanded(context, report.result);
  report.reverted = RevertedRevisions{chosen.size(), chosen.oldest(), chosen.newest()};
  report.skipped = std::move(reverted->skipped);
  if (write.dry_run) planned.Report(*view, report);
  return FinishWrite(context, *store, write, std::move(report));
}

}  // namespace

Command RevertCommand() {
  return {.name = "revert",
          .usage = "rREVISION ... | rA..rB | FILTERS",
          .summary = "take back what revisions did, and keep all else",
          .details =
              "Undoes the net effect of the chosen revisions on today's lists, endpoint by\n"
              "endpoint, as one new revision; changes of others stay. An endpoint that others\n"
              "changed too is a conflict: all are listed, with who touched them, exit 4, and\n"
              "nothing is written; --skip-conflicts does the rest. What is undone already is\n"
              "no error. --author, --source and --ticket choose revisions, as in log.\n",
          .example = "  switchback revert --since 20m --author migrate-tool -m 'undo the tool'\n",
          .max_arguments = 1'000'000,
          .add_options = AddOptions,
          .run = RunRevert};
}

}  // namespace switchback::cli
