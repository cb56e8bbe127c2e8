// View over one engine view: every read goes through the history layer with the revision that was
// published when the view was taken.
#pragma once

#include <memory>

#include "history/content.h"
#include "history/read_ahead_view.h"
#include "history/resolver.h"
#include "history/rows.h"
#include "switchback/provenance.h"
#include "switchback/view.h"

namespace switchback {

class ViewImpl final : public View {
 public:
  // `origins` and `cache` are borrowed from the store, and so is the engine behind `view`.
  static Result<std::unique_ptr<ViewImpl>> Open(const Engine& engine, const Origins& origins,
                                                ListCache& cache);
  ViewImpl(std::unique_ptr<EngineView> view, const Origins& origins, ListCache& cache,
           Revision published);
  // As Open, for preparing a commit, in one thread at a time: with rows read ahead.
  static Result<std::unique_ptr<ViewImpl>> OpenForCommit(const Engine& engine,
                                                         const Origins& origins, ListCache& cache);

  // Inside the library: the parts below.
  [[nodiscard]] const Rows& rows() const { return rows_; }
  [[nodiscard]] const ContentReader& content() const { return content_; }
  [[nodiscard]] const Resolver& resolver() const { return resolver_; }
  [[nodiscard]] const EngineView& engine_view() const { return *view_; }
  // REQUIRES: opened by OpenForCommit.
  [[nodiscard]] ReadAheadView& read_ahead() const { return *read_ahead_; }

  [[nodiscard]] Revision revision() const override { return rows_.published(); }
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
  // As Rows::Current, with kNotFound for an unknown or deleted ID.
  [[nodiscard]] Result<void> CurrentList(const BusinessId& id, CurrentVersion& current) const;

  std::unique_ptr<EngineView> view_;
  ReadAheadView* read_ahead_ = nullptr;  // `view_`, where it is one
  Rows rows_;
  ContentReader content_;
  Resolver resolver_;
};

[[nodiscard]] Error UnknownId(const BusinessId& id);
[[nodiscard]] Error DeletedId(const BusinessId& id, Version version);

}  // namespace switchback
