#include "history/rows.h"

#include <fmt/format.h>

#include "history/head_recovery.h"
#include "history/row_keys.h"

namespace switchback {
namespace {

std::unexpected<Error> InRow(const std::string& name, Error error) {
  error.message = fmt::format("{}: {}", name, error.message);
  return std::unexpected(std::move(error));
}

}  // namespace

Result<StoreRow> ReadStoreRow(const EngineView& view) {
  std::string value;
  const Result<bool> found = view.Get(Space::kState, StoreRowKey(), value);
  if (!found) return std::unexpected(found.error());
  if (!*found) return Fail(ErrorCode::kDataLoss, "the store's own row is missing");
  return DecodeStoreRow(value);
}

Result<Metadata> OwnMetadata(const BusinessId& id, Version version, const VersionRow& row) {
  ByteReader in(row.metadata);
  Result<Metadata> metadata;
  if (DecodeMetadata(in, *metadata) && in.empty()) return metadata;
  return Fail(ErrorCode::kDataLoss,
              fmt::format("{}: malformed metadata", VersionName(id, version)));
}

// In one piece, and handed on without a move: histories are long, and this has a dozen strings.
Result<VersionInfo> WithoutCommit(const BusinessId& id, Version version, const VersionRow& row) {
  std::optional<Version> same_as;
  if (row.kind == VersionKind::kSameAs) same_as = row.same_as;
  return Result<VersionInfo>(std::in_place, id, version, row.count, row.changes.added,
                             row.changes.removed, row.changes.changed,
                             row.kind == VersionKind::kDeletion, same_as);
}

std::string VersionName(const BusinessId& id, Version version) {
  return fmt::format("{}@{}", id.text(), version.value);
}

Result<bool> Rows::Current(const BusinessId& id, CurrentVersion& current) const {
  std::string value;
  const Result<bool> found = view_.Get(Space::kState, HeadKey(id), value);
  if (!found) return Recover(id, found.error(), current);
  if (!*found) return false;
  return CurrentFromHead(id, value, current);
}

// Without the head row, unless what is wrong is no damage.
Result<bool> Rows::Recover(const BusinessId& id, const Error& damage,
                           CurrentVersion& current) const {
  const std::string name = fmt::format("head of {}", id.text());
  if (damage.code != ErrorCode::kDataLoss) return InRow(name, damage);
  Result<bool> recovered = RecoverCurrent(*this, id, current);
  if (recovered || recovered.error().code != ErrorCode::kDataLoss) return recovered;
  Error both = damage;
  both.message += "; " + recovered.error().message;
  return InRow(name, std::move(both));
}

Result<bool> Rows::CurrentFromHead(const BusinessId& id, std::string_view head_value,
                                   CurrentVersion& current) const {
  current.bytes = head_value;
  const Result<HeadRow> head = DecodeHeadRow(current.bytes);
  if (!head) return Recover(id, head.error(), current);
  current.recovered = false;
  current.head = *head;
  current.first_kept = head->first_kept;
  current.has_head = head->revision <= published_;
  if (current.has_head) {
    current.version = head->version;
    current.revision = head->revision;
    current.deleted = head->deleted;
    current.count = head->count;
    return true;
  }
  if (head->version.value == 1) return false;
  current.version = head->version.Previous();
  StoredVersion stored;
  if (Result<void> read = ReadVersion(id, current.version, stored); !read) {
    return std::unexpected(read.error());
  }
  current.revision = stored.row.revision;
  current.deleted = stored.row.kind == VersionKind::kDeletion;
  current.count = stored.row.count;
  return true;
}

Result<void> Rows::ReadVersion(const BusinessId& id, Version version, StoredVersion& stored) const {
  const Result<bool> found = view_.Get(Space::kHistory, VersionKey(id, version), stored.bytes);
  if (!found) return InRow(VersionName(id, version), found.error());
  if (*found) {
    Result<VersionRow> row = DecodeVersionRow(stored.bytes);
    if (!row) return InRow(VersionName(id, version), row.error());
    stored.row = *row;
    if (stored.row.kind == VersionKind::kPruned) {
      return Fail(ErrorCode::kPruned,
                  fmt::format("{} was pruned: versions {} to {} are gone", VersionName(id, version),
                              version.value, stored.row.run_end.value));
    }
    if (stored.row.revision <= published_) return {};
  }
  std::string head_value;
  const Result<bool> has_head = view_.Get(Space::kState, HeadKey(id), head_value);
  if (!has_head) return InRow(fmt::format("head of {}", id.text()), has_head.error());
  if (!*has_head) {
    return Fail(ErrorCode::kNotFound, fmt::format("no business ID {} in this store", id.text()));
  }
  const Result<HeadRow> head = DecodeHeadRow(head_value);
  if (!head) return InRow(fmt::format("head of {}", id.text()), head.error());
  const Version newest = head->revision <= published_ ? head->version : head->version.Previous();
  if (version.value == 0 || version > newest) {
    return Fail(ErrorCode::kNotFound, fmt::format("{} has no version {}: its newest is {}",
                                                  id.text(), version.value, newest.value));
  }
  if (version < head->first_kept) {
    return Fail(ErrorCode::kPruned, fmt::format("{} was pruned: the oldest version kept is {}",
                                                VersionName(id, version), head->first_kept.value));
  }
  return Fail(ErrorCode::kDataLoss, fmt::format("the row of {} is missing: run `switchback verify`",
                                                VersionName(id, version)));
}

Result<bool> Rows::IsPruned(const BusinessId& id, Version version) const {
  StoredVersion stored;
  const Result<void> read = ReadVersion(id, version, stored);
  if (read) return false;
  if (read.error().code == ErrorCode::kPruned) return true;
  return std::unexpected(read.error());
}

Result<bool> Rows::LeansOnPruned(const BusinessId& id, Version version,
                                 const VersionRow& row) const {
  if (row.kind != VersionKind::kScript || version.value < 2) return false;
  return IsPruned(id, version.Previous());
}

Result<RecordRow> Rows::ReadRecord(Revision revision) const {
  if (revision.value == 0 || revision > published_) {
    return Fail(ErrorCode::kNotFound, fmt::format("no revision r{}: the newest is r{}",
                                                  revision.value, published_.value));
  }
  std::string value;
  const Result<bool> found = view_.Get(Space::kHistory, RecordKey(revision, 0), value);
  if (!found) return InRow(fmt::format("r{}", revision.value), found.error());
  if (!*found) {
    return Fail(ErrorCode::kDataLoss,
                fmt::format("the row of r{} is missing: run `switchback verify`", revision.value));
  }
  Result<RecordRow> record = DecodeRecordRow(value);
  if (!record) return InRow(fmt::format("r{}", revision.value), record.error());
  if (record->kind == RecordKind::kSaid) {
    return Fail(
        ErrorCode::kDataLoss,
        fmt::format("the row of r{} is no commit's: run `switchback verify`", revision.value));
  }
  return record;
}

Result<RecordRow> Rows::ReadWholeRecord(Revision revision) const {
  Result<RecordRow> record = ReadRecord(revision);
  if (!record || record->kind == RecordKind::kManyIds) return record;
  Result<Metadata> metadata = ReadMetadata(revision);
  if (!metadata) return std::unexpected(metadata.error());
  const TouchedId& touched = record->ids.front();
  StoredVersion stored;
  if (Result<void> read = ReadVersion(touched.id, touched.version, stored); !read) {
    return std::unexpected(read.error());
  }
  record->kind = RecordKind::kManyIds;
  record->metadata = std::move(*metadata);
  record->removed = stored.row.changes.removed;
  record->changed = stored.row.changes.changed;
  record->added = stored.row.changes.added;
  return record;
}

Result<Metadata> Rows::ReadMetadata(Revision revision) const {
  Result<RecordRow> record = ReadRecord(revision);
  if (!record) return std::unexpected(record.error());
  if (record->kind == RecordKind::kManyIds) return std::move(record->metadata);
  const TouchedId& touched = record->ids.front();
  StoredVersion stored;
  if (Result<void> read = ReadVersion(touched.id, touched.version, stored); !read) {
    return std::unexpected(read.error());
  }
  if (stored.row.revision != revision || stored.row.metadata.empty()) {
    return Fail(ErrorCode::kDataLoss,
                fmt::format("r{} points to {}, which is not its own", revision.value,
                            VersionName(touched.id, touched.version)));
  }
  return OwnMetadata(touched.id, touched.version, stored.row);
}

Result<Metadata> Rows::MetadataOf(const BusinessId& id, Version version,
                                  const VersionRow& row) const {
  return row.metadata.empty() ? ReadMetadata(row.revision) : OwnMetadata(id, version, row);
}

Result<void> Rows::Fill(Revision revision, Metadata metadata, RevisionInfo& info) const {
  Result<Origin> origin = origins_.Get(metadata.origin);
  if (!origin) return std::unexpected(origin.error());
  info.revision = revision;
  info.time = metadata.time;
  info.effective_time = metadata.effective_time;
  info.original_time = metadata.original_time;
  info.operation = metadata.operation;
  info.author = std::move(metadata.author);
  info.message = std::move(metadata.message);
  info.ticket = std::move(metadata.ticket);
  info.source = std::move(metadata.source);
  info.request_id = std::move(metadata.request_id);
  info.origin = std::move(*origin);
  return {};
}

Result<void> Rows::FillFromMany(Revision revision, const RecordRow& record,
                                RevisionInfo& info) const {
  info.id_count = record.id_count;
  info.added = record.added;
  info.removed = record.removed;
  info.changed = record.changed;
  return Fill(revision, record.metadata, info);
}

Result<RevisionInfo> Rows::DescribeRecord(Revision revision, const RecordRow& record) const {
  if (record.kind == RecordKind::kManyIds) {
    Result<RevisionInfo> info;
    if (Result<void> filled = FillFromMany(revision, record, *info); !filled) {
      return std::unexpected(filled.error());
    }
    return info;
  }
  const TouchedId& touched = record.ids.front();
  StoredVersion stored;
  if (Result<void> read = ReadVersion(touched.id, touched.version, stored); !read) {
    return std::unexpected(read.error());
  }
  Result<VersionInfo> version = Describe(touched.id, touched.version, stored.row);
  if (!version) return std::unexpected(version.error());
  if (version->commit.revision != revision) {
    return Fail(
        ErrorCode::kDataLoss,
        fmt::format("r{} points to {}, which is of r{}", revision.value,
                    VersionName(touched.id, touched.version), version->commit.revision.value));
  }
  return std::move(version->commit);
}

Result<SaidRecord> Rows::DescribeSaid(Revision revision, uint64_t sub, Metadata metadata) const {
  Result<SaidRecord> said;
  said->sub = sub;
  if (Result<void> filled = Fill(revision, std::move(metadata), said->info); !filled) {
    return std::unexpected(filled.error());
  }
  return said;
}

Result<VersionInfo> Rows::Describe(const BusinessId& id, Version version,
                                   const VersionRow& row) const {
  if (row.metadata.empty()) {
    const Result<RecordRow> record = ReadRecord(row.revision);
    if (!record) return std::unexpected(record.error());
    return Describe(id, version, row, *record);
  }
  Result<Metadata> metadata = OwnMetadata(id, version, row);
  if (!metadata) return std::unexpected(metadata.error());
  Result<VersionInfo> info = WithoutCommit(id, version, row);
  RevisionInfo& commit = info->commit;
  if (Result<void> filled = Fill(row.revision, std::move(*metadata), commit); !filled) {
    return std::unexpected(filled.error());
  }
  commit.id_count = 1;
  commit.added = row.changes.added;
  commit.removed = row.changes.removed;
  commit.changed = row.changes.changed;
  return info;
}

Result<VersionInfo> Rows::Describe(const BusinessId& id, Version version, const VersionRow& row,
                                   const RecordRow& record) const {
  if (record.kind != RecordKind::kManyIds) {
    return Fail(ErrorCode::kDataLoss,
                fmt::format("{} has no metadata of its own, and r{} has none either",
                            VersionName(id, version), row.revision.value));
  }
  Result<VersionInfo> info = WithoutCommit(id, version, row);
  if (Result<void> filled = FillFromMany(row.revision, record, info->commit); !filled) {
    return std::unexpected(filled.error());
  }
  return info;
}

}  // namespace switchback
