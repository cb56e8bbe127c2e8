#include "cli/manual.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>
#include <vector>

#include "cli/help.h"
#include "cli/parse/option_table.h"

namespace switchback::cli {
namespace {

// Text that roff is to show as it is: no byte of it is a request, an escape or a typographic quote,
// and hyphens can be copied to a command line.
std::string Roff(std::string_view text) {
  std::string roff;
  bool at_line_start = true;
  for (const char byte : text) {
    if (at_line_start && (byte == '.' || byte == '\'')) roff += "\\&";
    at_line_start = byte == '\n';
    switch (byte) {
      case '\\':
        roff += "\\e";
        break;
      case '-':
        roff += "\\-";
        break;
      case '\'':
        roff += "\\(aq";
        break;
      case '`':
        roff += "\\(ga";
        break;
      case '"':
        roff += "\\(dq";
        break;
      case '^':
        roff += "\\(ha";
        break;
      case '~':
        roff += "\\(ti";
        break;
      default:
        roff += byte;
    }
  }
  return roff;
}

std::string Bold(std::string_view text) {
  return "\\fB" + Roff(text) + "\\fR";
}

std::string Italic(std::string_view text) {
  return "\\fI" + Roff(text) + "\\fR";
}

class Page {
 public:
  // No date: the same program gives the same page. Names of options are not to be broken.
  void Title(std::string_view name, std::string_view version) {
    text_ +=
        fmt::format(".TH {} 1 \"\" \"{}\" \"User Commands\"\n.nh\n.ad l\n", name, Roff(version));
  }
  void Section(std::string_view title) { Head("SH", title); }
  void Subsection(std::string_view title) { Head("SS", title); }
  void Paragraph(std::string_view roff) { Begin(std::string(roff) + "\n"); }
  // What stands in `roff` is said of `term`.
  void Entry(std::string_view term, std::string_view roff) {
    text_ += fmt::format(".TP\n{}\n{}\n", term, roff);
    at_head_ = false;
  }
  // Line by line, as it stands.
  void Verbatim(std::string_view text) { Begin(fmt::format(".nf\n{}.fi\n", Roff(text))); }
  void Entries(std::span<const HelpEntry> entries) {
    for (const HelpEntry& entry : entries) Entry(Bold(entry.name), Roff(entry.text) + ".");
  }
  void Options(const std::vector<OptionEntry>& options) {
    for (const OptionEntry& option : options) {
      std::string term = Bold(option.name);
      if (!option.short_name.empty()) term = fmt::format("{}, {}", Bold(option.short_name), term);
      if (option.takes_value()) term = fmt::format("{} {}", term, Italic(option.value));
      Entry(term, Roff(option.description) + ".");
    }
  }
  // Lines that a person wrote: those with a column in them stay as they are, others are filled.
  void Details(std::string_view lines);

  [[nodiscard]] std::string Finish() { return std::move(text_); }

 private:
  void Head(std::string_view macro, std::string_view title) {
    text_ += fmt::format(".{} \"{}\"\n", macro, Roff(title));
    at_head_ = true;
  }
  // A heading begins a paragraph by itself.
  void Begin(std::string_view roff) {
    if (!std::exchange(at_head_, false)) text_ += ".PP\n";
    text_ += roff;
  }

  std::string text_;
  bool at_head_ = false;
};

void Page::Details(std::string_view lines) {
  const bool table = lines.find("  ") != std::string_view::npos;
  if (table) return Verbatim(lines);
  while (lines.ends_with('\n')) lines.remove_suffix(1);
  Paragraph(Roff(lines));
}

void AddCommand(const Command& command, Page& page) {
  page.Subsection(command.usage.empty() ? std::string(command.name)
                                        : fmt::format("{} {}", command.name, command.usage));
  page.Details(command.details);
  page.Options(CommandOptionTable(command));
  page.Paragraph("Example:");
  page.Verbatim(command.example);
}

constexpr std::string_view kDescription =
    "Keeps a routing table, which maps business IDs to lists of endpoints, with\n"
    "every version of every list. It shows what changed between any two versions,\n"
    "and puts any earlier one back in one atomic commit. Data goes to standard\n"
    "output, everything else to standard error; a command that fails leaves standard\n"
    "output empty.";

constexpr std::string_view kOutage =
    "What changed in the last quarter of an hour, and how badly? Put back what was\n"
    "there just before revision 57:";
constexpr std::string_view kOutageCommands =
    "  switchback log --since 15m\n"
    "  switchback diff 394521\n"
    "  switchback restore 394521@r57^ -m 'back to before r57' --ticket OPS-1\n";

}  // namespace

std::string ManualPage() {
  Page page;
  page.Title("SWITCHBACK", fmt::format("switchback {}", ProgramVersion()));
  page.Section("NAME");
  page.Paragraph("switchback \\- a versioned store for routing tables");
  page.Section("SYNOPSIS");
  page.Paragraph(fmt::format("{} [{} {}] {} [{}] [{}]", Bold("switchback"), Bold("--store"),
                             Italic("DIR"), Italic("COMMAND"), Italic("ARGUMENTS"),
                             Italic("OPTIONS")));
  page.Section("DESCRIPTION");
  page.Paragraph(Roff(kDescription));
  page.Section("COMMANDS");
  for (const Command& command : Commands()) {
    if (!command.hidden) AddCommand(command, page);
  }
  page.Section("GLOBAL OPTIONS");
  page.Paragraph("These stand before the command or after it.");
  page.Options(GlobalOptionTable());
  page.Section("SELECTORS");
  page.Paragraph(fmt::format("A version is named {}.", Italic("ID@SELECTOR")));
  page.Entries(SelectorForms());
  page.Section("ENVIRONMENT");
  page.Entries(EnvironmentVariables());
  page.Section("EXIT STATUS");
  page.Entries(ExitCodes());
  page.Section("EXAMPLES");
  page.Paragraph(Roff(kOutage));
  page.Verbatim(kOutageCommands);
  return page.Finish();
}

}  // namespace switchback::cli
