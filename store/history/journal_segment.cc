#include "history/journal_segment.h"

#include <algorithm>
#include <utility>

#include "codec/bytes.h"
#include "history/cursors.h"
#include "history/journal.h"

namespace switchback {
namespace {

// As the leading bytes of leaves and links are: none of these is ever the start of another's.
constexpr char kSummaryTag = 3;
constexpr char kSegmentsTag = 4;

std::string_view AsBytes(const Sha256& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

bool ReadHash(ByteReader& in, Sha256& hash) {
  std::string_view bytes;
  if (!in.ReadBytes(hash.size(), bytes)) return false;
  std::ranges::copy(bytes, hash.begin());
  return true;
}

// Hash of the sums of a commit and of the IDs that it touched.
Result<Sha256> HashTouched(const Rows& rows, Revision revision, const RecordRow& record) {
  const auto touched = OpenTouchedIds(rows, revision);
  if (!touched) return std::unexpected(touched.error());
  Sha256Hasher hasher;
  std::string bytes;
  AppendVarint(record.removed, bytes);
  AppendVarint(record.changed, bytes);
  AppendVarint(record.added, bytes);
  while (true) {
    const Result<std::optional<TouchedId>> next = (*touched)->Next();
    if (!next) return std::unexpected(next.error());
    if (!*next) break;
    AppendLengthPrefixed((*next)->id.text(), bytes);
    AppendVarint((*next)->version.value, bytes);
    hasher.Update(bytes);
    bytes.clear();
  }
  hasher.Update(bytes);
  return hasher.Finish();
}

}  // namespace

void EncodeJournalSegment(const JournalSegment& segment, std::string& out) {
  AppendVarint(segment.last.value, out);
  AppendVarint(segment.records, out);
  out += AsBytes(segment.before);
  out += AsBytes(segment.chain);
  out += AsBytes(segment.summary);
}

Result<JournalSegment> DecodeJournalSegment(std::string_view bytes) {
  ByteReader in(bytes);
  JournalSegment segment;
  if (!in.ReadVarint(segment.last.value) || !in.ReadVarint(segment.records) ||
      !ReadHash(in, segment.before) || !ReadHash(in, segment.chain) ||
      !ReadHash(in, segment.summary) || !in.empty() || segment.last.value == 0 ||
      segment.records == 0) {
    return Fail(ErrorCode::kDataLoss, "malformed row of a segment of the journal");
  }
  return segment;
}

std::string EncodeSegmentGeneration(uint64_t generation) {
  std::string bytes;
  AppendVarint(generation, bytes);
  return bytes;
}

Result<uint64_t> ReadSegmentGeneration(const EngineView& view) {
  std::string value;
  const Result<bool> found = view.Get(Space::kState, SegmentsKey(), value);
  if (!found) return std::unexpected(found.error());
  if (!*found) return 0;
  ByteReader in(value);
  uint64_t generation = 0;
  if (!in.ReadVarint(generation) || generation == 0 || !in.empty()) {
    return Fail(ErrorCode::kDataLoss, "malformed row of the generation of segments");
  }
  return generation;
}

Result<JournalSegments> JournalSegments::Open(const EngineView& view) {
  const Result<uint64_t> generation = ReadSegmentGeneration(view);
  if (!generation) return std::unexpected(generation.error());
  JournalSegments segments;
  if (*generation == 0) return segments;
  segments.rows_ =
      view.Scan(Space::kState, SegmentsBegin(*generation), SegmentsBegin(*generation + 1));
  segments.rows_->SeekToFirst();
  return segments;
}

Result<std::optional<JournalSegment>> JournalSegments::Next() {
  if (!rows_) return std::nullopt;
  if (!rows_->valid()) {
    if (Result<void> status = rows_->status(); !status) return std::unexpected(status.error());
    return std::nullopt;
  }
  Revision first;
  if (!ParseSegmentKey(rows_->key(), first)) {
    return Fail(ErrorCode::kDataLoss, "malformed key of a segment of the journal");
  }
  Result<JournalSegment> segment = DecodeJournalSegment(rows_->value());
  if (!segment) return std::unexpected(segment.error());
  segment->first = first;
  if (first <= last_ || segment->last < first) {
    return Fail(ErrorCode::kDataLoss, "the segments of the journal are out of order");
  }
  last_ = segment->last;
  rows_->Next();
  return *segment;
}

Result<Sha256> AbridgedLeaf(const Rows& rows, const Origins& origins, const RecordKeyParts& at,
                            const RecordRow& record) {
  const Result<Origin> origin = origins.Get(record.metadata.origin);
  if (!origin) return std::unexpected(origin.error());
  Sha256 content;
  if (record.kind == RecordKind::kSaid) {
    Sha256Hasher hasher;
    hasher.Update(record.payload);
    content = hasher.Finish();
  } else {
    const Result<Sha256> touched = HashTouched(rows, at.revision, record);
    if (!touched) return touched;
    content = *touched;
  }
  return JournalLeaf(at.revision, at.sub, record.metadata, *origin, content);
}

SegmentSummary::SegmentSummary() {
  hasher_.Update(std::string_view(&kSummaryTag, 1));
}

void SegmentSummary::Add(const Sha256& abridged) {
  hasher_.Update(AsBytes(abridged));
}

SegmentsHasher::SegmentsHasher() {
  hasher_.Update(std::string_view(&kSegmentsTag, 1));
}

void SegmentsHasher::Add(const JournalSegment& segment) {
  std::string bytes;
  AppendVarint(segment.first.value, bytes);
  EncodeJournalSegment(segment, bytes);
  hasher_.Update(bytes);
}

}  // namespace switchback
