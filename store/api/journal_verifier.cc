// The chain, recomputed: every record's leaf from its metadata and the diffs that its rows lead to.
#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "api/names_verifier.h"
#include "api/verifier.h"
#include "history/cursors.h"
#include "history/journal.h"
#include "history/row_keys.h"
#include "history/store_row.h"

namespace switchback {
namespace {

bool IsDamage(const Error& error) {
  return error.code != ErrorCode::kIoError && error.code != ErrorCode::kUnknownOutcome;
}

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
    const std::string begin(1, kRecordPrefix);
    const auto rows = view_.engine_view().Scan(Space::kHistory, begin, PrefixEnd(begin));
    for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
      RecordKeyParts at;
      if (!ParseRecordKey(rows->key(), at)) {
        damage_.Add("a record's key is malformed", "the journal can't be followed past it");
        return {};
      }
      if (at.revision > view_.revision()) break;
      Result<void> checked = CheckOrder(at);
      if (checked) checked = CheckRecord(at, rows->value());
      if (!checked) {
        if (!IsDamage(checked.error())) return checked;
        damage_.Add(fmt::format("r{}: {}", at.revision.value, checked.error().message),
                    "the journal can't be followed past it; lists are not touched by that");
        return {};
      }
      if (progress_ && records_ % 4096 == 0) progress_(report_.versions + report_.revisions, 0);
    }
    if (Result<void> status = rows->status(); !status) {
      if (!IsDamage(status.error())) return status;
      damage_.Add(fmt::format("records: {}", status.error().message),
                  "the journal can't be followed past it");
      return {};
    }
    if (Result<void> named = names_.Finish(); !named) return named;
    return CheckTip();
  }

 private:
  Result<void> CheckOrder(const RecordKeyParts& at) {
    const bool next = at.sub == 0 ? at.revision == last_.revision.Next()
                                  : at.revision == last_.revision && at.sub == last_.sub + 1;
    if (!next) {
      return Fail(ErrorCode::kDataLoss,
                  fmt::format("follows on r{}.{}: records between are missing",
                              last_.revision.value, last_.sub));
    }
    last_ = at;
    return {};
  }

  Result<void> CheckRecord(const RecordKeyParts& at, std::string_view value) {
    Result<RecordRow> record = DecodeRecordRow(value);
    if (!record) return std::unexpected(record.error());
    Metadata metadata = record->metadata;
    Sha256 content;
    if (record->kind == RecordKind::kSaid) {
      Sha256Hasher hasher;
      hasher.Update(record->payload);
      content = hasher.Finish();
      names_.Said(*record);
    } else {
      Result<Metadata> own = view_.rows().ReadMetadata(at.revision);
      if (!own) return std::unexpected(own.error());
      metadata = std::move(*own);
      if (auto named = names_.Committed(at.revision, metadata); !named) return named;
      const Result<Sha256> changes = HashChanges(at.revision);
      if (!changes) return std::unexpected(changes.error());
      content = *changes;
      ++report_.revisions;
    }
    const Result<Origin> origin = origins_.Get(metadata.origin);
    if (!origin) return std::unexpected(origin.error());
    chain_ = NextChain(chain_, JournalLeaf(at.revision, at.sub, metadata, *origin, content));
    if (++records_ % kChainInterval != 0) return {};
    std::string kept;
    const Result<bool> found = view_.engine_view().Get(Space::kState, ChainKey(records_), kept);
    if (!found) return std::unexpected(found.error());
    if (!*found || kept != std::string(chain_.begin(), chain_.end())) {
      return Fail(ErrorCode::kDataLoss,
                  "the chain differs from the value kept here: something before "
                  "it was rewritten");
    }
    return {};
  }

  Result<Sha256> HashChanges(Revision revision) {
    const auto changes = OpenTouchedIds(view_.rows(), revision);
    if (!changes) return std::unexpected(changes.error());
    ChangesHasher hasher;
    while (true) {
      const Result<std::optional<TouchedId>> next = (*changes)->Next();
      if (!next) return std::unexpected(next.error());
      if (!*next) return hasher.Finish();
      const TouchedId& touched = **next;
      StoredVersion stored;
      if (Result<void> read = view_.rows().ReadVersion(touched.id, touched.version, stored);
          !read) {
        return std::unexpected(read.error());
      }
      const Result<ListDiff> diff =
          content_.Diff({touched.id, touched.version.Previous()}, {touched.id, touched.version});
      if (!diff) return std::unexpected(diff.error());
      const ScriptCounts& counts = stored.row.changes;
      if (counts.removed != diff->removed.size() || counts.changed != diff->changed_to.size() ||
          counts.added != diff->added.size() || stored.row.revision != revision) {
        return Fail(ErrorCode::kDataLoss,
                    fmt::format("{} says another revision or other counts than its content",
                                VersionName(touched.id, touched.version)));
      }
      hasher.Add(touched.id, touched.version, stored.row.kind == VersionKind::kDeletion, *diff);
    }
  }

  Result<void> CheckTip() {
    std::string value;
    const Result<bool> found = view_.engine_view().Get(Space::kState, StoreRowKey(), value);
    if (!found) return std::unexpected(found.error());
    const Result<StoreRow> state = DecodeStoreRow(value);
    if (!state) return std::unexpected(state.error());
    if (state->records != records_ || state->chain != chain_ ||
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
  RecordKeyParts last_;
  Sha256 chain_{};
  uint64_t records_ = 0;
};

}  // namespace

Result<void> VerifyJournal(const ViewImpl& view, const Origins& origins, VerifyReport& report,
                           DamageLog& damage, const Progress& progress) {
  return JournalVerifier(view, origins, report, damage, progress).Run();
}

}  // namespace switchback
