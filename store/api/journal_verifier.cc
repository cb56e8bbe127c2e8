// The chain, recomputed: every record's leaf from its metadata and the diffs that its rows lead to.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/names_verifier.h"
#include "api/verifier.h"
#include "history/journal.h"
#include "history/journal_segment.h"
#include "history/revision_content.h"
#include "history/row_keys.h"
#include "history/steady_scan.h"
#include "history/store_row.h"

namespace switchback {
namespace {

class JournalVerifier {
 public:
  JournalVerifier(const ViewImpl& view, const Origins& origins, VerifyReport& report,
                  DamageLog& damage, const Progress& progress)
      : view_(view),
        content_(view.rows(), nullptr, ChunkCheck::kDigest),
        origins_(origins),
        report_(report),
        damage_(damage),
        progress_(progress) {}

  Result<void> Run() {
    if (Result<void> opened = OpenSegments(); !opened) {
      if (!IsDamage(opened.error())) return opened;
      damage_.Add(opened.error().message, "the journal can't be followed");
      return {};
    }
    const std::string begin(1, kRecordPrefix);
    SteadyScan rows(view_.engine_view(), Space::kHistory, begin, PrefixEnd(begin));
    for (rows.SeekToFirst();; rows.Next()) {
      if (rows.gap()) gap_ = rows.gap()->error;
      if (!rows.valid()) break;
      RecordKeyParts at;
      if (!ParseRecordKey(rows.key(), at)) {
        damage_.Add("a record's key is malformed", "that record can't be reached");
        continue;
      }
      if (at.revision > view_.revision()) break;
      if (Result<void> checked = CheckOne(at, rows.value()); !checked) return checked;
      if (progress_ && records_ % 4096 == 0) progress_(report_.versions + report_.revisions, 0);
    }
    if (Result<void> status = rows.status(); !status) return status;
    EndGap(view_.revision());
    ReportLost();
    if (Result<void> named = names_.Finish(); !named) return named;
    CheckSegments();
    return CheckTip();
  }

 private:
  // Behind damage the records are still looked at; the chain is followed again from the next place
  // at which its value was kept.
  Result<void> CheckOne(const RecordKeyParts& at, std::string_view value) {
    EndSegmentBefore(at.revision);
    EndGap(at.sub == 0 ? at.revision.Previous() : at.revision);
    Result<void> checked = CheckOrder(at);
    if (!checked) Lose(at.revision, checked.error());
    checked = CheckRecord(at, value);
    if (checked) return {};
    if (!IsDamage(checked.error())) return checked;
    Lose(at.revision, checked.error());
    return {};
  }

  // Neighbours that stand in one damaged place are told of together.
  void Lose(Revision revision, const Error& error) {
    chain_known_ = false;
    const bool goes_on = lost_ && !error.where.empty() && lost_->where == error.where &&
                         revision == lost_->last.Next();
    if (!goes_on) ReportLost();
    if (!lost_) lost_ = {revision, revision, error.where, error};
    lost_->last = revision;
  }

  void ReportLost() {
    if (!lost_) return;
    std::string row = fmt::format("r{}", lost_->first.value);
    std::string text = DamageText(row, lost_->error);
    if (lost_->last > lost_->first) {
      text.insert(row.size(), fmt::format(" to r{}", lost_->last.value));
    }
    damage_.Add({.what = std::move(text),
                 .where = lost_->where.empty() ? "record " + row : lost_->where,
                 .consequence =
                     "what these revisions did, by whom and why, may not all be told, and the "
                     "journal proves nothing from there to the next value kept of its chain; lists "
                     "are not touched by that"});
    lost_.reset();
  }

  // Records that can't be read, up to and with those of `last`.
  void EndGap(Revision last) {
    if (!gap_) return;
    Lose(std::min(last_.revision.Next(), last), *gap_);
    lost_->last = last;
    counted_ = false;
  }

  Result<void> CheckOrder(const RecordKeyParts& at) {
    const bool next = at.sub == 0 ? at.revision == last_.revision.Next()
                                  : at.revision == last_.revision && at.sub == last_.sub + 1;
    const RecordKeyParts before = std::exchange(last_, at);
    const bool told = std::exchange(gap_, std::nullopt).has_value();
    if (next) return {};
    counted_ = false;
    if (told) return {};
    return Fail(ErrorCode::kDataLoss, fmt::format("follows on r{}.{}: records between are missing",
                                                  before.revision.value, before.sub));
  }

