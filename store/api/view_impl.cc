#include "api/view_impl.h"

#include <fmt/format.h>

#include <utility>

#include "history/blame.h"
#include "history/cursors.h"
#include "history/net_changes.h"
#include "history/row_keys.h"
#include "history/said_records.h"
#include "history/store_row.h"
#include "history/who_has.h"

namespace switchback {
namespace {

ListHandle MakeHandle(const BusinessId& id, Version version, Revision revision,
                      std::shared_ptr<const EndpointList> list) {
  return std::make_shared<const VersionedList>(
      VersionedList{id, version, revision, std::move(list)});
}

Result<Revision> PublishedIn(const EngineView& view) {
  const Result<StoreRow> state = ReadStoreRow(view);
  if (!state) return std::unexpected(state.error());
  return state->published;
}

}  // namespace

Error UnknownId(const BusinessId& id) {
  return {ErrorCode::kNotFound, fmt::format("no business ID {} in this store", id.text()), {}, 0};
}

Error DeletedId(const BusinessId& id, Version version) {
  return {ErrorCode::kNotFound,
          fmt::format(
              "business ID {} was deleted by version {}; restore an earlier version to bring it "
              "back",
              id.text(), version.value),
          {},
          0};
}

Result<std::unique_ptr<ViewImpl>> ViewImpl::Open(const Engine& engine, const Origins& origins,
                                                 ListCache& cache) {
  auto view = engine.NewView();
  if (!view) return std::unexpected(view.error());
  const Result<Revision> published = PublishedIn(**view);
  if (!published) return std::unexpected(published.error());
  return std::make_unique<ViewImpl>(std::move(*view), origins, cache, *published);
}

Result<std::unique_ptr<ViewImpl>> ViewImpl::OpenForCommit(const Engine& engine,
                                                          const Origins& origins,
                                                          ListCache& cache) {
  auto view = engine.NewView();
  if (!view) return std::unexpected(view.error());
  const Result<Revision> published = PublishedIn(**view);
  if (!published) return std::unexpected(published.error());
  auto read_ahead = std::make_unique<ReadAheadView>(std::move(*view));
  ReadAheadView* const borrowed = read_ahead.get();
  auto opened = std::make_unique<ViewImpl>(std::move(read_ahead), origins, cache, *published);
  opened->read_ahead_ = borrowed;
  return opened;
}

ViewImpl::ViewImpl(std::unique_ptr<EngineView> view, const Origins& origins, ListCache& cache,
                   Revision published)
    : view_(std::move(view)),
      rows_(*view_, origins, published),
      content_(rows_, &cache, ChunkCheck::kForm),
      resolver_(rows_) {}

Result<void> ViewImpl::CurrentList(const BusinessId& id, CurrentVersion& current) const {
  const Result<bool> found = rows_.Current(id, current);
  if (!found) return std::unexpected(found.error());
  if (!*found) return std::unexpected(UnknownId(id));
  if (current.deleted) return std::unexpected(DeletedId(id, current.version));
  return {};
}

Result<ListHandle> ViewImpl::Read(const BusinessId& id) const {
  CurrentVersion current;
  if (Result<void> found = CurrentList(id, current); !found) {
    return std::unexpected(found.error());
  }
  const bool in_head = current.has_head && current.head.has_block;
  auto list = in_head ? DecodeHeadList(current.head) : content_.ReadList(id, current.version);
  if (!list) return std::unexpected(list.error());
  return MakeHandle(id, current.version, current.revision, std::move(*list));
}

Result<ListHandle> ViewImpl::Read(const BusinessId& id, Version version) const {
  Revision revision;
  auto list = content_.ReadList(id, version, &revision);
  if (!list) return std::unexpected(list.error());
  if (revision.value == 0) {  // cached, perhaps for a later view
    StoredVersion stored;
    if (Result<void> read = rows_.ReadVersion(id, version, stored); !read) {
      return std::unexpected(read.error());
    }
    revision = stored.row.revision;
  }
  return MakeHandle(id, version, revision, std::move(*list));
}

Result<bool> ViewImpl::Contains(const BusinessId& id, const EndpointKey& key) const {
  CurrentVersion current;
  if (Result<void> found = CurrentList(id, current); !found) {
    return std::unexpected(found.error());
  }
  if (current.has_head && current.head.has_block) {
    const auto list = DecodeHeadList(current.head);
    if (!list) return std::unexpected(list.error());
    return (*list)->Contains(key);
  }
  const Result<FoundValue> value = content_.Find(id, current.version, key);
  if (!value) return std::unexpected(value.error());
  return value->found;
}

Result<VersionSummary> ViewImpl::Summarize(const BusinessId& id, Version version) const {
  CurrentVersion current;
  const Result<bool> found = rows_.Current(id, current);
  if (!found) return std::unexpected(found.error());
  if (*found && current.has_head && current.version == version && !current.deleted) {
    return VersionSummary{current.head.count, current.head.digest};
  }
  // Lists that are cached may be of versions that this view does not know.
  StoredVersion stored;
  if (Result<void> read = rows_.ReadVersion(id, version, stored); !read) {
    return std::unexpected(read.error());
  }
  return content_.Summarize(id, version);
}

Result<ResolvedVersion> ViewImpl::Resolve(const BusinessId& id, const Selector& selector) const {
  return resolver_.Resolve(id, selector);
}

Result<Revision> ViewImpl::ResolveRevision(const Selector& selector) const {
  return resolver_.ResolveRevision(selector);
}

Result<VersionInfo> ViewImpl::Describe(const BusinessId& id, Version version) const {
  StoredVersion stored;
  if (Result<void> read = rows_.ReadVersion(id, version, stored); !read) {
    return std::unexpected(read.error());
  }
  return rows_.Describe(id, version, stored.row);
}

Result<std::unique_ptr<Cursor<VersionInfo>>> ViewImpl::History(const BusinessId& id,
                                                               std::optional<Version> from) const {
  return OpenHistory(rows_, id, from);
}

Result<RevisionInfo> ViewImpl::DescribeRevision(Revision revision) const {
  const Result<RecordRow> record = rows_.ReadRecord(revision);
  if (!record) return std::unexpected(record.error());
  return rows_.DescribeRecord(revision, *record);
}

Result<std::unique_ptr<Cursor<RevisionInfo>>> ViewImpl::Log(std::optional<Revision> from) const {
  return OpenLog(rows_, from);
}

Result<std::unique_ptr<Cursor<SaidRecord>>> ViewImpl::SaidRecords(
    std::optional<Revision> from) const {
  return OpenSaidRecords(rows_, from);
}

Result<std::unique_ptr<Cursor<VersionInfo>>> ViewImpl::Changes(Revision revision) const {
  return OpenChanges(rows_, revision);
}

Result<ListDiff> ViewImpl::Diff(const VersionRef& from, const VersionRef& to) const {
  return content_.Diff(from, to);
}

Result<std::unique_ptr<Cursor<NetChange>>> ViewImpl::NetChanges(
    const RevisionChoice& choice) const {
  return OpenNetChanges(rows_, content_, choice);
}

Result<Blame> ViewImpl::BlameList(const BusinessId& id, Version version) const {
  return BlameVersion(rows_, content_, id, version);
}

Result<std::vector<EndpointLife>> ViewImpl::Lives(const BusinessId& id,
                                                  const EndpointKey& key) const {
  return LivesOf(rows_, id, key);
}

Result<std::unique_ptr<Cursor<AddressHolder>>> ViewImpl::WhoHas(const AddressQuery& query,
                                                                std::optional<Revision> revision,
                                                                std::string_view glob) const {
  return OpenWhoHas(rows_, content_, query, revision.value_or(rows_.published()),
                    std::string(glob));
}

Result<std::unique_ptr<Cursor<AddressLife>>> ViewImpl::WhoEverHad(const AddressQuery& query,
                                                                  std::string_view glob) const {
  return OpenWhoEverHad(rows_, query, std::string(glob));
}

Result<std::unique_ptr<Cursor<TableEntry>>> ViewImpl::Table(std::optional<Revision> revision,
                                                            const TableRange& range) const {
  return OpenTable(rows_, revision.value_or(rows_.published()), range);
}

Result<std::unique_ptr<Cursor<TableDifference>>> ViewImpl::DiffTable(Revision from,
                                                                     Revision to) const {
  return OpenTableDiff(rows_, from, to, "");
}

}  // namespace switchback
