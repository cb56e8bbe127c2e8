// switchback get: prints a list.
#include <fmt/format.h>

#include "cli/commands/commands.h"
#include "cli/commands/get_table.h"
#include "cli/output/diff_json.h"
#include "cli/output/json_writer.h"
#include "cli/session.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

constexpr size_t kEndpointsBetweenDrains = 256;

void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  add("count", po::bool_switch(), "the number of endpoints only");
  add("digest", po::bool_switch(), "the list's digest only");
  add("all", po::bool_switch(), "the whole table, JSON lines: what apply --table takes");
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("at", text("SELECTOR"), "with --all: as of a revision, a time or a snapshot");
  add("ids", text("GLOB"), "with --all: only the IDs that match");
}

Outcome<void> PrintList(const EndpointList& list, Output& out) {
  for (size_t i = 0; i < list.size(); ++i) {
    AppendEndpoint(list[i], out.buffer());
    out.buffer() += '\n';
    if (i % kEndpointsBetweenDrains == 0) FAIL_IF_ERROR(out.Drain());
  }
  return {};
}

Outcome<void> WriteJson(Context& context, const View& view, const Address& address,
                        const VersionSummary& summary, const EndpointList* list) {
  ASSIGN_OR_FAIL(const VersionInfo info, view.Describe(address.id, address.found.version));
  JsonWriter json(context.out.buffer());
  json.BeginObject().Field("id", address.id.text());
  json.Field("version", address.found.version.value);
  json.Field("revision", address.found.revision.value).Time("time", info.commit.time);
  json.Field("count", summary.count).Field("digest", summary.digest.ToHex());
  if (list != nullptr) FAIL_IF_ERROR(WriteEndpoints("endpoints", *list, json, context.out));
  json.EndObject().EndLine();
  return {};
}

Outcome<int> RunGet(Context& context) {
  const bool count = context.Flag("count");
  const bool digest = context.Flag("digest");
  if (count && digest) return UsageFailure("get takes one of --count and --digest");
  if (context.Flag("all")) {
    if (!context.arguments.empty() || count || digest) {
      return UsageFailure("get takes an ID, or --all with --at and --ids, not both");
    }
    return GetTable(context);
  }
  if (context.Has("at") || context.Has("ids")) {
    return UsageFailure("--at and --ids go with get --all; for one ID, write ID@SELECTOR");
  }
  if (context.arguments.empty()) return UsageFailure("usage: switchback get ID[@SELECTOR] | --all");
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  const View& view = *reading.view;
  ASSIGN_OR_FAIL(const Address address, ResolveAddress(context, view, context.arguments[0]));
  if (address.found.deleted) {
    return Fail(ErrorCode::kNotFound,
                fmt::format("{} was deleted in version {} (r{}); 'log {}' shows its history",
                            address.id.text(), address.found.version.value,
                            address.found.revision.value, address.id.text()));
  }
  NoteResolved(context, view, address);
  if (count || digest) {
    ASSIGN_OR_FAIL(const VersionSummary summary, view.Summarize(address.id, address.found.version));
    if (context.json()) {
      FAIL_IF_ERROR(WriteJson(context, view, address, summary, nullptr));
    } else {
      // For scripts more than for eyes: no separators.
      context.out.Append(count ? fmt::format("{}\n", summary.count)
                               : summary.digest.ToHex() + "\n");
    }
    return kExitDone;
  }
  ASSIGN_OR_FAIL(const ListHandle list, view.Read(address.id, address.found.version));
  if (context.json()) {
    FAIL_IF_ERROR(
        WriteJson(context, view, address, {list->list->size(), list->digest()}, list->list.get()));
  } else {
    FAIL_IF_ERROR(PrintList(*list->list, context.out));
  }
  return kExitDone;
}

}  // namespace

Command GetCommand() {
  return {.name = "get",
          .usage = "ID[@SELECTOR] | --all [--at SELECTOR] [--ids GLOB]",
          .summary = "print a list, or the whole table",
          .details =
              "Prints the list of ID, or any earlier version of it, one endpoint a line in\n"
              "canonical text. An empty list prints nothing; an ID that was deleted or was\n"
              "not yet born exits 3.\n"
              "--all prints the table, JSON lines: a header and then an ID a line, in the form\n"
              "that apply --table and diff --against take.\n",
          .example = "  switchback get 394521@11:45 > before-the-incident.txt\n",
          .max_arguments = 1,
          .add_options = AddOptions,
          .run = RunGet};
}

}  // namespace switchback::cli