  Result<void> CheckRecord(const RecordKeyParts& at, std::string_view value) {
    ++records_;
    Result<RecordRow> record = DecodeRecordRow(value);
    if (!record) return std::unexpected(record.error());
    if (record->kind == RecordKind::kSaid) {
      names_.Said(*record);
      if (record->metadata.operation == Operation::kPrune) TakePrune(record->payload);
    } else {
      Result<Metadata> own = view_.rows().ReadMetadata(at.revision);
      if (!own) return std::unexpected(own.error());
      if (auto named = names_.Committed(at.revision, *own); !named) return named;
      ++report_.revisions;
      if (segment_ && segment_->first == at.revision) {
        if (chain_known_ && chain_ != segment_->before) {
          return Fail(ErrorCode::kDataLoss,
                      "the chain differs from its value before the pruned commits that begin here: "
                      "something before them was rewritten");
        }
        summary_.emplace();
      }
      if (!summary_) record->metadata = std::move(*own);
    }
    if (summary_) return CheckInSegment(at, *record);
    if (Result<void> followed = Follow(at, *record); !followed) return followed;
    return CheckKept();
  }

  // The last one tells of the segments in force.
  void TakePrune(std::string_view payload) {
    Sha256& hash = segments_hash_.emplace();
    if (payload.size() < hash.size()) return;
    std::ranges::copy(payload.substr(payload.size() - hash.size()), hash.begin());
  }

  Result<void> Follow(const RecordKeyParts& at, const RecordRow& record) {
    if (!chain_known_) return {};
    Sha256 content;
    if (record.kind == RecordKind::kSaid) {
      Sha256Hasher hasher;
      hasher.Update(record.payload);
      content = hasher.Finish();
    } else {
      const Result<RevisionContent> changes = HashRevision(view_.rows(), content_, at.revision);
      if (!changes) return std::unexpected(changes.error());
      CheckSums(at.revision, record, *changes);
      content = changes->hash;
    }
    const Result<Origin> origin = origins_.Get(record.metadata.origin);
    if (!origin) return std::unexpected(origin.error());
    chain_ = NextChain(chain_, JournalLeaf(at.revision, at.sub, record.metadata, *origin, content));
    return {};
  }

  // Of a revision of many IDs: the chain speaks of each ID's alone.
  void CheckSums(Revision revision, const RecordRow& record, const RevisionContent& made) {
    if (record.kind != RecordKind::kManyIds) return;
    if (record.id_count == made.ids && record.removed == made.removed &&
        record.changed == made.changed && record.added == made.added) {
      return;
    }
    damage_.Add(fmt::format("r{} says {} IDs, +{} -{} ~{}; its versions have {} IDs, +{} -{} ~{}",
                            revision.value, record.id_count, record.added, record.removed,
                            record.changed, made.ids, made.added, made.removed, made.changed),
                "its sums in the log are wrong; lists are not touched by that");
  }

  Result<void> CheckKept() {
    if (records_ % kChainInterval != 0 || !counted_) return {};
    std::string kept;
    const Result<bool> found = view_.engine_view().Get(Space::kState, ChainKey(records_), kept);
    if (!found) return std::unexpected(found.error());
    const bool whole = *found && kept.size() == chain_.size();
    if (!chain_known_ && whole) {
      std::ranges::copy(kept, chain_.begin());
      chain_known_ = true;
      return {};
    }
    if (whole && kept == std::string(chain_.begin(), chain_.end())) return {};
    return Fail(ErrorCode::kDataLoss,
                "the chain differs from the value kept here: something before it was rewritten");
  }

  // None but those that belong to so many records.
  Result<void> CheckKeptKeys(uint64_t records) {
    const std::string begin(1, kChainPrefix);
    SteadyScan rows(view_.engine_view(), Space::kState, begin, PrefixEnd(begin));
    uint64_t at = kChainInterval;
    for (rows.SeekToFirst(); rows.valid(); rows.Next()) {
      while (at <= records && ChainKey(at) < rows.key()) at += kChainInterval;
      if (at <= records && ChainKey(at) == rows.key()) continue;
      damage_.Add("a value of the chain is kept where there is none to keep",
                  "nothing else is touched by that");
    }
    return rows.status();
  }

