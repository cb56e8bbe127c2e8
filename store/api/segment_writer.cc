#include "api/segment_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "history/journal.h"
#include "history/revision_content.h"

namespace switchback {
namespace {

constexpr size_t kBatchBytes = size_t{1} << 20;

Sha256 HashOf(std::string_view bytes) {
  Sha256Hasher hasher;
  hasher.Update(bytes);
  return hasher.Finish();
}

}  // namespace

// Whether the changes of a commit are gone already, or will be.
bool SegmentWriter::IsGone(Revision revision) const {
  const bool was = old_ && revision >= old_->first && revision <= old_->last;
  return was || (revision.value < gone_.size() && gone_[revision.value]);
}

Result<void> SegmentWriter::LoadOld() {
  const Result<std::optional<JournalSegment>> next = old_segments_->Next();
  if (!next) return std::unexpected(next.error());
  old_ = *next;
  return {};
}

Result<void> SegmentWriter::Write() {
  const Result<uint64_t> in_force = ReadSegmentGeneration(view_.engine_view());
  if (!in_force) return std::unexpected(in_force.error());
  generation_ = *in_force + 1;
  Result<JournalSegments> segments = JournalSegments::Open(view_.engine_view());
  if (!segments) return std::unexpected(segments.error());
  old_segments_.emplace(std::move(*segments));
  if (Result<void> loaded = LoadOld(); !loaded) return loaded;
  // What a prune that was cut short has left.
  batch_.DeleteRange(Space::kState, SegmentsBegin(generation_),
                     PrefixEnd(std::string(1, kSegmentPrefix)));
  const std::string begin(1, kRecordPrefix);
  const auto rows = view_.engine_view().Scan(Space::kHistory, begin, PrefixEnd(begin));
  for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
    RecordKeyParts at;
    if (!ParseRecordKey(rows->key(), at)) {
      return Fail(ErrorCode::kDataLoss, "a record's key is malformed: run verify");
    }
    if (at.revision > view_.revision()) break;
    if (Result<void> taken = Take(at, rows->value()); !taken) {
      Error error = taken.error();
      error.message = fmt::format("r{}: {}", at.revision.value, error.message);
      return std::unexpected(std::move(error));
    }
    if (Result<void> flushed = FlushAt(kBatchBytes); !flushed) return flushed;
  }
  if (Result<void> status = rows->status(); !status) return status;
  Close();
  return FlushAt(0);
}

Result<void> SegmentWriter::Take(const RecordKeyParts& at, std::string_view value) {
  Result<RecordRow> record = DecodeRecordRow(value);
  if (!record) return std::unexpected(record.error());
  if (record->kind != RecordKind::kSaid) return TakeCommit(at, *record);
  if (Result<void> followed = Follow(at, *record); !followed) return followed;
  if (!open_) return {};
  const Result<Sha256> abridged = AbridgedLeaf(view_.rows(), origins_, at, *record);
  if (!abridged) return std::unexpected(abridged.error());
  open_->said.push_back(*abridged);  // whether it is in the segment, the next commit tells
  return {};
}

Result<void> SegmentWriter::TakeCommit(const RecordKeyParts& at, RecordRow& record) {
  const bool is_gone = IsGone(at.revision);
  const Sha256 before = chain_;
  if (is_gone) {
    if (Result<void> moved = MoveMetadata(at.revision, record); !moved) return moved;
  } else {
    Close();
  }
  if (Result<void> followed = Follow(at, record); !followed) return followed;
  if (is_gone) {
    const Result<Sha256> abridged = AbridgedLeaf(view_.rows(), origins_, at, record);
    if (!abridged) return std::unexpected(abridged.error());
    if (!open_) {
      open_.emplace();
      open_->segment.first = at.revision;
      open_->segment.before = before;
    }
    for (const Sha256& said : open_->said) open_->summary.Add(said);
    open_->summary.Add(*abridged);
    open_->segment.records += open_->said.size() + 1;
    open_->said.clear();
    open_->segment.last = at.revision;
    open_->segment.chain = chain_;
  }
  took_step_();
  return {};
}

// Takes the chain over a record; where an old segment stands, to its end.
Result<void> SegmentWriter::Follow(const RecordKeyParts& at, const RecordRow& record) {
  if (old_ && at.revision >= old_->first && at.revision <= old_->last) {
    const bool at_end = at.revision == old_->last && at.sub == 0;
    if (!at_end) return {};
    chain_ = old_->chain;
    return LoadOld();
  }
  Metadata metadata = record.metadata;
  Sha256 content;
  if (record.kind == RecordKind::kSaid) {
    content = HashOf(record.payload);
  } else {
    Result<Metadata> own = view_.rows().ReadMetadata(at.revision);
    if (!own) return std::unexpected(own.error());
    metadata = std::move(*own);
    const Result<RevisionContent> made = HashRevision(view_.rows(), content_, at.revision);
    if (!made) return std::unexpected(made.error());
    content = made->hash;
  }
  const Result<Origin> origin = origins_.Get(metadata.origin);
  if (!origin) return std::unexpected(origin.error());
  chain_ = NextChain(chain_, JournalLeaf(at.revision, at.sub, metadata, *origin, content));
  return {};
}

Result<void> SegmentWriter::MoveMetadata(Revision revision, RecordRow& record) {
  if (record.kind == RecordKind::kManyIds) return {};
  Result<RecordRow> whole = view_.rows().ReadWholeRecord(revision);
  if (!whole) return std::unexpected(whole.error());
  record = std::move(*whole);
  std::string bytes;
  EncodeRecordRow(record, bytes);
  batch_.Put(Space::kHistory, RecordKey(revision, 0), std::move(bytes));
  return {};
}

void SegmentWriter::Close() {
  if (!open_) return;
  JournalSegment& segment = open_->segment;
  segment.summary = open_->summary.Finish();
  std::string bytes;
  EncodeJournalSegment(segment, bytes);
  batch_.Put(Space::kState, SegmentKey(generation_, segment.first), std::move(bytes));
  all_.Add(segment);
  open_.reset();
}

Result<void> SegmentWriter::FlushAt(size_t bytes) {
  if (batch_.empty() || batch_.bytes() < bytes) return {};
  Result<void> written = engine_.Write(batch_, /*sync=*/false);
  batch_.Clear();
  return written;
}

}  // namespace switchback
