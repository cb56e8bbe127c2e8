// Checkpoints are derived: they can be dropped and remade without changing an answer.
#include <string>
#include <utility>

#include "api/store_impl.h"
#include "history/content.h"
#include "history/full_list.h"
#include "history/row_keys.h"
#include "history/version_row.h"

namespace switchback {
namespace {

constexpr size_t kBatchBytes = size_t{4} << 20;

class Rewriter {
 public:
  Rewriter(Engine& engine, ChunkStore& chunks, const ViewImpl& view)
      : engine_(engine),
        chunks_(chunks),
        view_(view),
        content_(view.rows(), nullptr, ChunkCheck::kDigest) {}

  Result<void> DropAll() {
    const auto rows = Scan();
    for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
      VersionKeyParts parts;
      if (!ParseVersionKey(rows->key(), parts) || !parts.checkpoint) continue;
      const Result<bool> needed = IsNeeded(parts);
      if (!needed) return std::unexpected(needed.error());
      if (*needed) continue;
      batch_.Delete(Space::kHistory, std::string(rows->key()));
      if (Result<void> written = Flush(kBatchBytes); !written) return written;
    }
    if (Result<void> status = rows->status(); !status) return status;
    return Flush(0);
  }

  // A row that leans on others and yet costs nothing to read had its checkpoint beside it.
  Result<void> RemakeAll() {
    const auto rows = Scan();
    for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
      VersionKeyParts parts;
      if (!ParseVersionKey(rows->key(), parts) || parts.checkpoint) continue;
      const Result<VersionRow> row = DecodeVersionRow(rows->value());
      if (!row) return std::unexpected(row.error());
      const bool leans = row->kind == VersionKind::kScript || row->kind == VersionKind::kSameAs;
      if (!leans || row->read_cost_kib != 0 || row->revision > view_.revision()) continue;
      if (Result<void> made = Remake(parts); !made) return made;
      if (Result<void> written = Flush(kBatchBytes); !written) return written;
    }
    if (Result<void> status = rows->status(); !status) return status;
    return Flush(0);
  }

 private:
  [[nodiscard]] std::unique_ptr<Iterator> Scan() const {
    const std::string begin(1, kVersionPrefix);
    return view_.engine_view().Scan(Space::kHistory, begin, PrefixEnd(begin));
  }

  static Result<BusinessId> IdOf(const VersionKeyParts& parts) {
    Result<BusinessId> id = BusinessId::Parse(parts.id);
    if (!id) return Fail(ErrorCode::kDataLoss, "a version row's key holds no business ID");
    return id;
  }

  // What its version leans on was pruned: it can't be made again.
  [[nodiscard]] Result<bool> IsNeeded(const VersionKeyParts& parts) const {
    const Result<BusinessId> id = IdOf(parts);
    if (!id) return std::unexpected(id.error());
    StoredVersion stored;
    if (Result<void> read = view_.rows().ReadVersion(*id, parts.version, stored); !read) {
      // Of a revision that is not published.
      if (read.error().code == ErrorCode::kNotFound) return false;
      return std::unexpected(read.error());
    }
    return view_.rows().LeansOnPruned(*id, parts.version, stored.row);
  }

  Result<void> Remake(const VersionKeyParts& parts) {
    const Result<BusinessId> id = IdOf(parts);
    if (!id) return std::unexpected(id.error());
    const auto list = content_.ReadList(*id, parts.version);
    if (!list) return std::unexpected(list.error());
    const Result<FullList> full = EncodeFullList(**list, chunks_);
    if (!full) return std::unexpected(full.error());
    std::string bytes;
    EncodeCheckpointRow(*full, bytes);
    batch_.Put(Space::kHistory, CheckpointKey(*id, parts.version), std::move(bytes));
    return {};
  }

  Result<void> Flush(size_t threshold) {
    if (batch_.empty() || batch_.bytes() < threshold) return {};
    Result<void> written = engine_.Write(batch_, /*sync=*/threshold == 0);
    batch_.Clear();
    return written;
  }

  Engine& engine_;
  ChunkStore& chunks_;
  const ViewImpl& view_;
  const ContentReader content_;
  WriteBatch batch_;
};

}  // namespace

Result<void> RewriteCheckpoints(Engine& engine, ChunkStore& chunks, const ViewImpl& view,
                                bool remake) {
  Rewriter rewriter(engine, chunks, view);
  if (Result<void> dropped = rewriter.DropAll(); !dropped) return dropped;
  return remake ? rewriter.RemakeAll() : Result<void>();
}

}  // namespace switchback
