#include "history/head_recovery.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "history/content.h"
#include "history/full_list.h"
#include "history/row_keys.h"
#include "history/steady_scan.h"

namespace switchback {
namespace {

// The newest published row of an ID, and what the rows say of those that were pruned.
class NewestRow {
 public:
  explicit NewestRow(Revision published) : published_(published) {}

  void Take(Version version, std::string_view value) {
    const Result<VersionRow> row = DecodeVersionRow(value);
    if (row && row->revision > published_) return;
    damaged_ = !row;
    version_ = version;
    if (!row) return;
    if (row->kind == VersionKind::kPruned) first_kept_ = row->run_end.Next();
    revision_ = row->revision;
    deleted_ = row->kind == VersionKind::kDeletion;
    count_ = row->count;
  }

  [[nodiscard]] bool found() const { return version_.value != 0; }
  [[nodiscard]] bool damaged() const { return damaged_; }

  void Fill(CurrentVersion& current) const {
    current.version = version_;
    current.revision = revision_;
    current.deleted = deleted_;
    current.count = count_;
    current.first_kept = first_kept_;
    current.has_head = false;
    current.recovered = true;
  }

 private:
  const Revision published_;
  bool damaged_ = false;
  Version version_;
  Revision revision_;
  bool deleted_ = false;
  uint64_t count_ = 0;
  Version first_kept_{1};
};

std::unexpected<Error> NobodyKnowsTheNewest(const BusinessId& id, std::string why) {
  return Fail(ErrorCode::kDataLoss,
              fmt::format("which version of {} is the newest can't be told: its newest row is "
                          "damaged too: {}",
                          id.text(), why));
}

}  // namespace

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

Result<bool> RecoverCurrent(const Rows& rows, const BusinessId& id, CurrentVersion& current) {
  NewestRow newest(rows.published());
  SteadyScan scan(rows.view(), Space::kHistory, VersionsBegin(id), VersionsEnd(id));
  for (scan.SeekToFirst(); scan.valid(); scan.Next()) {
    VersionKeyParts parts;
    if (!ParseVersionKey(scan.key(), parts)) {
      return Fail(ErrorCode::kDataLoss,
                  fmt::format("a key among the rows of {} is malformed", id.text()));
    }
    if (!parts.checkpoint) newest.Take(parts.version, scan.value());
  }
  if (Result<void> status = scan.status(); !status) return std::unexpected(status.error());
  if (scan.gap()) return NobodyKnowsTheNewest(id, scan.gap()->error.message);
  if (newest.damaged()) return NobodyKnowsTheNewest(id, "malformed version row");
  if (!newest.found()) return false;
  newest.Fill(current);
  Result<std::string> head = RebuildHead(rows, id, current.version, current.first_kept);
  if (!head) {
    return head.error().code == ErrorCode::kDataLoss ? Result<bool>(true)
                                                     : std::unexpected(head.error());
  }
  current.bytes = std::move(*head);
  const Result<HeadRow> row = DecodeHeadRow(current.bytes);
  if (!row) return std::unexpected(row.error());
  current.head = *row;
  current.has_head = true;
  return true;
}

}  // namespace switchback
