// switchback export: prints the routing history in the form that import reads.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/output/file_output.h"
#include "cli/output/json_writer.h"
#include "cli/output/progress.h"
#include "cli/output/text_format.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("ids", text("GLOB"), "only the IDs that match");
  add("from", text("rREVISION"), "only this revision and later ones");
  add("output,o", text("FILE"), "into a file; packed if it ends in .zst");
}

class Exporter {
 public:
  Exporter(const View& view, std::string glob, Output& out)
      : view_(view), glob_(std::move(glob)), out_(out), json_(out.buffer()) {}

  // The revision's line, or none where no ID of it is wanted.
  Outcome<void> Add(Revision revision) {
    ASSIGN_OR_FAIL(const RevisionInfo info, view_.DescribeRevision(revision));
    ASSIGN_OR_FAIL(const auto changes, view_.Changes(revision));
    bool begun = false;
    for (;;) {
      ASSIGN_OR_FAIL(const auto change, changes->Next());
      if (!change) break;
      if (!GlobMatches(glob_, change->id.text())) continue;
      if (!begun) BeginLine(info);
      begun = true;
      FAIL_IF_ERROR(WriteChange(*change));
      FAIL_IF_ERROR(out_.Drain());
    }
    if (begun) json_.EndObject().EndObject().EndLine();
    FAIL_IF_ERROR(out_.Drain());
    return {};
  }

 private:
  void BeginLine(const RevisionInfo& info) {
    json_.BeginObject().Time("time", info.time);
    if (info.original_time) json_.Time("original_time", *info.original_time);
    const auto field = [this](std::string_view name, const std::string& text) {
      if (!text.empty()) json_.Field(name, text);
    };
    field("author", info.author);
    field("message", info.message);
    field("ticket", info.ticket);
    field("source", info.source);
    json_.Key("changes").BeginObject();
  }

  Outcome<void> WriteChange(const VersionInfo& change) {
    ASSIGN_OR_FAIL(const ListDiff diff,
                   view_.Diff({change.id, change.version.Previous()}, {change.id, change.version}));
    json_.Key(change.id.text()).BeginObject();
    if (change.deleted) json_.Flag("delete", true);
    if (diff.added.size() + diff.changed_to.size() > 0 || (diff.empty() && !change.deleted)) {
      FAIL_IF_ERROR(WriteMerged("add", diff.added, diff.changed_to));
    }
    if (diff.removed.size() + diff.changed_from.size() > 0) {
      FAIL_IF_ERROR(WriteMerged("remove", diff.removed, diff.changed_from));
    }
    json_.EndObject();
    return {};
  }

  // A changed value is a remove of the old and an add of the new: both lists as one, sorted.
  Outcome<void> WriteMerged(std::string_view name, const EndpointList& a, const EndpointList& b) {
    json_.Key(name).BeginArray();
    size_t i = 0;
    size_t j = 0;
    while (i < a.size() || j < b.size()) {
      const bool from_a = j == b.size() || (i < a.size() && a.Key(i) < b.Key(j));
      json_.EndpointText(from_a ? a[i++] : b[j++]);
      if ((i + j) % kEndpointsBetweenDrains == 0) FAIL_IF_ERROR(out_.Drain());
    }
    json_.EndArray();
    return {};
  }

  static constexpr size_t kEndpointsBetweenDrains = 256;

  const View& view_;
  std::string glob_;
  Output& out_;
  JsonWriter json_;
};

Outcome<void> Export(const Context& context, const View& view, Revision from, Output& out) {
  Exporter exporter(view, context.Text("ids").value_or("*"), out);
  Progress progress(context.terminal);
  const uint64_t head = view.revision().value;
  for (uint64_t revision = from.value; revision <= head; ++revision) {
    FAIL_IF_ERROR(exporter.Add(Revision{revision}));
    if (progress.Due()) {
      progress.Show(fmt::format("exporting: r{} of r{} ({})", Grouped(revision), Grouped(head),
                                Percent(revision, head)));
    }
  }
  return {};
}

Outcome<int> RunExport(Context& context) {
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  Revision from{1};
  if (const auto text = context.Text("from")) {
    ASSIGN_OR_FAIL(from, ResolveTableSelector(context, *reading.view, *text));
    from.value = std::max<uint64_t>(from.value, 1);
  }
  const auto path = context.Text("output");
  if (!path || *path == "-") {
    FAIL_IF_ERROR(Export(context, *reading.view, from, context.out));
    return kExitDone;
  }
  ASSIGN_OR_FAIL(const auto file, FileOutput::Create(*path));
  FAIL_IF_ERROR(Export(context, *reading.view, from, file->out()));
  FAIL_IF_ERROR(file->Commit());
  return kExitDone;
}

}  // namespace

Command ExportCommand() {
  return {.name = "export",
          .usage = "[-o FILE]",
          .summary = "print the routing history (JSON lines)",
          .details =
              "Prints one revision a line, oldest first, in the form that import reads; an\n"
              "import of all of it into an empty store makes the same lists, digests and\n"
              "metadata. With --from, the lines go on from a store that has what was before.\n",
          .example = "  switchback export -o routing-history.jsonl.zst\n",
          .add_options = AddOptions,
          .run = RunExport};
}

}  // namespace switchback::cli
