#include "api/verifier.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <utility>

#include "codec/bytes.h"
#include "history/full_list.h"
#include "history/row_keys.h"
#include "history/store_row.h"
#include "list/block.h"
#include "list/script.h"

namespace switchback {
namespace {

constexpr size_t kMaxDamage = 1000;
// Scripts are folded up to so many edits before they are applied: bounds memory.
constexpr size_t kMaxFoldedEdits = 1'000'000;

bool IsDamage(const Error& error) {
  return error.code != ErrorCode::kIoError && error.code != ErrorCode::kUnknownOutcome;
}

// The versions of one ID from the oldest up, with the list carried along.
class IdVerifier {
 public:
  IdVerifier(const ViewImpl& view, BusinessId id, VerifyReport& report)
      : view_(view),
        id_(std::move(id)),
        report_(report),
        content_(view.rows(), nullptr, ChunkCheck::kDigest),
        chunks_(view.engine_view()) {}

  // Damage comes back as an error; at() says at which version.
  Result<void> Run(std::string_view head_value) {
    CurrentVersion current;
    const Result<bool> exists = view_.rows().CurrentFromHead(id_, head_value, current);
    if (!exists) return std::unexpected(exists.error());
    if (!*exists) return {};  // born in a revision that is not published
    ++report_.ids;
    const auto rows =
        view_.engine_view().Scan(Space::kHistory, VersionsBegin(id_), VersionsEnd(id_));
    at_ = Version{1};
    for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
      if (Result<void> checked = CheckRow(rows->key(), rows->value(), current.version); !checked) {
        return checked;
      }
    }
    if (Result<void> status = rows->status(); !status) return status;
    if (Result<void> based = CheckBase(); !based) return based;
    if (at_ != current.version.Next()) return Damaged("its row is missing");
    at_ = current.version;
    if (Result<void> settled = Settle(); !settled) return settled;
    return CheckHead(current);
  }

  [[nodiscard]] Version at() const { return at_; }

 private:
  static std::unexpected<Error> Damaged(std::string what) {
    return Fail(ErrorCode::kDataLoss, std::move(what));
  }

  Result<void> CheckRow(std::string_view key, std::string_view value, Version newest) {
    VersionKeyParts parts;
    if (!ParseVersionKey(key, parts)) return Damaged("a key among its rows is malformed");
    if (parts.checkpoint) {
      if (parts.version > newest) return {};  // of a revision that is not published
      if (parts.version.Next() != at_) return Damaged("a checkpoint stands beside no row");
      return CheckCheckpoint(value);
    }
    if (Result<void> based = CheckBase(); !based) return based;
    const Result<VersionRow> row = DecodeVersionRow(value);
    if (parts.version > newest) {
      if (row && row->revision > view_.revision()) return {};
      return Damaged(fmt::format("a row of version {} lies above the head", parts.version.value));
    }
    if (parts.version != at_) return Damaged("its row is missing");
    if (!row) return std::unexpected(row.error());
    if (!row->metadata.empty()) {
      const Result<Metadata> metadata = OwnMetadata(id_, at_, *row);
      if (!metadata) return std::unexpected(metadata.error());
    }
    if (row->revision <= revision_) {
      return Damaged(fmt::format("is of r{}, the version before it of r{}", row->revision.value,
                                 revision_.value));
    }
    revision_ = row->revision;
    if (row->kind == VersionKind::kPruned) return PassOver(*row, newest);
    const bool is_base = base_ == Base::kGone;
    if (Result<void> followed = Follow(*row); !followed) return followed;
    if (is_base && base_ == Base::kKnown) {
      if (Result<void> based = CheckBaseDigest(); !based) return based;
    }
    if (count_ != row->count) {
      return Damaged(
          fmt::format("its row says {} endpoints, its content has {}", row->count, count_));
    }
    ++report_.versions;
    at_ = at_.Next();
    return {};
  }

  // A run of versions that were dropped.
  Result<void> PassOver(const VersionRow& row, Version newest) {
    if (row.run_end < at_ || row.run_end >= newest) {
      return Damaged(fmt::format("says that versions up to {} were pruned, the newest is {}",
                                 row.run_end.value, newest.value));
    }
    if (Result<void> settled = Settle(); !settled) return settled;
    at_ = row.run_end.Next();
    first_kept_ = at_;
    base_ = Base::kGone;
    base_digest_ = row.next_digest;
    return {};
  }

  // Where the version before was dropped, a script must have its list beside it.
  Result<void> CheckBase() {
    if (base_ != Base::kAwaited) return {};
    at_ = at_.Previous();
    return Damaged("the version before it was pruned, and its checkpoint is missing");
  }

  Result<void> CheckBaseDigest() const {
    if (list_->digest() == base_digest_) return {};
    return Damaged(fmt::format("the list behind pruned versions has digest {}, {} was kept of it",
                               list_->digest().ToHex(), base_digest_.ToHex()));
  }

