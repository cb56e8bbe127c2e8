// Store::Probe: what an operator must know first, at little cost.
#include <fmt/format.h>

#include <optional>
#include <utility>

#include "api/verifier.h"
#include "history/cursors.h"
#include "history/full_list.h"
#include "history/row_keys.h"
#include "history/steady_scan.h"
#include "history/store_row.h"

namespace switchback {
namespace {

constexpr uint64_t kNewestRevisions = 100;
constexpr uint64_t kMaxVersions = 10'000;

class Prober {
 public:
  Prober(const ViewImpl& view, const Origins& origins) : view_(view), origins_(origins) {}

  Result<VerifyReport> Run() {
    const Result<StoreRow> state = ReadStoreRow(view_.engine_view());
    if (!state) return std::unexpected(state.error());
    ProbeOrigins();
    if (Result<void> heads = ProbeHeads(*state); !heads) return std::unexpected(heads.error());
    if (Result<void> names = ProbeSnapshots(); !names) return std::unexpected(names.error());
    for (Revision at = view_.revision(); at.value != 0 && report_.revisions < kNewestRevisions;
         at = at.Previous()) {
      if (Result<void> probed = ProbeRevision(at); !probed) return std::unexpected(probed.error());
      ++report_.revisions;
    }
    return std::move(report_);
  }

 private:
  void ProbeOrigins() {
    for (uint64_t number = 1; number <= origins_.count(); ++number) {
      if (const auto origin = origins_.Get(number); !origin) {
        damage_.Add(origin.error(), fmt::format("origin {}", number),
                    "where its commits came from can't be told; lists are not touched by that");
      }
    }
  }

  // All of them are read, since each is what reads of an ID begin with.
  Result<void> ProbeHeads(const StoreRow& state) {
    const std::string begin(1, kHeadPrefix);
    SteadyScan rows(view_.engine_view(), Space::kState, begin, PrefixEnd(begin));
    uint64_t unpublished = 0;
    for (rows.SeekToFirst();; rows.Next()) {
      if (rows.gap()) {
        damage_.Add(rows.gap()->error, "head rows",
                    "the IDs there are read by their version rows, more slowly");
      }
      if (!rows.valid()) break;
      const std::string_view id = rows.key().substr(1);
      const Result<HeadRow> head = DecodeHeadRow(rows.value());
      if (head && head->revision > view_.revision() && head->version == Version{1}) ++unpublished;
      ++report_.ids;
      if (Result<void> checked = CheckHead(head); !checked) {
        const Result<BusinessId> parsed = BusinessId::Parse(id);
        damage_.Add({.what = fmt::format("head row of {}: {}", id, checked.error().message),
                     .where = fmt::format("head row of {}", id),
                     .id = parsed ? std::optional(*parsed) : std::nullopt,
                     .consequence = "the ID is read by its version rows, more slowly"});
      }
    }
    if (Result<void> status = rows.status(); !status) return status;
    report_.ids -= unpublished;
    if (report_.damage_count == 0 && report_.ids != state.ids) {
      damage_.Add(fmt::format("the store row counts {} IDs, there are {} head rows", state.ids,
                              report_.ids),
                  "IDs are not listed, or too many are");
    }
    return {};
  }

  Result<void> CheckHead(const Result<HeadRow>& head) {
    if (!head) return std::unexpected(head.error());
    if (!head->has_block) return {};
    const auto list = DecodeHeadList(*head);
    if (!list) return std::unexpected(list.error());
    report_.endpoints += (*list)->size();
    if ((*list)->size() == head->count && (*list)->digest() == head->digest) return {};
    return Fail(ErrorCode::kDataLoss, "it holds another list than its digest says");
  }

  Result<void> ProbeSnapshots() {
    const std::string begin(1, kSnapshotPrefix);
    SteadyScan rows(view_.engine_view(), Space::kState, begin, PrefixEnd(begin));
    for (rows.SeekToFirst();; rows.Next()) {
      if (rows.gap()) damage_.Add(rows.gap()->error, "snapshot rows", "snapshots can't be listed");
      if (!rows.valid()) break;
      if (const auto row = DecodeSnapshotRow(rows.value()); !row) {
        damage_.Add(row.error(), fmt::format("snapshot '{}'", rows.key().substr(1)),
                    "snapshots can't be listed, nor this one be resolved");
      }
    }
    return rows.status();
  }

  // Its record, and the rows of the versions that it made.
  Result<void> ProbeRevision(Revision revision) {
    const Result<std::unique_ptr<Cursor<TouchedId>>> touched =
        OpenTouchedIds(view_.rows(), revision);
    if (!touched) return RevisionDamaged(revision, touched.error());
    if (const auto metadata = view_.rows().ReadMetadata(revision); !metadata) {
      return RevisionDamaged(revision, metadata.error());
    }
    while (report_.versions < kMaxVersions) {
      const Result<std::optional<TouchedId>> next = (*touched)->Next();
      if (!next) {
        if (Result<void> told = RevisionDamaged(revision, next.error()); !told) return told;
        continue;
      }
      if (!*next) break;
      if (Result<void> probed = ProbeVersion(**next, revision); !probed) return probed;
      ++report_.versions;
    }
    return {};
  }

  Result<void> RevisionDamaged(Revision revision, const Error& error) {
    if (!IsDamage(error)) return std::unexpected(error);
    damage_.Add(error, fmt::format("r{}", revision.value),
                "what that revision did can't all be told; lists are not touched by that");
    return {};
  }

  Result<void> ProbeVersion(const TouchedId& touched, Revision revision) {
    StoredVersion stored;
    Result<void> read = view_.rows().ReadVersion(touched.id, touched.version, stored);
    if (read && stored.row.revision != revision) {
      read = Fail(ErrorCode::kDataLoss, fmt::format("{}: its row says r{}, it was made by r{}",
                                                    VersionName(touched.id, touched.version),
                                                    stored.row.revision.value, revision.value));
    }
    if (read || read.error().code == ErrorCode::kPruned) return {};
    if (!IsDamage(read.error())) return read;
    damage_.Add({.what = DamageText(VersionName(touched.id, touched.version), read.error()),
                 .where = read.error().where.empty()
                              ? "version row " + VersionName(touched.id, touched.version)
                              : read.error().where,
                 .id = touched.id,
                 .version = touched.version,
                 .last_version = touched.version,
                 .consequence = "later versions may lean on it: `switchback verify` tells which"});
    return {};
  }

  const ViewImpl& view_;
  const Origins& origins_;
  VerifyReport report_;
  DamageLog damage_{report_};
};

}  // namespace

Result<VerifyReport> ProbeStore(const ViewImpl& view, const Origins& origins) {
  return Prober(view, origins).Run();
}

}  // namespace switchback
