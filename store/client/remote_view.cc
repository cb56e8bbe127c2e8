#include "client/remote_view.h"

#include <fmt/format.h>

#include <utility>

#include "client/list_answers.h"
#include "client/remote_cursor.h"
#include "switchback/address_query.h"
#include "switchback/provenance.h"
#include "switchback/selector.h"

namespace switchback::client {
namespace {

// Selectors go out in UTC: this machine's zone is none of the service's business.
std::string FormatForService(const Selector& selector) {
  return FormatSelector(selector, {.now = [] { return Timestamp{}; },
                                   .utc_offset_seconds = [](Timestamp) { return 0; }});
}

// A query is written as the endpoint that has it.
std::string FormatQuery(const AddressQuery& query) {
  return FormatEndpointKey({query.address, query.prefix_length, query.port.value_or(0)});
}

Target VersionTarget(const BusinessId& id, Version version) {
  return ListTarget(id).Segment("versions").Segment(version.value);
}

Target RevisionTarget(Revision revision) {
  return Target("/v1/revisions").Segment(revision.value);
}

Error MissingMember(const ServiceCalls& calls, std::string_view name) {
  return calls.NotUnderstood(fmt::format("'{}' is missing or of another kind", name),
                             CallKind::kReads);
}

}  // namespace

Call RemoteView::Get(Target target) const {
  return {.target = target.Query("view", revision_).text()};
}

Result<FetchedList> RemoteView::ReadList(const BusinessId& id, Target target) const {
  auto fetched = FetchList(calls_, id, target.Query("view", revision_), /*known=*/nullptr);
  if (!fetched) return std::unexpected(std::move(fetched.error().error));
  if (fetched->list == nullptr) {
    return std::unexpected(calls_.NotUnderstood("an answer without a list", CallKind::kReads));
  }
  return *std::move(fetched);
}

Result<ListHandle> RemoteView::Read(const BusinessId& id) const {
  Result<FetchedList> fetched = ReadList(id, ListTarget(id));
  if (!fetched) return std::unexpected(std::move(fetched.error()));
  ListHandle list = fetched->list;
  if (cached_reads_ != nullptr) cached_reads_->KeepOfView(*std::move(fetched), taken_);
  return list;
}

Result<ListHandle> RemoteView::Read(const BusinessId& id, Version version) const {
  return ListIn(ReadList(id, ListTarget(id).Query("version", version)));
}

Result<bool> RemoteView::Contains(const BusinessId& id, const EndpointKey& key) const {
  const Result<wire::Json> answer = calls_.AskJson(
      Get(ListTarget(id).Segment("contains").Query("endpoint", FormatEndpointKey(key))));
  if (!answer) return std::unexpected(answer.error());
  const auto contains = answer->find("contains");
  if (contains == answer->end() || !contains->is_boolean()) {
    return std::unexpected(MissingMember(calls_, "contains"));
  }
  return contains->get<bool>();
}

Result<VersionSummary> RemoteView::Summarize(const BusinessId& id, Version version) const {
  return calls_.Ask<VersionSummary>(Get(VersionTarget(id, version).Segment("summary")), "summary");
}

Result<ResolvedVersion> RemoteView::Resolve(const BusinessId& id, const Selector& selector) const {
  Target target("/v1/resolve");
  target.Query("at", FormatForService(selector)).Query("id", id.text());
  return calls_.Ask<ResolvedVersion>(Get(std::move(target)), "version");
}

Result<Revision> RemoteView::ResolveRevision(const Selector& selector) const {
  Target target("/v1/resolve");
  const Result<wire::Json> answer =
      calls_.AskJson(Get(target.Query("at", FormatForService(selector))));
  if (!answer) return std::unexpected(answer.error());
  const auto revision = answer->find("revision");
  if (revision == answer->end() || !revision->is_number_unsigned()) {
    return std::unexpected(MissingMember(calls_, "revision"));
  }
  return Revision{revision->get<uint64_t>()};
}

Result<VersionInfo> RemoteView::Describe(const BusinessId& id, Version version) const {
  return calls_.Ask<VersionInfo>(Get(VersionTarget(id, version)), "version");
}

Result<std::unique_ptr<Cursor<VersionInfo>>> RemoteView::History(
    const BusinessId& id, std::optional<Version> from) const {
  return OpenCursor<VersionInfo>(
      calls_, Get(ListTarget(id).Segment("history").QueryIf("from", from)), "version");
}

Result<RevisionInfo> RemoteView::DescribeRevision(Revision revision) const {
  return calls_.Ask<RevisionInfo>(Get(RevisionTarget(revision)), "revision");
}

Result<std::unique_ptr<Cursor<RevisionInfo>>> RemoteView::Log(std::optional<Revision> from) const {
  Target target("/v1/log");
  return OpenCursor<RevisionInfo>(calls_, Get(target.QueryIf("from", from)), "revision");
}

Result<std::unique_ptr<Cursor<SaidRecord>>> RemoteView::SaidRecords(
    std::optional<Revision> from) const {
  Target target("/v1/records");
  return OpenCursor<SaidRecord>(calls_, Get(target.QueryIf("from", from)), "record");
}

Result<std::unique_ptr<Cursor<VersionInfo>>> RemoteView::Changes(Revision revision) const {
  return OpenCursor<VersionInfo>(calls_, Get(RevisionTarget(revision).Segment("changes")),
                                 "version");
}

Result<ListDiff> RemoteView::Diff(const VersionRef& from, const VersionRef& to) const {
  Target target("/v1/diff");
  target.Query("from_id", from.id.text()).Query("from_version", from.version);
  target.Query("to_id", to.id.text()).Query("to_version", to.version);
  return calls_.Ask<ListDiff>(Get(std::move(target)), "diff");
}

Result<std::unique_ptr<Cursor<NetChange>>> RemoteView::NetChanges(
    const RevisionChoice& choice) const {
  Call call = Get(Target("/v1/net-changes"));
  call.method = "POST";
  call.body = wire::Dump(wire::ToJson(choice));
  return OpenCursor<NetChange>(calls_, std::move(call), "change");
}

Result<Blame> RemoteView::BlameList(const BusinessId& id, Version version) const {
  return calls_.Ask<Blame>(Get(VersionTarget(id, version).Segment("blame")), "blame");
}

Result<std::vector<EndpointLife>> RemoteView::Lives(const BusinessId& id,
                                                    const EndpointKey& key) const {
  const Result<wire::Json> answer = calls_.AskJson(
      Get(ListTarget(id).Segment("lives").Query("endpoint", FormatEndpointKey(key))));
  if (!answer) return std::unexpected(answer.error());
  const auto found = answer->find("lives");
  if (found == answer->end() || !found->is_array()) {
    return std::unexpected(MissingMember(calls_, "lives"));
  }
  std::vector<EndpointLife> lives;
  for (const wire::Json& one : *found) {
    Result<EndpointLife> life = calls_.Decode<EndpointLife>(one, "life", CallKind::kReads);
    if (!life) return std::unexpected(std::move(life.error()));
    lives.push_back(std::move(*life));
  }
  return lives;
}

Result<std::unique_ptr<Cursor<AddressHolder>>> RemoteView::WhoHas(const AddressQuery& query,
                                                                  std::optional<Revision> revision,
                                                                  std::string_view glob) const {
  Target target("/v1/who-has");
  target.Query("address", FormatQuery(query)).QueryIf("revision", revision);
  return OpenCursor<AddressHolder>(calls_, Get(target.QueryIfAny("glob", glob)), "holder");
}

Result<std::unique_ptr<Cursor<AddressLife>>> RemoteView::WhoEverHad(const AddressQuery& query,
                                                                    std::string_view glob) const {
  Target target("/v1/who-ever-had");
  target.Query("address", FormatQuery(query)).QueryIfAny("glob", glob);
  return OpenCursor<AddressLife>(calls_, Get(std::move(target)), "life");
}

Result<std::unique_ptr<Cursor<TableEntry>>> RemoteView::Table(std::optional<Revision> revision,
                                                              const TableRange& range) const {
  Target target("/v1/table");
  target.QueryIf("revision", revision).QueryIfAny("prefix", range.prefix);
  target.QueryIfAny("glob", range.glob);
  if (range.backward) target.Query("backward", 1);
  return OpenCursor<TableEntry>(calls_, Get(std::move(target)), "entry");
}

Result<std::unique_ptr<Cursor<TableDifference>>> RemoteView::DiffTable(Revision from,
                                                                       Revision to) const {
  Target target("/v1/table/diff");
  target.Query("from", from).Query("to", to);
  return OpenCursor<TableDifference>(calls_, Get(std::move(target)), "difference");
}

}  // namespace switchback::client
