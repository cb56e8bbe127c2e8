#include "cli/output/diff_text.h"

#include <fmt/format.h>

#include "cli/output/diff_about.h"
#include "cli/output/text_format.h"

namespace switchback::cli {
namespace {

// A screen: longer diffs say first what they are about.
constexpr size_t kLongDiffLines = 40;

std::string SideText(const DiffSide& side, bool planned) {
  if (side.file) return OneLine(*side.file);
  if (side.version.value == 0) return "none";
  return fmt::format("@{}{}", side.version.value, planned ? " (dry run)" : "");
}

std::string Place(const DiffReport& report) {
  const std::string from = SideText(report.from, false);
  const std::string to = SideText(report.to, report.planned);
  if (report.from.id == report.to.id) {
    return fmt::format("{}  {} -> {}", report.from.id.text(), from, to);
  }
  return fmt::format("{}{} -> {}{}", report.from.id.text(), from, report.to.id.text(), to);
}

std::string LossText(const DiffReport& report) {
  if (!IsBigLoss(report.from.count, report.diff.removed.size(), report.to.count)) return "";
  return fmt::format("! {} gone", Percent(report.diff.removed.size(), report.from.count));
}

std::string ReportDelta(const DiffReport& report) {
  return Delta(report.diff.added.size(), report.diff.removed.size(), report.diff.changed_to.size());
}

void AppendLine(char sign, Ink ink, bool color, const Endpoint& endpoint, std::string& out) {
  if (color) out += InkStart(ink);
  out += sign;
  out += ' ';
  AppendEndpoint(endpoint, out);
  if (color) out += kInkEnd;
  out += '\n';
}

void AppendChanged(const Endpoint& from, const EndpointValue& to, bool color, std::string& out) {
  const auto value = [&out](const EndpointValue& side) {
    const size_t before = out.size();
    AppendEndpointValue(side, out);
    if (out.size() == before) out += "(no value)";
  };
  if (color) out += InkStart(Ink::kYellow);
  out += "~ ";
  AppendEndpointKey(from.key, out);
  out += ' ';
  value(from.value);
  out += " -> ";
  value(to);
  if (color) out += kInkEnd;
  out += '\n';
}

// The three parts merged into one canonical order, so that what happened around an address stands
// together.
Outcome<void> PrintLines(const ListDiff& diff, bool color, Output& out) {
  size_t removed = 0;
  size_t changed = 0;
  size_t added = 0;
  for (size_t left = diff.size(); left > 0; --left) {
    EndpointKey least;
    bool found = false;
    const auto consider = [&](const EndpointList& list, size_t at) {
      if (at < list.size() && (!found || list.Key(at) < least)) least = list.Key(at);
      found = found || at < list.size();
    };
    consider(diff.removed, removed);
    consider(diff.changed_from, changed);
    consider(diff.added, added);
    if (removed < diff.removed.size() && diff.removed.Key(removed) == least) {
      AppendLine('-', Ink::kRed, color, diff.removed[removed++], out.buffer());
    } else if (changed < diff.changed_from.size() && diff.changed_from.Key(changed) == least) {
      AppendChanged(diff.changed_from[changed], diff.changed_to.Value(changed), color,
                    out.buffer());
      ++changed;
    } else {
      AppendLine('+', Ink::kGreen, color, diff.added[added++], out.buffer());
    }
    FAIL_IF_ERROR(out.Drain());
  }
  return {};
}

}  // namespace

std::string CountsText(bool from_exists, uint64_t from, bool to_exists, uint64_t to) {
  if (!to_exists && from_exists) return fmt::format("{} -> deleted", Counted(from, "endpoint"));
  if (!from_exists && to_exists) return fmt::format("new -> {}", Counted(to, "endpoint"));
  return fmt::format("{} -> {}", Grouped(from), Counted(to, "endpoint"));
}

std::string CountsText(const DiffReport& report) {
  // A file does not delete.
  if (report.to.file && !report.to.exists && report.from.exists) {
    return fmt::format("{} -> none", Counted(report.from.count, "endpoint"));
  }
  return CountsText(report.from.exists, report.from.count, report.to.exists, report.to.count);
}

void AppendDiffHeader(const DiffReport& report, bool color, std::string& out) {
  Paint(out, color, Ink::kBold, Place(report));
  out += fmt::format("   {}   {}", CountsText(report), ReportDelta(report));
  if (const std::string loss = LossText(report); !loss.empty()) {
    out += "   ";
    Paint(out, color, Ink::kRed, loss);
  }
  out += '\n';
}

Outcome<void> PrintDiff(const DiffReport& report, bool color, Output& out) {
  AppendDiffHeader(report, color, out.buffer());
  if (report.diff.size() > kLongDiffLines) AppendDiffAbout(report, out.buffer());
  return PrintLines(report.diff, color, out);
}

DiffStatTable::DiffStatTable(const Terminal& terminal, Output& out)
    : id_width_(IdWidth(terminal)),
      table_({Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft}, terminal,
             out) {}

void DiffStatTable::Add(const DiffReport& report) {
  const bool same_id = report.from.id == report.to.id;
  const size_t half = id_width_ / 2;
  table_.Add(
      {{same_id ? Clip(report.from.id.text(), id_width_)
                : fmt::format("{} -> {}", Clip(report.from.id.text(), half),
                              Clip(report.to.id.text(), half)),
        Ink::kBold},
       {fmt::format("{} -> {}", SideText(report.from, false), SideText(report.to, report.planned))},
       {CountsText(report)},
       {ReportDelta(report)},
       {LossText(report), Ink::kRed}});
}

}  // namespace switchback::cli
