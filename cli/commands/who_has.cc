// switchback who-has: which IDs list an address, now, at an earlier moment, or ever.
#include <fmt/format.h>

#include <optional>
#include <string>

#include "cli/commands/commands.h"
#include "cli/left_out.h"
#include "cli/output/json_writer.h"
#include "cli/output/table.h"
#include "cli/output/text_format.h"
#include "cli/session.h"
#include "switchback/provenance.h"

namespace switchback::cli {
namespace {

namespace po = boost::program_options;

void AddOptions(po::options_description& options) {
  auto add = options.add_options();
  const auto text = [](const char* name) { return po::value<std::string>()->value_name(name); };
  add("at", text("SELECTOR"), "as of a revision, a time or a snapshot");
  add("history", po::bool_switch(), "every stay that ever was: from which version to which");
  add("ids", text("GLOB"), "only in IDs that match");
}

Outcome<AddressQuery> ReadQuery(const Context& context) {
  auto query = ParseAddressQuery(context.arguments[0]);
  if (query) return *query;
  return UsageFailure(fmt::format("'{}': {}", context.arguments[0], query.error().message));
}

class HolderPrinter {
 public:
  HolderPrinter(Context& context, const View& view)
      : context_(context),
        view_(view),
        table_(
            {Align::kLeft, Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft},
            context.terminal, context.out) {}

  Outcome<void> Add(const AddressHolder& holder) {
    ASSIGN_OR_FAIL(const VersionInfo since, view_.Describe(holder.id, holder.from));
    if (context_.json()) {
      JsonWriter json(context_.out.buffer());
      json.BeginObject().Field("id", holder.id.text());
      json.Key("endpoint").EndpointText(holder.endpoint.view());
      json.Field("match", AddressMatchName(holder.match));
      json.Field("since_version", holder.from.value);
      json.Field("since_revision", since.commit.revision.value);
      json.Time("since_time", since.commit.time).Field("since_author", since.commit.author);
      json.Flag("or_before", holder.since_before).EndObject().EndLine();
      return {};
    }
    table_.Add(
        {{Clip(holder.id.text(), IdWidth(context_.terminal)), Ink::kBold},
         {FormatEndpoint(holder.endpoint.view())},
         {std::string(AddressMatchName(holder.match))},
         {fmt::format("since @{}", holder.from.value)},
         {LocalTime(since.commit.time, context_.clock)},
         {OneLine(since.commit.author) + (holder.since_before ? " [or before: pruned]" : "")}});
    return {};
  }
  void Finish() { table_.Flush(); }

 private:
  Context& context_;
  const View& view_;
  Table table_;
};

// Stays of endpoints, with who brought them in and took them out.
class StayPrinter {
 public:
  StayPrinter(Context& context, const View& view)
      : context_(context),
        view_(view),
        table_({Align::kLeft, Align::kLeft, Align::kLeft, Align::kRight, Align::kLeft, Align::kLeft,
                Align::kLeft, Align::kLeft, Align::kLeft},
               context.terminal, context.out) {}

  Outcome<void> Add(const AddressLife& found) {
    ASSIGN_OR_FAIL(const VersionInfo from, view_.Describe(found.id, found.life.from));
    std::optional<VersionInfo> to;
    if (found.life.until) {
      ASSIGN_OR_FAIL(to, view_.Describe(found.id, *found.life.until));
    }
    if (context_.json()) {
      AddJson(found, from, to);
    } else {
      AddRow(found, from, to);
    }
    return {};
  }
  void Finish() { table_.Flush(); }

 private:
  void AddRow(const AddressLife& found, const VersionInfo& from,
              const std::optional<VersionInfo>& to) {
    const std::string older = found.life.since_before ? " [or before: pruned]" : "";
    table_.Add({{Clip(found.id.text(), IdWidth(context_.terminal)), Ink::kBold},
                {FormatEndpointKey(found.life.key)},
                {std::string(AddressMatchName(found.match))},
                {fmt::format("@{}", from.version.value)},
                {LocalTime(from.commit.time, context_.clock)},
                {OneLine(from.commit.author) + older},
                {to ? fmt::format("to @{}", to->version.value) : "still there"},
                {to ? LocalTime(to->commit.time, context_.clock) : ""},
                {to ? OneLine(to->commit.author) : ""}});
  }

