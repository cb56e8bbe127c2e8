// switchback blame: which versions the endpoints of a list come from; the whole life of one.
#include <fmt/format.h>

#include <map>
#include <optional>
#include <string>

#include "cli/commands/commands.h"
#include "cli/output/json_writer.h"
#include "cli/output/table.h"
#include "cli/output/text_format.h"
#include "cli/session.h"
#include "switchback/provenance.h"

namespace switchback::cli {
namespace {

// Versions of one ID, each described once: most endpoints share theirs with others.
class Versions {
 public:
  Versions(const View& view, const BusinessId& id) : view_(view), id_(id) {}
  Outcome<const VersionInfo*> Describe(Version version) {
    const auto known = known_.find(version.value);
    if (known != known_.end()) return &known->second;
    ASSIGN_OR_FAIL(VersionInfo info, view_.Describe(id_, version));
    return &known_.emplace(version.value, std::move(info)).first->second;
  }

 private:
  const View& view_;
  const BusinessId& id_;
  std::map<uint64_t, VersionInfo> known_;
};

class BlamePrinter {
 public:
  BlamePrinter(Context& context, const Blame& blame, Versions& versions)
      : context_(context),
        blame_(blame),
        versions_(versions),
        table_(
            {Align::kRight, Align::kRight, Align::kLeft, Align::kLeft, Align::kLeft, Align::kLeft},
            context.terminal, context.out) {}

  Outcome<void> Print() {
    const EndpointList& list = *blame_.list->list;
    for (size_t i = 0; i < list.size(); ++i) {
      ASSIGN_OR_FAIL(const VersionInfo* const info, versions_.Describe(blame_.value_from[i]));
      if (context_.json()) {
        AddJson(list[i], *info, i);
      } else {
        AddRow(list[i], *info, i);
      }
      FAIL_IF_ERROR(context_.out.Drain());
    }
    table_.Flush();
    return {};
  }

 private:
  // Whether it may be older: the versions before the oldest one kept were pruned.
  [[nodiscard]] bool MayBeOlder(Version version) const {
    return blame_.oldest_kept.value > 1 && version == blame_.oldest_kept;
  }

  void AddRow(const Endpoint& endpoint, const VersionInfo& info, size_t i) {
    const Version version = blame_.value_from[i];
    const Version first = blame_.key_from[i];
    std::string remark;
    if (MayBeOlder(version)) remark = "[or before: pruned] ";
    if (first != version) {
      remark =
          fmt::format("[here since @{}{}] ", first.value, MayBeOlder(first) ? " or before" : "");
    }
    table_.Add({{fmt::format("@{}", version.value), Ink::kBold},
                {fmt::format("r{}", info.commit.revision.value)},
                {LocalTime(info.commit.time, context_.clock)},
                {OneLine(info.commit.author)},
                {FormatEndpoint(endpoint)},
                {remark + OneLine(info.commit.message)}});
  }

  void AddJson(const Endpoint& endpoint, const VersionInfo& info, size_t i) {
    JsonWriter json(context_.out.buffer());
    json.BeginObject().Key("endpoint").EndpointText(endpoint);
    json.Field("version", blame_.value_from[i].value);
    json.Field("revision", info.commit.revision.value).Time("time", info.commit.time);
    json.Field("author", info.commit.author).Field("message", info.commit.message);
    json.Field("first_version", blame_.key_from[i].value);
    json.Flag("or_before", MayBeOlder(blame_.key_from[i])).EndObject().EndLine();
  }

  Context& context_;
  const Blame& blame_;
  Versions& versions_;
  Table table_;
};

Outcome<void> BlameWholeList(Context& context, const View& view, const Address& address) {
  NoteResolved(context, view, address);
  ASSIGN_OR_FAIL(const Blame blame, view.BlameList(address.id, address.found.version));
  Versions versions(view, address.id);
  return BlamePrinter(context, blame, versions).Print();
}

// One event of a life a row, oldest first; a blank line between lives.
class LifePrinter {
 public:
  LifePrinter(Context& context, Versions& versions) : context_(context), versions_(versions) {}

  Outcome<void> Print(const std::vector<EndpointLife>& lives) {
    for (const EndpointLife& life : lives) {
      if (!first_ && !context_.json()) context_.out.Append("\n");
      first_ = false;
      FAIL_IF_ERROR(context_.json() ? AddJson(life) : AddRows(life));
    }
    return {};
  }

 private:
  Outcome<void> AddRow(Table& table, char sign, Ink ink, Version version, std::string value,
                       std::string_view remark) {
    ASSIGN_OR_FAIL(const VersionInfo* const info, versions_.Describe(version));
    table.Add({{std::string(1, sign), ink},
               {fmt::format("@{}", version.value), Ink::kBold},
               {fmt::format("r{}", info->commit.revision.value)},
               {LocalTime(info->commit.time, context_.clock)},
               {OneLine(info->commit.author)},
               {std::move(value)},
               {std::string(remark) + OneLine(info->commit.message)}});
    return {};
  }

