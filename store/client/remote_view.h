// A view by revision: every call names it.
#pragma once

#include "client/cached_reads.h"
#include "client/service_calls.h"
#include "client/url.h"
#include "switchback/view.h"

namespace switchback::client {

class RemoteView final : public View {
 public:
  // `calls` is borrowed, and so is `cached_reads`, which is to keep the lists that are read as the
  // view's own: null where the view is not of the newest revision, or there is no cache file.
  RemoteView(ServiceCalls& calls, Revision revision, CachedReads* cached_reads)
      : calls_(calls),
        revision_(revision),
        cached_reads_(cached_reads),
        taken_(cached_reads == nullptr ? Timestamp{} : cached_reads->Now()) {}

  [[nodiscard]] Revision revision() const override { return revision_; }
  [[nodiscard]] Result<ListHandle> Read(const BusinessId& id) const override;
  [[nodiscard]] Result<ListHandle> Read(const BusinessId& id, Version version) const override;
  [[nodiscard]] Result<bool> Contains(const BusinessId& id, const EndpointKey& key) const override;
  [[nodiscard]] Result<VersionSummary> Summarize(const BusinessId& id,
                                                 Version version) const override;
  [[nodiscard]] Result<ResolvedVersion> Resolve(const BusinessId& id,
                                                const Selector& selector) const override;
  [[nodiscard]] Result<Revision> ResolveRevision(const Selector& selector) const override;
  [[nodiscard]] Result<VersionInfo> Describe(const BusinessId& id, Version version) const override;
  [[nodiscard]] Result<std::unique_ptr<Cursor<VersionInfo>>> History(
      const BusinessId& id, std::optional<Version> from) const override;
  [[nodiscard]] Result<RevisionInfo> DescribeRevision(Revision revision) const override;
  [[nodiscard]] Result<std::unique_ptr<Cursor<RevisionInfo>>> Log(
      std::optional<Revision> from) const override;
  [[nodiscard]] Result<std::unique_ptr<Cursor<SaidRecord>>> SaidRecords(
      std::optional<Revision> from) const override;
  [[nodiscard]] Result<std::unique_ptr<Cursor<VersionInfo>>> Changes(
      Revision revision) const override;
  [[nodiscard]] Result<ListDiff> Diff(const VersionRef& from, const VersionRef& to) const override;
  [[nodiscard]] Result<std::unique_ptr<Cursor<NetChange>>> NetChanges(
      const RevisionChoice& choice) const override;
  [[nodiscard]] Result<Blame> BlameList(const BusinessId& id, Version version) const override;
  [[nodiscard]] Result<std::vector<EndpointLife>> Lives(const BusinessId& id,
                                                        const EndpointKey& key) const override;
  [[nodiscard]] Result<std::unique_ptr<Cursor<AddressHolder>>> WhoHas(
      const AddressQuery& query, std::optional<Revision> revision,
      std::string_view glob) const override;
  [[nodiscard]] Result<std::unique_ptr<Cursor<AddressLife>>> WhoEverHad(
      const AddressQuery& query, std::string_view glob) const override;
  [[nodiscard]] Result<std::unique_ptr<Cursor<TableEntry>>> Table(
      std::optional<Revision> revision, const TableRange& range) const override;
  [[nodiscard]] Result<std::unique_ptr<Cursor<TableDifference>>> DiffTable(
      Revision from, Revision to) const override;

 private:
  // Names the view in a target.
  [[nodiscard]] Call Get(Target target) const;
  [[nodiscard]] Result<FetchedList> ReadList(const BusinessId& id, Target target) const;
  // A member of the object that is answered.
  template <typename T>
  [[nodiscard]] Result<T> AskMember(const Call& call, std::string_view name) const;

  ServiceCalls& calls_;
  const Revision revision_;
  CachedReads* const cached_reads_;
  const Timestamp taken_;
};

}  // namespace switchback::client