  static void AddSide(const char* name, const VersionInfo& info, JsonWriter& json) {
    json.Field(fmt::format("{}_version", name), info.version.value);
    json.Field(fmt::format("{}_revision", name), info.commit.revision.value);
    json.Time(fmt::format("{}_time", name), info.commit.time);
    json.Field(fmt::format("{}_author", name), info.commit.author);
  }

  void AddJson(const AddressLife& found, const VersionInfo& from,
               const std::optional<VersionInfo>& to) {
    JsonWriter json(context_.out.buffer());
    json.BeginObject().Field("id", found.id.text()).Key("endpoint").KeyText(found.life.key);
    json.Field("match", AddressMatchName(found.match));
    AddSide("from", from, json);
    json.Flag("or_before", found.life.since_before);
    if (to) {
      AddSide("to", *to, json);
    } else {
      json.Key("to_version").Null();
    }
    json.EndObject().EndLine();
  }

  Context& context_;
  const View& view_;
  Table table_;
};

template <typename Found, typename Printer>
Outcome<bool> PrintNext(Cursor<Found>& cursor, Printer& printer) {
  ASSIGN_OR_FAIL(const auto found, cursor.Next());
  if (!found) return false;
  FAIL_IF_ERROR(printer.Add(*found));
  return true;
}

template <typename Found, typename Printer>
Outcome<int> PrintAll(Cursor<Found>& cursor, Printer& printer, Context& context) {
  LeftOut left_out;
  for (;;) {
    const Outcome<bool> more = PrintNext(cursor, printer);
    if (!more && !left_out.Take(more.error())) return std::unexpected(more.error());
    if (more && !*more) break;
    FAIL_IF_ERROR(context.out.Drain());
  }
  printer.Finish();
  return left_out.Finish(context);
}

Outcome<int> RunWhoHas(Context& context) {
  ASSIGN_OR_FAIL(const AddressQuery query, ReadQuery(context));
  if (context.Flag("history") && context.Has("at")) {
    return UsageFailure("who-has takes --at or --history, not both");
  }
  const std::string glob = context.Text("ids").value_or("");
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  const View& view = *reading.view;
  if (context.Flag("history")) {
    ASSIGN_OR_FAIL(const auto stays, view.WhoEverHad(query, glob));
    if (reading.store->identity().pruned) {
      context.Note("versions were pruned in this store: stays in them are not known");
    }
    StayPrinter printer(context, view);
    return PrintAll(*stays, printer, context);
  }
  std::optional<Revision> revision;
  if (const auto at = context.Text("at")) {
    ASSIGN_OR_FAIL(revision, ResolveTableSelector(context, view, *at));
  }
  ASSIGN_OR_FAIL(const auto holders, view.WhoHas(query, revision, glob));
  HolderPrinter printer(context, view);
  return PrintAll(*holders, printer, context);
}

}  // namespace

Command WhoHasCommand() {
  return {.name = "who-has",
          .usage = "ADDRESS[/PREFIX][:PORT]",
          .summary = "which IDs list an address, now or ever",
          .details =
              "Prints the endpoints that are the address (exact), lie within it (covered) or\n"
              "are a range that it lies within (covering), with the version that brought them\n"
              "in. --at: as of an earlier moment. --history: every stay there ever was, with\n"
              "who brought it in and took it out. Nobody: no line, exit 0.\n",
          .example = "  switchback who-has 172.16.9.4 --history\n",
          .min_arguments = 1,
          .max_arguments = 1,
          .add_options = AddOptions,
          .run = RunWhoHas};
}

}  // namespace switchback::cli