  Outcome<void> AddRows(const EndpointLife& life) {
    Table table({Align::kLeft, Align::kRight, Align::kRight, Align::kLeft, Align::kLeft,
                 Align::kLeft, Align::kLeft},
                context_.terminal, context_.out);
    const std::string key = FormatEndpointKey(life.key);
    for (size_t i = 0; i < life.values.size(); ++i) {
      const auto& [from, text] = life.values[i];
      std::string endpoint = key;
      if (!text.empty()) endpoint.append(" ").append(text);
      const bool older = i == 0 && life.since_before;
      FAIL_IF_ERROR(AddRow(table, i == 0 ? '+' : '~', i == 0 ? Ink::kGreen : Ink::kYellow, from,
                           endpoint, older ? "[or before: pruned] " : ""));
    }
    if (life.until) FAIL_IF_ERROR(AddRow(table, '-', Ink::kRed, *life.until, key, ""));
    table.Flush();
    return {};
  }

  Outcome<void> AddSide(const char* name, std::optional<Version> version, JsonWriter& json) {
    if (!version) {
      json.Key(fmt::format("{}_version", name)).Null();
      return {};
    }
    ASSIGN_OR_FAIL(const VersionInfo* const info, versions_.Describe(*version));
    json.Field(fmt::format("{}_version", name), version->value);
    json.Field(fmt::format("{}_revision", name), info->commit.revision.value);
    json.Time(fmt::format("{}_time", name), info->commit.time);
    json.Field(fmt::format("{}_author", name), info->commit.author);
    json.Field(fmt::format("{}_message", name), info->commit.message);
    return {};
  }

  Outcome<void> AddJson(const EndpointLife& life) {
    JsonWriter json(context_.out.buffer());
    json.BeginObject().Key("endpoint").KeyText(life.key);
    FAIL_IF_ERROR(AddSide("from", life.from, json));
    json.Flag("or_before", life.since_before);
    FAIL_IF_ERROR(AddSide("to", life.until, json));
    json.Key("values").BeginArray();
    for (const auto& [from, text] : life.values) {
      json.BeginObject().Field("version", from.value).Field("value", text).EndObject();
    }
    json.EndArray().EndObject().EndLine();
    return {};
  }

  Context& context_;
  Versions& versions_;
  bool first_ = true;
};

// The endpoint as it was typed may lack a port that it has in the list.
Outcome<std::string> NearestInList(const View& view, const Address& address,
                                   const EndpointKey& key) {
  if (address.found.deleted) return "";
  ASSIGN_OR_FAIL(const ListHandle list, view.Read(address.id, address.found.version));
  const size_t at = list->list->LowerBound({key.address, 0, 0});
  if (at == list->list->size() || list->list->Key(at).address != key.address) return "";
  return fmt::format("; the list has {}", FormatEndpointKey(list->list->Key(at)));
}

Outcome<void> BlameEndpoint(Context& context, const View& view, const Address& address,
                            const std::string& text) {
  auto endpoint = ParseEndpoint(text);
  if (!endpoint) return UsageFailure(fmt::format("'{}': {}", text, endpoint.error().message));
  if (endpoint->view().value != EndpointValue{}) {
    return UsageFailure(
        fmt::format("'{}': an endpoint is named without weight and attributes here", text));
  }
  ASSIGN_OR_FAIL(const auto lives, view.Lives(address.id, endpoint->key));
  const auto first = view.Describe(address.id, Version{1});
  const bool pruned = !first && first.error().code == ErrorCode::kPruned;
  if (lives.empty() && pruned) {
    return Fail(ErrorCode::kPruned,
                fmt::format("{} is in none of the versions of {} that are kept; older ones were "
                            "pruned",
                            FormatEndpointKey(endpoint->key), address.id.text()));
  }
  if (pruned) context.Note("older versions were pruned: stays in them are not known");
  if (lives.empty()) {
    ASSIGN_OR_FAIL(const std::string hint, NearestInList(view, address, endpoint->key));
    return Fail(ErrorCode::kNotFound,
                fmt::format("{} was never in the list of {}{}", FormatEndpointKey(endpoint->key),
                            address.id.text(), hint));
  }
  Versions versions(view, address.id);
  return LifePrinter(context, versions).Print(lives);
}

Outcome<int> RunBlame(Context& context) {
  ASSIGN_OR_FAIL(const Reading reading, StartReading(context));
  const View& view = *reading.view;
  ASSIGN_OR_FAIL(const Address address, ResolveAddress(context, view, context.arguments[0]));
  if (context.arguments.size() == 1) {
    FAIL_IF_ERROR(BlameWholeList(context, view, address));
    return kExitDone;
  }
  if (address.has_selector) {
    return UsageFailure("the life of an endpoint goes over all versions: name the ID alone");
  }
  FAIL_IF_ERROR(BlameEndpoint(context, view, address, context.arguments[1]));
  return kExitDone;
}

}  // namespace

Command BlameCommand() {
  return {.name = "blame",
          .usage = "ID[@SELECTOR] | ID ENDPOINT",
          .summary = "which version each endpoint comes from; the life of one",
          .details =
              "Prints each endpoint of a list with the version, revision, time, author and\n"
              "message that gave it its value; where its key is older, since which version.\n"
              "With ENDPOINT: when it came (+), got another value (~) and went (-), each stay\n"
              "on its own, however short the absence in between.\n",
          .example = "  switchback blame 394521 10.20.1.1:8000\n",
          .min_arguments = 1,
          .max_arguments = 2,
          .run = RunBlame};
}

}  // namespace switchback::cli
