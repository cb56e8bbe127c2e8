#include "service/calls.h"
#include "switchback/endpoint.h"

namespace switchback {
namespace {

std::optional<Revision> ToRevision(const std::optional<uint64_t>& number) {
  if (!number) return std::nullopt;
  return Revision{*number};
}

// Opens a view, and hands out all that `open` opens in it.
template <typename Open>
Result<void> SendFromView(CallContext& call, Open open) {
  auto view = call.OpenView();
  if (!view) return std::unexpected(view.error());
  auto values = open(**view);
  if (!values) return std::unexpected(values.error());
  call.SendCursor(**values);
  return {};
}

// What a view says of the version that the path names.
template <typename T>
Result<void> AnswerOfVersion(CallContext& call,
                             Result<T> (View::*ask)(const BusinessId&, Version) const) {
  if (auto known = call.OnlyParameters({"view"}); !known) return known;
  const Result<BusinessId> id = call.PathId();
  if (!id) return std::unexpected(id.error());
  const Result<uint64_t> version = call.PathNumber(1);
  if (!version) return std::unexpected(version.error());
  auto view = call.OpenView();
  if (!view) return std::unexpected(view.error());
  const Result<T> said = ((**view).*ask)(*id, Version{*version});
  if (!said) return std::unexpected(said.error());
  call.SendJson(wire::ToJson(*said));
  return {};
}

Result<EndpointKey> KeyParameter(const CallContext& call) {
  const Result<std::string> text = call.NeededText("endpoint");
  if (!text) return std::unexpected(text.error());
  const Result<OwnedEndpoint> endpoint = ParseEndpoint(*text);
  if (!endpoint) return std::unexpected(endpoint.error());
  return endpoint->key;
}

}  // namespace

Result<void> AnswerListHistory(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "from"}); !known) return known;
  const Result<BusinessId> id = call.PathId();
  if (!id) return std::unexpected(id.error());
  const Result<std::optional<uint64_t>> from = call.Number("from");
  if (!from) return std::unexpected(from.error());
  std::optional<Version> version;
  if (*from) version = Version{**from};
  return SendFromView(call, [&](const View& view) { return view.History(*id, version); });
}

Result<void> AnswerListLives(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "endpoint"}); !known) return known;
  const Result<BusinessId> id = call.PathId();
  if (!id) return std::unexpected(id.error());
  const Result<EndpointKey> key = KeyParameter(call);
  if (!key) return std::unexpected(key.error());
  auto view = call.OpenView();
  if (!view) return std::unexpected(view.error());
  const auto lives = (*view)->Lives(*id, *key);
  if (!lives) return std::unexpected(lives.error());
  wire::Json json = wire::Json::array();
  for (const EndpointLife& life : *lives) json.push_back(wire::ToJson(life));
  call.SendJson({{"lives", std::move(json)}});
  return {};
}

Result<void> AnswerVersion(CallContext& call) {
  return AnswerOfVersion(call, &View::Describe);
}

Result<void> AnswerVersionSummary(CallContext& call) {
  return AnswerOfVersion(call, &View::Summarize);
}

Result<void> AnswerBlame(CallContext& call) {
  return AnswerOfVersion(call, &View::BlameList);
}

Result<void> AnswerLog(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "from"}); !known) return known;
  const Result<std::optional<uint64_t>> from = call.Number("from");
  if (!from) return std::unexpected(from.error());
  return SendFromView(call, [&](const View& view) { return view.Log(ToRevision(*from)); });
}

Result<void> AnswerRecords(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "from"}); !known) return known;
  const Result<std::optional<uint64_t>> from = call.Number("from");
  if (!from) return std::unexpected(from.error());
  return SendFromView(call, [&](const View& view) { return view.SaidRecords(ToRevision(*from)); });
}

Result<void> AnswerRevision(CallContext& call) {
  if (auto known = call.OnlyParameters({"view"}); !known) return known;
  const Result<uint64_t> revision = call.PathNumber(0);
  if (!revision) return std::unexpected(revision.error());
  auto view = call.OpenView();
  if (!view) return std::unexpected(view.error());
  const auto info = (*view)->DescribeRevision(Revision{*revision});
  if (!info) return std::unexpected(info.error());
  call.SendJson(wire::ToJson(*info));
  return {};
}

Result<void> AnswerRevisionChanges(CallContext& call) {
  if (auto known = call.OnlyParameters({"view"}); !known) return known;
  const Result<uint64_t> revision = call.PathNumber(0);
  if (!revision) return std::unexpected(revision.error());
  return SendFromView(call, [&](const View& view) { return view.Changes(Revision{*revision}); });
}

Result<void> AnswerNetChanges(CallContext& call) {
  if (auto known = call.OnlyParameters({"view"}); !known) return known;
  const Result<RevisionChoice> choice = wire::FromJson<RevisionChoice>(call.body(), "body");
  if (!choice) return std::unexpected(choice.error());
  return SendFromView(call, [&](const View& view) { return view.NetChanges(*choice); });
}

Result<void> AnswerWhoHas(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "address", "revision", "glob"}); !known) {
    return known;
  }
  const Result<std::string> text = call.NeededText("address");
  if (!text) return std::unexpected(text.error());
  const Result<AddressQuery> query = ParseAddressQuery(*text);
  if (!query) return std::unexpected(query.error());
  const Result<std::optional<uint64_t>> revision = call.Number("revision");
  if (!revision) return std::unexpected(revision.error());
  const std::string glob = call.Text("glob").value_or("");
  return SendFromView(
      call, [&](const View& view) { return view.WhoHas(*query, ToRevision(*revision), glob); });
}

Result<void> AnswerWhoEverHad(CallContext& call) {
  if (auto known = call.OnlyParameters({"view", "address", "glob"}); !known) return known;
  const Result<std::string> text = call.NeededText("address");
  if (!text) return std::unexpected(text.error());
  const Result<AddressQuery> query = ParseAddressQuery(*text);
  if (!query) return std::unexpected(query.error());
  const std::string glob = call.Text("glob").value_or("");
  return SendFromView(call, [&](const View& view) { return view.WhoEverHad(*query, glob); });
}

}  // namespace switchback