  // Takes the list on by one version.
  Result<void> Follow(const VersionRow& row) {
    switch (row.kind) {
      case VersionKind::kScript:
        if (base_ == Base::kGone) {
          base_ = Base::kAwaited;
          count_ = row.count;
          const Result<ListDiff> script = DecodeScript(row.payload);
          return script ? Result<void>() : std::unexpected(script.error());
        }
        if (Result<void> added = folder_.Add(row.payload); !added) return added;
        count_ = count_ + row.changes.added - row.changes.removed;
        return folder_.edit_count() < kMaxFoldedEdits ? Result<void>() : Settle();
      case VersionKind::kSameAs: {
        if (row.same_as >= at_) return Damaged("says it is the same as a later version");
        if (Result<void> settled = Settle(); !settled) return settled;
        auto list = content_.ReadList(id_, row.same_as);
        if (!list) return std::unexpected(list.error());
        Take(std::move(*list));
        return {};
      }
      case VersionKind::kDeletion:
        if (Result<void> settled = Settle(); !settled) return settled;
        Take(std::make_shared<const EndpointList>());
        return {};
      case VersionKind::kPruned:  // passed over
        return {};
      default: {
        if (Result<void> settled = Settle(); !settled) return settled;
        return TakeFull(DecodeFullList(row.kind, row.payload));
      }
    }
  }

  Result<void> CheckCheckpoint(std::string_view value) {
    if (base_ == Base::kAwaited) {
      const uint64_t count = count_;
      if (Result<void> taken = TakeFull(DecodeCheckpointRow(value)); !taken) return taken;
      if (auto based = CheckBaseDigest(); !based || count_ == count) return based;
      return Damaged(
          fmt::format("its row says {} endpoints, its checkpoint has {}", count, count_));
    }
    if (Result<void> settled = Settle(); !settled) return settled;
    const Digest digest = list_->digest();
    const size_t count = list_->size();
    if (Result<void> taken = TakeFull(DecodeCheckpointRow(value)); !taken) return taken;
    if (list_->digest() != digest || list_->size() != count) {
      return Damaged("its checkpoint holds another list than its scripts lead to");
    }
    return {};
  }

  Result<void> TakeFull(const Result<ListBase>& base) {
    if (!base) return std::unexpected(base.error());
    auto list = LoadBase(*base, chunks_, ChunkCheck::kDigest);
    if (!list) return std::unexpected(list.error());
    Take(std::move(*list));
    return {};
  }

  void Take(std::shared_ptr<const EndpointList> list) {
    base_ = Base::kKnown;
    list_ = std::move(list);
    count_ = list_->size();
    report_.endpoints += count_;
  }

  // Applies the scripts gathered so far: each must follow on the one before it, and on the list.
  Result<void> Settle() {
    const Result<ListDiff> diff = folder_.Finish();
    folder_ = ScriptFolder();
    if (!diff) return std::unexpected(diff.error());
    if (diff->empty()) return {};
    Result<EndpointList> list = Apply(*list_, *diff);
    if (!list) return Damaged(list.error().message);
    Take(std::make_shared<const EndpointList>(std::move(*list)));
    return {};
  }

  Result<void> CheckHead(const CurrentVersion& current) const {
    if (current.recovered) return Damaged("its head row is damaged, and done without");
    if (current.revision != revision_) {
      return Damaged(fmt::format("the head row says r{}, the version row r{}",
                                 current.revision.value, revision_.value));
    }
    if (!current.has_head) return {};
    if (current.head.first_kept != first_kept_) {
      return Damaged(
          fmt::format("the head row says that versions from {} on are there, the rows "
                      "from {} on",
                      current.head.first_kept.value, first_kept_.value));
    }
    if (current.head.count != list_->size() || current.head.digest != list_->digest()) {
      return Damaged(fmt::format(
          "the head row says {} endpoints with digest {}, the history leads to {} with "
          "{}",
          current.head.count, current.head.digest.ToHex(), list_->size(), list_->digest().ToHex()));
    }
    if (!current.head.has_block) return {};
    const auto in_head = DecodeHeadList(current.head);
    if (!in_head) return std::unexpected(in_head.error());
    return **in_head == *list_ ? Result<void>() : Damaged("the head row holds another list");
  }

  const ViewImpl& view_;
  const BusinessId id_;
  VerifyReport& report_;
  const ContentReader content_;  // without the cache: what is on disk counts
  const EngineChunkReader chunks_;
  // What scripts are applied to.
  enum class Base : uint8_t {
    kKnown,    // `list_`
    kGone,     // the version before was dropped
    kAwaited,  // likewise, and the checkpoint of a script must come next
  };

