// switchback list: the business IDs of the table.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/left_out.h"
#include "cli/output/json_writer.h"
#include "cli/output/table.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  options.add_options()("at", po::value<std::string>()->value_name("SELECTOR"),
                        "as of a revision, a time or a snapshot");
}

class ListPrinter {
 public:
  explicit ListPrinter(Context& context)
      : context_(context),
        table_({Align::kLeft, Align::kRight, Align::kRight, Align::kRight, Align::kLeft},
               context.terminal, context.out) {
    if (!context.json()) {
      table_.Add({{"ID"}, {"VERSION"}, {"REVISION"}, {"ENDPOINTS"}, {"LAST CHANGE"}});
    }
  }

  void Add(const VersionInfo& info) {
    ++ids_;
    if (context_.json()) {
      JsonWriter json(context_.out.buffer());
      json.BeginObject().Field("id", info.id.text()).Field("version", info.version.value);
      json.Field("revision", info.commit.revision.value).Time("time", info.commit.time);
      json.Field("count", info.count).EndObject().EndLine();
      return;
    }
    table_.Add({{Clip(info.id.text(), IdWidth(context_.terminal)), Ink::kBold},
                {fmt::format("@{}", info.version.value)},
                {fmt::format("r{}", info.commit.revision.value)},
                {Grouped(info.count)},
                {fmt::format("{}  {}", LocalTime(info.commit.time, context_.clock),
                             OneLine(info.commit.author))}});
  }
  void Finish() {
    if (!context_.json() && ids_ > 0) table_.Flush();
  }

 private:
  Context& context_;
  Table table_;
  uint64_t ids_ = 0;
};

// Nothing once there are no more.
Outcome<std::optional<VersionInfo>> NextId(const View& view, Cursor<TableEntry>& table) {
  ASSIGN_OR_FAIL(const auto entry, table.Next());
  if (!entry) return std::nullopt;
  ASSIGN_OR_FAIL(VersionInfo info, view.Describe(entry->id, entry->version));
  return std::optional(std::move(info));
}

Outcome<int> RunList(Context& context) {
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  const View& view = *reading.view;
  Revision at = view.revision();
  if (const auto selector = context.Text("at")) {
    ASSIGN_OR_FAIL(at, ResolveTableSelector(context, view, *selector));
  }
  const std::string glob = context.arguments.empty() ? "" : context.arguments[0];
  ASSIGN_OR_FAIL(const auto table, view.Table(at, {.glob = glob}));
  ListPrinter printer(context);
  LeftOut left_out;
  for (;;) {
    const Outcome<std::optional<VersionInfo>> info = NextId(view, *table);
    if (!info) {
      if (left_out.Take(info.error())) continue;
      return std::unexpected(info.error());
    }
    if (!*info) break;
    printer.Add(**info);
    FAIL_IF_ERROR(context.out.Drain());
  }
  printer.Finish();
  return left_out.Finish(context);
}

}  // namespace

Command ListCommand() {
  return {.name = "list",
          .usage = "[GLOB]",
          .summary = "the IDs, with version, count and last change",
          .details =
              "Prints every business ID that exists, in order, or those that GLOB matches\n"
              "(* any run, ? one character, [a-z] a set).\n",
          .example = "  switchback list '3945*' --at 2026-11-22T11:45:00+08:00\n",
          .max_arguments = 1,
          .add_options = AddOptions,
          .run = RunList};
}

}  // namespace switchback::cli
