#include <fmt/format.h>

#include "service/calls.h"
#include "switchback/endpoint.h"
#include "wire/binary_list.h"

namespace switchback {
namespace {

constexpr std::string_view kPlainText = "text/plain; charset=utf-8";

enum class ListForm : uint8_t { kJson, kText, kBinary };

Result<ListForm> WantedForm(const CallContext& call) {
  if (const auto as = call.Text("as")) {
    if (*as == "json") return ListForm::kJson;
    if (*as == "text") return ListForm::kText;
    if (*as == "binary") return ListForm::kBinary;
    return Fail(ErrorCode::kInvalidArgument, "as: expected json, text or binary");
  }
  const std::string_view accept = call.request().Header("accept");
  if (accept.find(wire::kBinaryListType) != std::string_view::npos) return ListForm::kBinary;
  if (accept.find("text/plain") != std::string_view::npos) return ListForm::kText;
  return ListForm::kJson;
}

std::string TextOf(const EndpointList& list) {
  std::string text;
  for (const Endpoint endpoint : list) {
    text += FormatEndpoint(endpoint);
    text += '\n';
  }
  return text;
}

// Whether one of the ETags that the client has is the list's.
bool IsKnown(const CallContext& call, const VersionedList& list) {
  const std::string_view known = call.request().Header("if-none-match");
  return known == "*" || known.find('"' + list.digest().ToHex() + '"') != std::string_view::npos;
}

void SendList(CallContext& call, const VersionedList& list, ListForm form) {
  call.AddHeader("ETag", '"' + list.digest().ToHex() + '"');
  call.AddHeader("Vary", "Accept");
  call.AddHeader("Switchback-Version", fmt::to_string(list.version.value));
  call.AddHeader("Switchback-List-Revision", fmt::to_string(list.revision.value));
  if (IsKnown(call, list)) return call.SendBytes("", "", 304);
  switch (form) {
    case ListForm::kText:
      return call.SendBytes(std::string(kPlainText), TextOf(*list.list));
    case ListForm::kBinary:
      return call.SendBytes(std::string(wire::kBinaryListType), wire::EncodeBinaryList(*list.list));
    case ListForm::kJson:
      break;
  }
  call.SendJson(wire::ToJson(list));
}

// The version that `version`, `at` or neither names.
Result<ListHandle> ReadFromView(CallContext& call, const BusinessId& id) {
  const Result<std::optional<uint64_t>> version = call.Number("version");
  if (!version) return std::unexpected(version.error());
  const std::optional<std::string> at = call.Text("at");
  if (*version && at) {
    return Fail(ErrorCode::kInvalidArgument, "name a version, or a selector by 'at': not both");
  }
  auto view = call.OpenView();
  if (!view) return std::unexpected(view.error());
  if (*version) return (*view)->Read(id, Version{**version});
  if (!at) return (*view)->Read(id);
  const Result<Selector> selector = ParseSelector(*at, call.clock());
  if (!selector) return std::unexpected(selector.error());
  const Result<ResolvedVersion> found = (*view)->Resolve(id, *selector);
  if (!found) return std::unexpected(found.error());
  return (*view)->Read(id, found->version);
}

}  // namespace

Result<void> AnswerStore(CallContext& call) {
  if (auto known = call.OnlyParameters({}); !known) return known;
  const auto view = call.store().NewView();
  if (!view) return std::unexpected(view.error());
  call.SendJson({{"identity", wire::ToJson(call.store().identity())},
                 {"revision", (*view)->revision().value},
                 {"durable", call.store().durable().value},
                 {"version", SWITCHBACK_VERSION}});
  return {};
}

Result<void> AnswerListRead(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "version", "at", "newer_than", "as"}); !known) {
    return known;
  }
  const Result<BusinessId> id = call.PathId();
  if (!id) return std::unexpected(id.error());
  const Result<ListForm> form = WantedForm(call);
  if (!form) return std::unexpected(form.error());
  const Result<std::optional<uint64_t>> newer_than = call.Number("newer_than");
  if (!newer_than) return std::unexpected(newer_than.error());
  const bool is_current = !call.Text("view") && !call.Text("version") && !call.Text("at");
  if (*newer_than && !is_current) {
    return Fail(ErrorCode::kInvalidArgument, "newer_than goes with the current list only");
  }
  const Result<ListHandle> list = *newer_than ? call.store().ReadIfNewer(*id, Version{**newer_than})
                                  : is_current ? call.store().Read(*id)
                                               : ReadFromView(call, *id);
  if (!list) return std::unexpected(list.error());
  if (*list == nullptr) {
    call.SendBytes("", "", 204);
  } else {
    SendList(call, **list, *form);
  }
  return {};
}