  Version at_;  // the next one expected
  Version first_kept_{1};
  Base base_ = Base::kKnown;
  Digest base_digest_;  // of the list behind the last run that was dropped
  Revision revision_;
  uint64_t count_ = 0;
  std::shared_ptr<const EndpointList> list_ = std::make_shared<const EndpointList>();
  ScriptFolder folder_;
};

Result<void> VerifyIds(const ViewImpl& view, VerifyReport& report, DamageLog& damage,
                       const Progress& progress, uint64_t total) {
  const std::string begin(1, kHeadPrefix);
  const auto heads = view.engine_view().Scan(Space::kState, begin, PrefixEnd(begin));
  for (heads->SeekToFirst(); heads->valid(); heads->Next()) {
    Result<BusinessId> id = BusinessId::Parse(heads->key().substr(1));
    if (!id) {
      damage.Add("a head row's key is no business ID", "that row can't be reached");
      continue;
    }
    IdVerifier verifier(view, *id, report);
    if (Result<void> checked = verifier.Run(heads->value()); !checked) {
      if (!IsDamage(checked.error())) return checked;
      damage.Add(*id, verifier.at(), checked.error().message);
    }
    if (progress && report.ids % 256 == 0) progress(report.versions, total);
  }
  if (Result<void> status = heads->status(); !status) {
    if (!IsDamage(status.error())) return status;
    damage.Add(fmt::format("head rows: {}", status.error().message),
               "IDs behind it can't be listed");
  }
  return {};
}

Result<void> VerifyChunks(const ViewImpl& view, VerifyReport& report, DamageLog& damage) {
  const auto rows = view.engine_view().Scan(Space::kChunks, {}, {});
  for (rows->SeekToFirst(); rows->valid(); rows->Next()) {
    EndpointListBuilder builder;
    ByteReader in(rows->value());
    const Result<void> decoded = DecodeBlock(in, kMaxChunkEndpoints, builder);
    const EndpointList chunk = builder.Finish();
    const Digest digest = chunk.digest();
    if (!decoded || !in.empty() || chunk.empty() || ChunkKey(chunk.Key(0), digest) != rows->key()) {
      damage.Add(fmt::format("a chunk is not what its address says (it holds {})", digest.ToHex()),
                 "lists that hold it can't be read at versions that lean on it");
    }
    ++report.chunks;
  }
  if (Result<void> status = rows->status(); !status) {
    if (!IsDamage(status.error())) return status;
    damage.Add(fmt::format("chunks: {}", status.error().message),
               "lists that hold it can't be read");
  }
  return {};
}

// Rows of versions whose ID has no head: nothing would ever read them.
Result<void> VerifyNoOrphans(const ViewImpl& view, DamageLog& damage) {
  std::string at(1, kVersionPrefix);
  const std::string end = PrefixEnd(at);
  const auto rows = view.engine_view().Scan(Space::kHistory, at, end);
  for (rows->SeekToFirst(); rows->valid();) {
    VersionKeyParts parts;
    const bool parsed = ParseVersionKey(rows->key(), parts);
    const Result<BusinessId> id = parsed ? BusinessId::Parse(parts.id) : BusinessId::Parse("");
    if (!id) {
      damage.Add("a version row's key is malformed", "that row can't be reached");
      rows->Next();
      continue;
    }
    std::string head;
    const Result<bool> found = view.engine_view().Get(Space::kState, HeadKey(*id), head);
    if (!found && !IsDamage(found.error())) return std::unexpected(found.error());
    if (found && !*found) {
      damage.Add(*id, parts.version, "the ID has versions, but its head row is missing");
    }
    rows->Seek(VersionsEnd(*id));
  }
  Result<void> status = rows->status();
  return status || IsDamage(status.error()) ? Result<void>()
                                            : status;  // told where it was met first
}

}  // namespace

void DamageLog::Add(std::string what, std::string consequence) {
  Keep({std::move(what), std::nullopt, std::nullopt, std::move(consequence)});
}

void DamageLog::Add(const BusinessId& id, Version version, std::string what) {
  Keep({fmt::format("{}: {}", VersionName(id, version), what), id, version,
        fmt::format("{} may not be readable from version {} up to its next checkpoint; its other "
                    "versions and "
                    "all other IDs are",
                    id.text(), version.value)});
}

void DamageLog::Keep(Damage damage) {
  ++report_.damage_count;
  if (report_.damage.size() < kMaxDamage) report_.damage.push_back(std::move(damage));
}

Result<VerifyReport> VerifyStore(const ViewImpl& view, const Origins& origins,
                                 const Progress& progress) {
  VerifyReport report;
  DamageLog damage(report);
  const Result<StoreRow> state = ReadStoreRow(view.engine_view());
  if (!state) return std::unexpected(state.error());
  const uint64_t total = state->versions + state->published.value;
  if (auto checked = VerifyIds(view, report, damage, progress, total); !checked) {
    return std::unexpected(checked.error());
  }
  if (auto checked = VerifyNoOrphans(view, damage); !checked) {
    return std::unexpected(checked.error());
  }
  if (auto checked = VerifyChunks(view, report, damage); !checked) {
    return std::unexpected(checked.error());
  }
  if (auto checked = VerifyJournal(view, origins, report, damage, progress); !checked) {
    return std::unexpected(checked.error());
  }
  if (report.damage_count == 0 &&
      (report.ids != state->ids || report.versions != state->versions)) {
    damage.Add(fmt::format("the store row counts {} IDs with {} versions, there are {} with {}",
                           state->ids, state->versions, report.ids, report.versions),
               "an ID's rows are gone as a whole, or too many");
  }
  return report;
}

}  // namespace switchback
