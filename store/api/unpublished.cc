// Clearing a revision that was never published.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "api/committer.h"
#include "history/content.h"
#include "history/full_list.h"
#include "history/head_row.h"
#include "history/row_keys.h"

namespace switchback {
namespace {

// The head row of `version`, made anew from the version rows.
Result<std::string> RebuildHead(const Rows& rows, const BusinessId& id, Version version,
                                Version first_kept) {
  StoredVersion stored;
  if (Result<void> read = rows.ReadVersion(id, version, stored); !read) {
    return std::unexpected(read.error());
  }
  HeadRow head;
  head.version = version;
  head.revision = stored.row.revision;
  head.deleted = stored.row.kind == VersionKind::kDeletion;
  head.count = stored.row.count;
  head.read_cost = stored.row.read_cost_kib * kKiB;
  head.first_kept = first_kept;
  std::optional<std::string> block;
  if (!head.deleted) {
    const ContentReader content(rows, nullptr, ChunkCheck::kDigest);
    const Result<VersionSummary> summary = content.Summarize(id, version);
    if (!summary) return std::unexpected(summary.error());
    head.digest = summary->digest;
    if (head.count <= kMaxInlineEndpoints) {
      const auto list = content.ReadList(id, version);
      if (!list) return std::unexpected(list.error());
      block = InlineBlock(**list);
    }
    head.has_block = block.has_value();
    // Only when the next checkpoint is due hangs on it: about right will do.
    head.base_bytes = block ? block->size() : EstimatedListBytes(head.count);
  }
  if (block) head.block = *block;
  std::string bytes;
  EncodeHeadRow(head, bytes);
  return bytes;
}

Result<void> ForgetId(const Rows& rows, const TouchedId& touched, Revision revision,
                      WriteBatch& batch) {
  std::string value;
  const Result<bool> found = rows.view().Get(Space::kState, HeadKey(touched.id), value);
  if (!found) return std::unexpected(found.error());
  batch.Delete(Space::kHistory, VersionKey(touched.id, touched.version));
  batch.Delete(Space::kHistory, CheckpointKey(touched.id, touched.version));
  if (!*found) return {};
  const Result<HeadRow> head = DecodeHeadRow(value);
  if (!head) return std::unexpected(head.error());
  if (head->revision != revision) return {};  // cleared by an earlier attempt
  if (touched.version.value == 1) {
    batch.Delete(Space::kState, HeadKey(touched.id));
    return {};
  }
  Result<std::string> rebuilt =
      RebuildHead(rows, touched.id, touched.version.Previous(), head->first_kept);
  if (!rebuilt) return std::unexpected(rebuilt.error());
  batch.Put(Space::kState, HeadKey(touched.id), std::move(*rebuilt));
  return {};
}

Result<void> ForgetPart(Engine& engine, const Rows& rows, std::string_view part,
                        Revision revision) {
  const Result<std::vector<TouchedId>> ids = DecodeTouchedIds(part);
  if (!ids) return std::unexpected(ids.error());
  WriteBatch batch;
  for (const TouchedId& touched : *ids) {
    if (Result<void> forgot = ForgetId(rows, touched, revision, batch); !forgot) return forgot;
  }
  return engine.Write(batch, /*sync=*/false);
}

}  // namespace

Result<void> ForgetUnpublished(Engine& engine, const Origins& origins, StoreRow& state) {
  const Revision revision = state.pending;
  const Result<std::unique_ptr<EngineView>> view = engine.NewView();
  if (!view) return std::unexpected(view.error());
  const Rows rows(**view, origins, state.published);
  uint64_t part = 0;
  std::string value;
  for (;; ++part) {
    const Result<bool> found = (*view)->Get(Space::kHistory, PartKey(revision, part), value);
    if (!found) return std::unexpected(found.error());
    if (!*found) break;
    if (Result<void> forgot = ForgetPart(engine, rows, value, revision); !forgot) return forgot;
  }
  // Last, and at once: only now is there nothing left to find.
  WriteBatch batch;
  for (uint64_t i = 0; i < part; ++i) batch.Delete(Space::kHistory, PartKey(revision, i));
  StoreRow cleared = state;
  cleared.pending = Revision{0};
  std::string bytes;
  EncodeStoreRow(cleared, bytes);
  batch.Put(Space::kState, StoreRowKey(), std::move(bytes));
  if (Result<void> written = engine.Write(batch, /*sync=*/true); !written) return written;
  state = std::move(cleared);
  return {};
}

}  // namespace switchback
