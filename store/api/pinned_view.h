// A view of an earlier revision, over a later view: what came after that revision is left out of
// every answer.
#pragma once

#include <memory>

#include "switchback/provenance.h"
#include "switchback/view.h"

namespace switchback {

// As the View that was taken at `revision`, but for what was pruned since, and names that
// snapshots got since. Cost: as the later view's, and O(log of what came since) rows for each ID.
class PinnedView final : public View {
 public:
  // REQUIRES: `revision` is not above `later`'s.
  PinnedView(std::unique_ptr<View> later, Revision revision)
      : later_(std::move(later)), revision_(revision) {}

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

  // The newest version of the ID here. Errors: kNotFound, it was not born.
  [[nodiscard]] Result<ResolvedVersion> Newest(const BusinessId& id) const;

 private:
  // As Newest. Errors: kNotFound also for a deletion.
  [[nodiscard]] Result<ResolvedVersion> Current(const BusinessId& id) const;
  // Errors: kNotFound, `version` is later than this view, or the ID is.
  [[nodiscard]] Result<void> CheckVersion(const BusinessId& id, Version version) const;
  [[nodiscard]] Result<void> CheckRevision(Revision revision) const;

  const std::unique_ptr<View> later_;
  const Revision revision_;
};

}  // namespace switchback
