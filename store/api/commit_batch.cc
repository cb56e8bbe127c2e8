#include "api/commit_batch.h"

#include <utility>

#include "history/head_row.h"
#include "history/journal.h"
#include "history/row_keys.h"
#include "history/version_row.h"

namespace switchback {
namespace {

template <typename Row>
std::string Encoded(void (*encode)(const Row&, std::string&), const Row& row) {
  std::string bytes;
  encode(row, bytes);
  return bytes;
}

}  // namespace

void AppendIdRows(const PreparedId& prepared, const RevisionDraft& draft, bool own_metadata,
                  WriteBatch& batch) {
  const ChangedId& changed = prepared.changed;
  VersionRow row;
  row.kind = prepared.kind;
  row.revision = draft.revision;
  row.count = changed.count;
  row.read_cost_kib = ToKiB(prepared.read_cost);
  row.changes = {changed.removed, changed.changed, changed.added};
  row.same_as = prepared.same_as;
  const std::string metadata =
      own_metadata ? Encoded(EncodeMetadata, draft.metadata) : std::string();
  row.metadata = metadata;
  row.payload = prepared.payload;
  batch.Put(Space::kHistory, VersionKey(changed.id, changed.version),
            Encoded(EncodeVersionRow, row));
  if (prepared.checkpoint) {
    batch.Put(Space::kHistory, CheckpointKey(changed.id, changed.version), *prepared.checkpoint);
  }
  HeadRow head;
  head.version = changed.version;
  head.revision = draft.revision;
  head.deleted = changed.deleted;
  head.has_block = prepared.head_block.has_value();
  head.count = changed.count;
  head.digest = prepared.digest;
  head.read_cost = prepared.read_cost;
  head.base_bytes = prepared.base_bytes;
  head.first_kept = prepared.first_kept;
  if (prepared.head_block) head.block = *prepared.head_block;
  batch.Put(Space::kState, HeadKey(changed.id), Encoded(EncodeHeadRow, head));
}

void RevisionTotals::Add(const PreparedId& prepared) {
  ++ids;
  if (prepared.base.value == 0) ++new_ids;
  removed += prepared.changed.removed;
  changed += prepared.changed.changed;
  added += prepared.changed.added;
}

void AppendCommitRecord(const RevisionDraft& draft, const RevisionTotals& totals,
                        std::vector<TouchedId> ids, bool own_metadata, uint64_t parts,
                        WriteBatch& batch) {
  RecordRow record;
  record.kind = own_metadata ? RecordKind::kOneId : RecordKind::kManyIds;
  record.ids = std::move(ids);
  record.metadata = draft.metadata;
  record.id_count = totals.ids;
  record.removed = totals.removed;
  record.changed = totals.changed;
  record.added = totals.added;
  record.parts = parts;
  batch.Put(Space::kHistory, RecordKey(draft.revision, 0), Encoded(EncodeRecordRow, record));
}

void AppendSaid(const CommitOptions& options, std::string_view payload, RevisionDraft& draft,
                WriteBatch& batch) {
  draft.revision = draft.state.published;
  const uint64_t sub = ++draft.state.subs;
  RecordRow record;
  record.kind = RecordKind::kSaid;
  record.metadata = draft.metadata;
  record.payload = payload;
  batch.Put(Space::kHistory, RecordKey(draft.revision, sub), Encoded(EncodeRecordRow, record));
  Sha256Hasher hasher;
  hasher.Update(payload);
  AppendStateRows(draft, sub, hasher.Finish(), options, std::nullopt, batch);
}

void AppendStateRows(RevisionDraft& draft, uint64_t sub, const Sha256& content,
                     const CommitOptions& options, const std::optional<Digest>& request_content,
                     WriteBatch& batch) {
  StoreRow& state = draft.state;
  const Sha256 leaf = JournalLeaf(draft.revision, sub, draft.metadata, draft.origin, content);
  state.chain = NextChain(state.chain, leaf);
  ++state.records;
  if (state.records % kChainInterval == 0) {
    batch.Put(Space::kState, ChainKey(state.records),
              std::string(state.chain.begin(), state.chain.end()));
  }
  if (draft.new_origin) {
    state.origins = draft.metadata.origin;
    batch.Put(Space::kState, OriginKey(draft.metadata.origin), Encoded(EncodeOrigin, draft.origin));
  }
  if (request_content) {
    batch.Put(Space::kState, RequestKey(options.request_id),
              Encoded(EncodeRequestRow, RequestRow{draft.revision, *request_content}));
  }
  if (options.bookmark) {
    batch.Put(Space::kState, BookmarkKey(options.bookmark->name), options.bookmark->value);
  }
  batch.Put(Space::kState, StoreRowKey(), Encoded(EncodeStoreRow, state));
}

}  // namespace switchback
