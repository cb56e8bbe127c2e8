#include "cli/output/diff_printer.h"

#include <utility>

#include "cli/output/diff_json.h"
#include "cli/output/json_writer.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

EndpointList KeysOf(const EndpointList& list) {
  EndpointListBuilder keys;
  for (size_t i = 0; i < list.size(); ++i) keys.Append({list.Key(i), {}});
  return keys.Finish();
}

bool Differs(const DiffReport& report) {
  return !report.diff.empty() || report.from.exists != report.to.exists;
}

}  // namespace

void AddDiffOptions(po::options_description& options) {
  auto add = options.add_options();
  add("stat", po::bool_switch(), "one line an ID: counts, no endpoints");
  add("keys-only", po::bool_switch(), "leave weights and attributes out of it");
  add("exit-code", po::bool_switch(), "exit 1 if there is a difference");
}

DiffPrinter::DiffPrinter(Context& context)
    : context_(context),
      stat_(context.Flag("stat")),
      keys_only_(context.Flag("keys-only")),
      table_(context.terminal, context.out) {}

Outcome<void> DiffPrinter::Add(DiffReport report, bool always) {
  if (keys_only_) report.diff = {KeysOf(report.diff.removed), {}, {}, KeysOf(report.diff.added)};
  // A change and its restore: other versions, the same list.
  if (!Differs(report) && !always) return {};
  different_ |= Differs(report);
  if (context_.json()) {
    JsonWriter json(context_.out.buffer());
    FAIL_IF_ERROR(WriteDiff(report, stat_, json, context_.out));
    json.EndLine();
  } else if (stat_) {
    table_.Add(report);
  } else {
    if (printed_) context_.out.Append("\n");
    FAIL_IF_ERROR(PrintDiff(report, context_.terminal.color, context_.out));
  }
  printed_ = true;
  FAIL_IF_ERROR(context_.out.Drain());
  return {};
}

int DiffPrinter::ExitCode() const {
  return different_ && context_.Flag("exit-code") ? kExitDifference : kExitDone;
}

}  // namespace switchback::cli