  // Where changes were pruned, what is left is checked all together, and the chain goes on from
  // what the segment says.
  Result<void> CheckInSegment(const RecordKeyParts& at, const RecordRow& record) {
    if (record.kind == RecordKind::kOneId) {
      return Fail(ErrorCode::kDataLoss, "its changes were pruned, its own row lacks the metadata");
    }
    const Result<Sha256> abridged = AbridgedLeaf(view_.rows(), origins_, at, record);
    if (!abridged) return std::unexpected(abridged.error());
    summary_->Add(*abridged);
    ++in_segment_;
    if (at.revision != segment_->last || at.sub != 0) return {};
    return EndSegment();
  }

  // One whose last commit is missing.
  void EndSegmentBefore(Revision revision) {
    if (!summary_ || revision <= segment_->last) return;
    if (Result<void> ended = EndSegment(); !ended) Lose(revision, ended.error());
  }

  Result<void> EndSegment() {
    const bool whole = in_segment_ == segment_->records && summary_->Finish() == segment_->summary;
    const JournalSegment ended = *segment_;
    chain_ = ended.chain;
    chain_known_ = true;
    if (Result<void> loaded = LoadSegment(); !loaded) return loaded;
    if (!whole) {
      return Fail(ErrorCode::kDataLoss,
                  fmt::format("the pruned commits r{} to r{} are not as they were when they were "
                              "pruned",
                              ended.first.value, ended.last.value));
    }
    return CheckKept();
  }

  Result<void> LoadSegment() {
    summary_.reset();
    in_segment_ = 0;
    const Result<std::optional<JournalSegment>> next = segments_->Next();
    if (!next) return std::unexpected(next.error());
    segment_ = *next;
    if (segment_) all_segments_.Add(*segment_);
    return {};
  }

  Result<void> OpenSegments() {
    Result<JournalSegments> segments = JournalSegments::Open(view_.engine_view());
    if (!segments) return std::unexpected(segments.error());
    segments_.emplace(std::move(*segments));
    return LoadSegment();
  }

  // The segments are those that the last prune said.
  void CheckSegments() {
    const Sha256 none = SegmentsHasher().Finish();
    if (!segment_ && all_segments_.Finish() == segments_hash_.value_or(none)) return;
    damage_.Add("the segments of the journal are not those that the last prune made",
                "who made pruned commits, when and why, may have been rewritten; lists are not "
                "touched by that");
  }

  Result<void> CheckTip() {
    const Result<StoreRow> state = ReadStoreRow(view_.engine_view());
    if (!state) return std::unexpected(state.error());
    if (Result<void> scanned = CheckKeptKeys(state->records); !scanned) return scanned;
    if (gap_) return {};  // told: the end can't be read
    if ((counted_ && state->records != records_) || (chain_known_ && state->chain != chain_) ||
        last_.revision != state->published) {
      damage_.Add(
          fmt::format(
              "the journal's chain ends at {} after {} records, the store row says {} after {}",
              Sha256ToHex(chain_), records_, Sha256ToHex(state->chain), state->records),
          "something in the journal was rewritten, or its end is missing; lists are not touched by "
          "that");
    }
    return {};
  }

  const ViewImpl& view_;
  const ContentReader content_;
  const Origins& origins_;
  VerifyReport& report_;
  DamageLog& damage_;
  NamesVerifier names_{view_, damage_};
  const Progress& progress_;
  std::optional<JournalSegments> segments_;
  std::optional<JournalSegment> segment_;  // the one under way, or the next
  std::optional<SegmentSummary> summary_;  // set: under way
  uint64_t in_segment_ = 0;                // records of it so far
  SegmentsHasher all_segments_;
  std::optional<Sha256> segments_hash_;  // as the last prune said
  RecordKeyParts last_;
  Sha256 chain_{};
  // Revisions that can't be checked, and why: being made.
  struct Lost {
    Revision first;
    Revision last;
    std::string where;
    Error error;
  };
  std::optional<Lost> lost_;
  bool chain_known_ = true;
  uint64_t records_ = 0;
  bool counted_ = true;       // none is missing, so that the kept values stand where they should
  std::optional<Error> gap_;  // of rows between last_ and the next one
};

}  // namespace

Result<void> VerifyJournal(const ViewImpl& view, const Origins& origins, VerifyReport& report,
                           DamageLog& damage, const Progress& progress) {
  return JournalVerifier(view, origins, report, damage, progress).Run();
}

}  // namespace switchback
