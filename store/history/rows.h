// Reading single rows at one revision, with errors that name the row. "Current" means as of the
// published revision: rows of a revision that is still being written in slices are passed over.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "history/head_row.h"
#include "history/metadata.h"
#include "history/origins.h"
#include "history/revision_row.h"
#include "history/store_row.h"
#include "history/version_row.h"
#include "switchback/view.h"

namespace switchback {

// The row borrows from the bytes beside it: neither is to be moved.
struct StoredVersion {
  std::string bytes;
  VersionRow row;
};

struct CurrentVersion {
  Version version;
  Revision revision;
  bool deleted = false;
  uint64_t count = 0;
  Version first_kept{1};  // all versions from it on are there
  // Whether `head` is this version's; not so while a later one waits to be published.
  bool has_head = false;
  // The head row is damaged, and all this was had from the version rows; `head` then too.
  bool recovered = false;
  HeadRow head;  // borrows from `bytes`
  std::string bytes;
};

class Rows {
 public:
  // All borrowed; they must outlive it.
  Rows(const EngineView& view, const Origins& origins, Revision published)
      : view_(view), origins_(origins), published_(published) {}

  [[nodiscard]] const EngineView& view() const { return view_; }
  [[nodiscard]] Revision published() const { return published_; }

  // False: the ID was never written. A damaged head row is done without, at the price of reading
  // all rows of the ID. Errors: kDataLoss: its newest row is damaged too.
  [[nodiscard]] Result<bool> Current(const BusinessId& id, CurrentVersion& current) const;
  // The same of the value of a head row that a scan has read. False: its only version is
  // unpublished.
  [[nodiscard]] Result<bool> CurrentFromHead(const BusinessId& id, std::string_view head_value,
                                             CurrentVersion& current) const;
  // Errors: kNotFound: above the current version, or 0; kPruned; kDataLoss.
  [[nodiscard]] Result<void> ReadVersion(const BusinessId& id, Version version,
                                         StoredVersion& stored) const;
  // Whether the version was dropped. Errors: as ReadVersion but kPruned.
  [[nodiscard]] Result<bool> IsPruned(const BusinessId& id, Version version) const;
  // Whether a version's row is a script against one that was dropped: the checkpoint beside it is
  // then what holds its list.
  [[nodiscard]] Result<bool> LeansOnPruned(const BusinessId& id, Version version,
                                           const VersionRow& row) const;
  // The commit of a revision. Errors: kNotFound.
  [[nodiscard]] Result<RecordRow> ReadRecord(Revision revision) const;
  [[nodiscard]] Result<Metadata> ReadMetadata(Revision revision) const;
  // The same as if it stood in a row of its own: as kManyIds, with its metadata and sums.
  [[nodiscard]] Result<RecordRow> ReadWholeRecord(Revision revision) const;
  // A version row's own metadata, or its revision's.
  [[nodiscard]] Result<Metadata> MetadataOf(const BusinessId& id, Version version,
                                            const VersionRow& row) const;

  [[nodiscard]] Result<VersionInfo> Describe(const BusinessId& id, Version version,
                                             const VersionRow& row) const;
  // The same for a row without metadata of its own, `record` being its revision's.
  [[nodiscard]] Result<VersionInfo> Describe(const BusinessId& id, Version version,
                                             const VersionRow& row, const RecordRow& record) const;
  [[nodiscard]] Result<RevisionInfo> DescribeRecord(Revision revision,
                                                    const RecordRow& record) const;
  // Of a record of kind kSaid; what its payload says is left to be filled in.
  [[nodiscard]] Result<SaidRecord> DescribeSaid(Revision revision, uint64_t sub,
                                                Metadata metadata) const;

 private:
  [[nodiscard]] Result<bool> Recover(const BusinessId& id, const Error& damage,
                                     CurrentVersion& current) const;
  [[nodiscard]] Result<void> FillFromMany(Revision revision, const RecordRow& record,
                                          RevisionInfo& info) const;
  [[nodiscard]] Result<void> Fill(Revision revision, Metadata metadata, RevisionInfo& info) const;

  const EngineView& view_;
  const Origins& origins_;
  Revision published_;
};

// Errors: kDataLoss, it is missing or malformed; kInvalidArgument, of a newer format.
[[nodiscard]] Result<StoreRow> ReadStoreRow(const EngineView& view);

// A version row's own metadata, decoded. REQUIRES: it has some. Errors: kDataLoss.
[[nodiscard]] Result<Metadata> OwnMetadata(const BusinessId& id, Version version,
                                           const VersionRow& row);
// What a version's row says by itself; the commit is left to be filled in. Never an error.
[[nodiscard]] Result<VersionInfo> WithoutCommit(const BusinessId& id, Version version,
                                                const VersionRow& row);

[[nodiscard]] std::string VersionName(const BusinessId& id, Version version);  // "ID@N"

}  // namespace switchback