Result<void> AnswerListContains(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "endpoint"}); !known) return known;
  const Result<BusinessId> id = call.PathId();
  if (!id) return std::unexpected(id.error());
  const Result<std::string> text = call.NeededText("endpoint");
  if (!text) return std::unexpected(text.error());
  const Result<OwnedEndpoint> endpoint = ParseEndpoint(*text);
  if (!endpoint) return std::unexpected(endpoint.error());
  auto view = call.OpenView();
  if (!view) return std::unexpected(view.error());
  const Result<bool> contains = (*view)->Contains(*id, endpoint->key);
  if (!contains) return std::unexpected(contains.error());
  call.SendJson({{"contains", *contains}});
  return {};
}

Result<void> AnswerResolve(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "at", "id"}); !known) return known;
  const Result<std::string> at = call.NeededText("at");
  if (!at) return std::unexpected(at.error());
  const Result<Selector> selector = ParseSelector(*at, call.clock());
  if (!selector) return std::unexpected(selector.error());
  auto view = call.OpenView();
  if (!view) return std::unexpected(view.error());
  if (!call.Text("id")) {
    const Result<Revision> revision = (*view)->ResolveRevision(*selector);
    if (!revision) return std::unexpected(revision.error());
    call.SendJson({{"revision", revision->value}});
    return {};
  }
  const Result<BusinessId> id = call.NeededId("id");
  if (!id) return std::unexpected(id.error());
  const Result<ResolvedVersion> found = (*view)->Resolve(*id, *selector);
  if (!found) return std::unexpected(found.error());
  call.SendJson(wire::ToJson(*found));
  return {};
}

Result<void> AnswerDiff(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "from_id", "from_version", "to_id", "to_version"});
      !known) {
    return known;
  }
  const Result<BusinessId> from_id = call.NeededId("from_id");
  if (!from_id) return std::unexpected(from_id.error());
  const Result<BusinessId> to_id = call.NeededId("to_id");
  if (!to_id) return std::unexpected(to_id.error());
  const Result<uint64_t> from = call.NeededNumber("from_version");
  if (!from) return std::unexpected(from.error());
  const Result<uint64_t> to = call.NeededNumber("to_version");
  if (!to) return std::unexpected(to.error());
  auto view = call.OpenView();
  if (!view) return std::unexpected(view.error());
  const auto diff = (*view)->Diff({*from_id, Version{*from}}, {*to_id, Version{*to}});
  if (!diff) return std::unexpected(diff.error());
  call.SendJson(wire::ToJson(*diff));
  return {};
}

Result<void> AnswerTable(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "revision", "prefix", "glob", "backward"});
      !known) {
    return known;
  }
  const Result<std::optional<uint64_t>> number = call.Number("revision");
  if (!number) return std::unexpected(number.error());
  std::optional<Revision> revision;
  if (*number) revision = Revision{**number};
  TableRange range;
  range.prefix = call.Text("prefix").value_or("");
  range.glob = call.Text("glob").value_or("");
  const Result<bool> backward = call.Flag("backward");
  if (!backward) return std::unexpected(backward.error());
  range.backward = *backward;
  auto view = call.OpenView();
  if (!view) return std::unexpected(view.error());
  auto table = (*view)->Table(revision, range);
  if (!table) return std::unexpected(table.error());
  call.SendCursor(**table);
  return {};
}

Result<void> AnswerTableDiff(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "from", "to"}); !known) return known;
  const Result<uint64_t> from = call.NeededNumber("from");
  if (!from) return std::unexpected(from.error());
  const Result<uint64_t> to = call.NeededNumber("to");
  if (!to) return std::unexpected(to.error());
  auto view = call.OpenView();
  if (!view) return std::unexpected(view.error());
  auto differences = (*view)->DiffTable(Revision{*from}, Revision{*to});
  if (!differences) return std::unexpected(differences.error());
  call.SendCursor(**differences);
  return {};
}

Result<void> AnswerSnapshots(CallContext& call) {
  if (auto known = call.OnlyParameters({}); !known) return known;
  const auto snapshots = call.store().ListSnapshots();
  if (!snapshots) return std::unexpected(snapshots.error());
  wire::Json json = wire::Json::array();
  for (const SnapshotInfo& one : *snapshots) json.push_back(wire::ToJson(one));
  call.SendJson({{"snapshots", std::move(json)}});
  return {};
}

Result<void> AnswerBookmark(CallContext& call) {
  if (auto known = call.OnlyParameters({"name"}); !known) return known;
  const Result<std::string> name = call.NeededText("name");
  if (!name) return std::unexpected(name.error());
  const auto value = call.store().ReadBookmark(*name);
  if (!value) return std::unexpected(value.error());
  wire::Json json = wire::Json::object();
  if (*value) json["value"] = **value;
  call.SendJson(json);
  return {};
}

}  // namespace switchback
