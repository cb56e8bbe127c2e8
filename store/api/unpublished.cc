// Clearing a revision that was never published.
#include <fmt/format.h>

#include <string>
#include <utility>

#include "api/committer.h"
#include "history/head_recovery.h"
#include "history/head_row.h"
#include "history/row_keys.h"

namespace switchback {
namespace {

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
